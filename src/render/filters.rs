//! The filters of templates: one that quotes for each language, so that a name from a file stays a name.

use super::markdown;
use crate::plan::unmarked;
use crate::size::memory_in;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Value};
use serde_yaml::Mapping;

use catalog::MemoryNotation;

/// Adds the filters.
pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("sql_ident", |text: &str| quoted(text, '"'));
    environment.add_filter("mysql_ident", |text: &str| quoted(text, '`'));
    environment.add_filter("cypher_ident", cypher_ident);
    environment.add_filter("sql_literal", |value: Value| sql_literal(&value));
    environment.add_filter("sql_type", sql_type);
    environment.add_filter("json", json);
    environment.add_filter("shell", |value: Value| shell(&plain(&value)));
    environment.add_filter("pgconf", |value: Value| pgconf(&value));
    environment.add_filter("redis", |value: Value| redis(&plain(&value)));
    environment.add_filter("xml", |value: Value| quick_xml::escape::escape(plain(&value)).into_owned());
    environment.add_filter("markdown", |value: Value| markdown::text(&plain(&value)));
    environment.add_filter("ident", |text: &str| ident(text));
    environment.add_filter("memory", memory);
    environment.add_filter("nested_yaml", |settings: Value| yaml(&settings, true));
    environment.add_filter("flat_yaml", |settings: Value| yaml(&settings, false));
    environment.add_filter("ini", |settings: Value| ini(&settings));
    environment.add_filter("days", |seconds: u64| seconds.div_ceil(86_400));
    environment.add_filter("hours", |seconds: u64| seconds.div_ceil(3_600));
}

fn wrong(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, reason.into())
}

/// A value as text, truth in small letters.
pub(super) fn plain(value: &Value) -> String {
    let text = if value.kind() == ValueKind::Bool { value.is_true().to_string() } else { value.to_string() };
    unmarked(&text).into_owned()
}

/// A name in quotes, the quotes in it doubled. A NUL can be in no name.
fn quoted(text: &str, quote: char) -> Result<String, Error> {
    if text.is_empty() || text.contains('\0') {
        return Err(wrong(format!("`{text}` can be no name")));
    }
    let doubled = format!("{quote}{quote}");
    Ok(format!("{quote}{}{quote}", text.replace(quote, &doubled)))
}

/// A name in Cypher. It decodes `\u0060` to a backtick even inside backticks, so a backslash is refused.
fn cypher_ident(text: &str) -> Result<String, Error> {
    if text.contains('\\') {
        return Err(wrong(format!("`{text}` can be no name in Cypher: it holds a backslash")));
    }
    quoted(text, '`')
}

fn sql_literal(value: &Value) -> String {
    format!("'{}'", plain(value).replace('\'', "''"))
}

/// A type as the file says it: words, sizes and brackets, and nothing that could end a statement.
fn sql_type(text: &str) -> Result<String, Error> {
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '(' | ')' | ',' | '[' | ']' | '<' | '>');
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(allowed) {
        return Ok(text.to_owned());
    }
    Err(wrong(format!("`{text}` can be no type of a column: a type is words, sizes in parentheses and []")))
}

#[allow(clippy::needless_pass_by_value, reason = "a filter is given its value")]
fn json(value: Value) -> Result<String, Error> {
    let text = serde_json::to_string(&value).map_err(|error| wrong(error.to_string()))?;
    Ok(unmarked(&text).into_owned())
}

fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A value of postgresql.conf: numbers with units and plain words as they are, all else in quotes.
fn pgconf(value: &Value) -> String {
    let text = value.to_string();
    if value.kind() == ValueKind::Bool {
        return String::from(if value.is_true() { "on" } else { "off" });
    }
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'));
    let number_like = text.starts_with(|c: char| c.is_ascii_digit());
    let negative = text.strip_prefix('-').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
    if negative || (plain && (number_like || !text.contains('.'))) { text } else { sql_literal(value) }
}

/// A value of redis.conf: in double quotes where it holds what would split or end it.
fn redis(text: &str) -> String {
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '\\' | '#')) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n"))
}

/// A text as a plain name: small letters, digits and `_`, which starts with a letter.
fn ident(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        if c != '_' || !name.ends_with('_') {
            name.push(c);
        }
    }
    let name = name.trim_matches('_');
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name.to_owned(),
        _ => format!("x_{name}"),
    }
}

