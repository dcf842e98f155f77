//! Files of variables, `.env` and those that `env_file` names, read as compose reads them: `export`, comments, quotes,
//! and variables in values.

use super::text::Variables;
use crate::source::Place;

/// A line that sets a variable.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) name: String,
    /// Its value; nothing where it has one that only the environment knows.
    pub(super) value: Option<String>,
    /// Where the value stands.
    pub(super) place: Place,
}

/// Reads a file of variables up to its end, or to the first line that compose refuses. Each value may refer to those
/// that are known and to those before it.
pub(super) fn read(text: &str, variables: &mut Variables, is_raw: bool) -> Vec<Assignment> {
    let mut found = Vec::new();
    let mut reader = Reader { text, at: 0 };
    while let Some(Assignment { name, value, place }) = reader.next(variables, is_raw) {
        variables.set(&name, value.clone());
        found.push(Assignment { name, value, place });
    }
    found
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn skip_while(&mut self, is: impl Fn(char) -> bool) {
        let rest = self.rest();
        let length = rest.find(|c: char| !is(c)).unwrap_or(rest.len());
        self.skip(length);
    }

    fn skip_line(&mut self) {
        let length = self.rest().find('\n').unwrap_or(self.rest().len());
        self.skip(length);
    }

    fn next(&mut self, variables: &Variables, is_raw: bool) -> Option<Assignment> {
        loop {
            self.skip_while(|c| c.is_whitespace() || c == '\u{feff}');
            if self.rest().starts_with('#') {
                self.skip_line();
                continue;
            }
            if self.rest().strip_prefix("export").is_some_and(|rest| rest.starts_with([' ', '\t'])) {
                self.skip("export".len());
                self.skip_while(is_blank);
            }
            let rest = self.rest();
            let end = rest.find(['=', ':', '\n'])?;
            let name = rest.get(..end)?.trim_end().to_owned();
            let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']');
            if name.is_empty() || !name.chars().all(is_name) {
                return None;
            }
            let is_inherited = rest.get(end..)?.starts_with('\n');
            self.skip(end.saturating_add(1));
            if !is_inherited {
                self.skip_while(is_blank);
                return self.value(name, variables, is_raw);
            }
        }
    }

    fn value(&mut self, name: String, variables: &Variables, is_raw: bool) -> Option<Assignment> {
        let start = self.at;
        let quote = self.rest().chars().next().filter(|c| matches!(c, '"' | '\'') && !is_raw);
        let Some(quote) = quote else {
            self.skip_line();
            let line = self.text.get(start..self.at)?;
            let line = if is_raw { line } else { line.split(" #").next().unwrap_or(line) };
            let line = line.trim_end();
            let value = if is_raw { Some(line.to_owned()) } else { expanded(line, variables) };
            return Some(Assignment { name, value, place: Place::new(start, start.saturating_add(line.len())) });
        };
        let (inside, length) = quoted(self.rest(), quote)?;
        self.skip(length);
        let value = if quote == '"' { expanded(&unescaped(&inside), variables) } else { Some(inside) };
        Some(Assignment { name, value, place: Place::new(start, self.at) })
    }
}

/// What stands between quotes, with `\"` for the quote itself, and how long it is with them.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut inside = String::new();
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match (is_escaped, c) {
            (false, '\\') => is_escaped = true,
            (false, c) if c == quote => return Some((inside, at.saturating_add(c.len_utf8()))),
            (true, c) => {
                if c != quote {
                    inside.push('\\');
                }
                inside.push(c);
                is_escaped = false;
            }
            (false, c) => inside.push(c),
        }
    }
    None
}

/// A text with the escapes that shells know; `\$` is a dollar sign that begins no variable.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('$') => plain.push_str("$$"),
            Some(c @ ('"' | '\\')) => plain.push(c),
            Some(c) => plain.extend(['\\', c]),
            None => plain.push('\\'),
        }
    }
    plain
}

fn expanded(text: &str, variables: &Variables) -> Option<String> {
    let filled = variables.fill(text);
    (!filled.is_open).then_some(filled.text)
}

/// A space within a line.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && c != '\n'
}

#[cfg(test)]
mod tests {
    use super::{Variables, read};

    #[test]
    fn a_file_of_variables_is_read_as_compose_reads_it() {
        let text = "# first\nexport A=1 # one\nB: two words  \nC='$A \\n'\nD=\"${A}-$B\\t\\$E\"\n\nF\nG=${NOBODY}\nH=${A}#x\nI=\n\
                    J=\"over\nlines\"\nK=it's\n";
        let mut variables = Variables::default();
        let found = read(text, &mut variables, false);
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.value.as_deref())).collect();
        let expected = [
            ("A", Some("1")),
            ("B", Some("two words")),
            ("C", Some("$A \\n")),
            ("D", Some("1-two words\t$E")),
            ("G", None),
            ("H", Some("1#x")),
            ("I", Some("")),
            ("J", Some("over\nlines")),
            ("K", Some("it's")),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_value_is_pointed_at_and_what_is_refused_ends_the_file() {
        let text = "A=hunter2 # x\nno name=1\nB=2\n";
        let found = read(text, &mut Variables::default(), false);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].place.range()], "hunter2");
        let raw = read("A='x' # y\n", &mut Variables::default(), true);
        assert_eq!(raw[0].value.as_deref(), Some("'x' # y"));
    }

    #[test]
    fn values_that_double_do_not_grow_without_end() {
        let lines: Vec<String> = (1..200).map(|n| format!("A{n}=${{A{0}}}${{A{0}}}\n", n - 1)).collect();
        let found = read(&format!("A0=xxxxxxxx\n{}", lines.concat()), &mut Variables::default(), false);
        assert!(found.iter().flat_map(|one| &one.value).all(|value| value.len() <= 10_000));
    }
}
