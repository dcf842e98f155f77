//! A field of the requirements file, explained from its schema.

use std::fmt::Write as _;

use serde_json::Value;

use super::style::{HEADING, Look};

/// Where fields stand, and the schema's definition of each place.
const PLACES: [(&str, &str); 4] =
    [("a kind of data", "Data"), ("a collection", "Collection"), ("the target", "Target"), ("the team", "Team")];

/// The names of all fields.
pub fn names(schema: &Value) -> Vec<&str> {
    let properties = PLACES.iter().filter_map(|(_, definition)| {
        schema.pointer(&format!("/$defs/{definition}/properties")).and_then(Value::as_object)
    });
    properties.flat_map(|properties| properties.keys().map(String::as_str)).collect()
}

/// What a field means and what it takes; nothing where no kind of data has such a field.
pub fn field(name: &str, schema: &Value, look: Look) -> Option<String> {
    PLACES.into_iter().find_map(|(place, definition)| {
        let field = schema.pointer(&format!("/$defs/{definition}/properties"))?.get(name)?;
        let description = field.get("description").and_then(Value::as_str).unwrap_or_default();
        let values = words(field, schema);
        let values = if values.is_empty() {
            format!("takes {}", takes(field, schema).replace('`', ""))
        } else {
            format!("one of: {}", values.join(", "))
        };
        let mut text = format!("{}, a field of {place}\n", look.paint(HEADING, name));
        for line in [description, &values] {
            let _ = writeln!(text, "{}", look.wrap(&format!("  {line}"), 4));
        }
        for (name, field) in inner(field, schema) {
            let takes = takes(field, schema).replace('`', "");
            let _ = writeln!(text, "{}", look.wrap(&format!("    {name}: {takes}; {}", meaning(field)), 6));
        }
        Some(text)
    })
}

/// The words that a field takes, looked up through references.
fn words(field: &Value, schema: &Value) -> Vec<String> {
    if let Some(words) = field.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(|word| word.as_str().map(String::from)).collect();
    }
    let reference = field.get("$ref").and_then(Value::as_str).and_then(|path| schema.pointer(path.strip_prefix('#')?));
    let choices = field.get("anyOf").and_then(Value::as_array);
    let inner = reference.into_iter().chain(choices.into_iter().flatten());
    inner.flat_map(|inner| words(inner, schema)).collect()
}

/// What the schema says of a field.
fn meaning(field: &Value) -> &str {
    field.get("description").and_then(Value::as_str).unwrap_or_default()
}

/// The fields of a map, where a field takes one with names of its own.
fn inner<'s>(field: &'s Value, schema: &'s Value) -> Vec<(&'s str, &'s Value)> {
    let choices = field.get("anyOf").and_then(Value::as_array).into_iter().flatten().chain([field]);
    let referred = choices.filter_map(|choice| schema.pointer(choice.get("$ref")?.as_str()?.strip_prefix('#')?));
    let maps = referred.filter_map(|map| map.get("properties")?.as_object());
    maps.flatten().map(|(name, field)| (name.as_str(), field)).collect()
}

/// All fields as a chapter of the documentation: a table for each place where they stand.
pub fn markdown(schema: &Value) -> String {
    let tables = PLACES.into_iter().filter_map(|(place, definition)| {
        let fields = schema.pointer(&format!("/$defs/{definition}/properties"))?.as_object()?;
        let rows = fields.iter().map(|(name, field)| {
            let description = field.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
            format!("| `{name}` | {} | {} |\n", takes(field, schema), description.replace('|', "\\|"))
        });
        let rows: String = rows.collect();
        Some(format!("## Fields of {place}\n\n| field | takes | meaning |\n| --- | --- | --- |\n{rows}"))
    });
    tables.collect::<Vec<_>>().join("\n")
}

/// What a field takes, in words.
fn takes(field: &Value, schema: &Value) -> String {
    let words = words(field, schema);
    if !words.is_empty() {
        return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    }
    let referred = field.get("anyOf").and_then(Value::as_array).into_iter().flatten().chain([field]);
    let mut references = referred.filter_map(|choice| choice.get("$ref")?.as_str()?.rsplit('/').next());
    let kind = references.next().map_or_else(|| plain(field), ToOwned::to_owned);
    let example = match kind.as_str() {
        "Bytes" => "a size: `20GB`",
        "Count" => "a number: `50M`",
        "Rate" => "a rate: `2000/s`",
        "Span" => "a duration: `5ms`, `1h30m`",
        "Retention" => "a duration: `90d`, or `forever`",
        "Percent" => "a percentage: `99.9%`",
        "Growth" => "an amount a period: `2GB/month`",
        "boolean" => "`true` or `false`",
        "string" => "a text",
        "array" => "a list",
        _ => "a map",
    };
    example.to_owned()
}

/// The type of a field that refers to none.
fn plain(field: &Value) -> String {
    let types = field.get("type");
    let first = types.and_then(Value::as_array).and_then(|types| types.first());
    first.or(types).and_then(Value::as_str).unwrap_or_default().to_owned()
}