fn memory(bytes: f64, name: &str) -> Result<Value, Error> {
    let notation = MemoryNotation::named(name).ok_or_else(|| wrong(format!("`{name}` is no notation of memory")))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    Ok(memory_in(notation, bytes.max(0.0) as u64))
}

/// The names and values of settings.
fn pairs(settings: &Value) -> Result<Vec<(String, Value)>, Error> {
    let pairs = settings.try_iter()?.map(|setting| {
        let name = setting.get_attr("name")?;
        Ok((name.to_string(), setting.get_attr("value")?))
    });
    pairs.collect()
}

/// Settings as YAML, where wanted with the dots of names as levels.
fn yaml(settings: &Value, nested: bool) -> Result<String, Error> {
    let mut root = Mapping::new();
    for (name, value) in pairs(settings)? {
        let value = serde_yaml::to_value(&value).map_err(|error| wrong(error.to_string()))?;
        let mut levels: Vec<&str> = if nested { name.split('.').collect() } else { vec![&name] };
        let last = levels.pop().unwrap_or_default();
        let mut place = &mut root;
        for level in levels {
            let inner = place.entry(level.into()).or_insert_with(|| Mapping::new().into());
            place = inner.as_mapping_mut().ok_or_else(|| wrong(format!("`{name}` lies below a value")))?;
        }
        place.insert(last.into(), value);
    }
    if root.is_empty() {
        return Ok(String::new());
    }
    serde_yaml::to_string(&root).map_err(|error| wrong(error.to_string()))
}

/// Settings as sections: the part of a name before its first dot is its section.
fn ini(settings: &Value) -> Result<String, Error> {
    let mut sections: indexmap::IndexMap<String, String> = indexmap::IndexMap::new();
    for (name, value) in pairs(settings)? {
        let (section, key) = name.split_once('.').unwrap_or(("", &name));
        let lines = sections.entry(section.to_owned()).or_default();
        *lines = format!("{lines}{key} = {}\n", plain(&value));
    }
    let blocks = sections.into_iter().map(|(section, lines)| match section.is_empty() {
        true => lines,
        false => format!("[{section}]\n{lines}"),
    });
    Ok(blocks.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use minijinja::{Value, context};

    use super::{ident, ini, pgconf, quoted, redis, shell, sql_literal, sql_type, yaml};

    #[test]
    fn each_language_has_its_quotes() {
        assert_eq!(quoted("a\"b", '"').unwrap(), "\"a\"\"b\"");
        assert!(quoted("", '"').is_err() && quoted("a\0", '`').is_err());
        assert_eq!(sql_literal(&Value::from("it's")), "'it''s'");
        assert_eq!(shell("a'b"), r"'a'\''b'");
        assert_eq!(redis("a b"), "\"a b\"");
        assert_eq!(redis("4gb"), "4gb");
        assert_eq!(ident("gateway-messages 2"), "gateway_messages_2");
        assert_eq!(ident("한글"), "x_");
        for (value, text) in
            [("on", "on"), ("4GB", "4GB"), ("1.1", "1.1"), ("*", "'*'"), ("%m [%p]", "'%m [%p]'"), ("a.b", "'a.b'")]
        {
            assert_eq!(pgconf(&Value::from(value)), text);
        }
        assert_eq!(pgconf(&Value::from(-1)), "-1");
        assert_eq!(sql_type("numeric(10, 2)").unwrap(), "numeric(10, 2)");
        for hostile in ["text; drop table x", "text--", "", "(", "text'"] {
            assert!(sql_type(hostile).is_err(), "{hostile}");
        }
    }

    #[test]
    fn names_with_dots_become_levels_or_sections() {
        let settings = || {
            Value::from(vec![
                context! { name => "a.b", value => 1 },
                context! { name => "a.c.d", value => "x: y" },
                context! { name => "e", value => true },
            ])
        };
        assert_eq!(yaml(&settings(), true).unwrap(), "a:\n  b: 1\n  c:\n    d: 'x: y'\ne: true\n");
        assert_eq!(yaml(&settings(), false).unwrap(), "a.b: 1\na.c.d: 'x: y'\ne: true\n");
        assert_eq!(ini(&settings()).unwrap(), "[a]\nb = 1\nc.d = x: y\n\ne = true\n");
    }
}
