//! What stands in the single values of a compose file: variables, and commands.

use crate::source::{Place, Placed};
use crate::yaml::Node;

/// A text with its variables filled in, as far as the file itself says how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The text; a variable that only the environment knows stands there as `$NAME`.
    pub text: String,
    /// Whether there is such a variable.
    pub is_open: bool,
}

/// How deep defaults are followed into defaults.
const DEPTH: u8 = 8;

/// Fills variables in by their defaults: `${TAG:-18}` is `18`, and `$$` is a dollar sign.
pub fn filled(text: &str) -> Filled {
    let mut filled = Filled { text: String::new(), is_open: false };
    fill(text, DEPTH, &mut filled);
    filled
}

fn fill(text: &str, depth: u8, filled: &mut Filled) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        filled.text.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            filled.text.push('$');
            rest = after;
        } else if let Some(opened) = rest.strip_prefix('{') {
            // What is never closed is no variable, and compose refuses the file.
            let Some((inside, after)) = braced(opened) else {
                filled.text.push('$');
                break;
            };
            variable(inside, depth, filled);
            rest = after;
        } else {
            let name = name_of(rest);
            filled.is_open |= !name.is_empty();
            filled.text.push('$');
        }
    }
    filled.text.push_str(rest);
}

/// What stands before the brace that closes, and after it.
fn braced(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1u32;
    let end = text.char_indices().find_map(|(at, c)| {
        match c {
            '{' => depth = depth.saturating_add(1),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    Some((text.get(..end)?, text.get(end.saturating_add(1)..)?))
}

fn variable(inside: &str, depth: u8, filled: &mut Filled) {
    let name = name_of(inside);
    let operator = inside.get(name.len()..).unwrap_or_default();
    let default = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-'));
    match default.filter(|_| depth > 0) {
        Some(default) => fill(default, depth.saturating_sub(1), filled),
        None => {
            filled.is_open = true;
            filled.text.push('$');
            filled.text.push_str(name);
        }
    }
}

fn name_of(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Splits at the last colon that stands in no `${…}`.
pub(super) fn split_last_colon(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0u32;
    let at = text.char_indices().rev().find_map(|(at, c)| {
        match c {
            '}' => depth = depth.saturating_add(1),
            '{' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })?;
    Some((text.get(..at)?, text.get(at.saturating_add(1)..)?))
}

/// A command in words: the items of a list, or a text split as a shell would. The script of a `sh -c` is split too.
pub(super) fn words(node: &Node) -> Vec<Placed<String>> {
    let listed: Vec<_> = match node.text() {
        None => node.items().iter().filter_map(Node::placed).collect(),
        Some(text) => split(text).map(|value| Placed { value, place: node.place }).collect(),
    };
    let Some(script) = script(&listed) else { return listed };
    let (before, after) = listed.split_at(script);
    let mut words = before.to_vec();
    for (index, word) in after.iter().enumerate() {
        match index {
            0 => words.extend(split(&word.value).map(|value| Placed { value, place: word.place })),
            _ => words.push(word.clone()),
        }
    }
    words
}

/// Points each word of a longer text at itself, where it stands there as it is read.
pub(super) fn locate(words: &mut [Placed<String>], text: &str) {
    let mut whole = Place::default();
    let mut start = 0usize;
    for word in words {
        if word.place != whole {
            whole = word.place;
            start = whole.start;
        }
        let rest = text.get(start..whole.end).unwrap_or_default();
        if let Some(at) = rest.find(&word.value).filter(|_| !word.value.is_empty()) {
            let from = start.saturating_add(at);
            start = from.saturating_add(word.value.len());
            word.place = Place::new(from, start);
        }
    }
}

/// Which word is the script of a shell.
fn script(words: &[Placed<String>]) -> Option<usize> {
    let shell = words.iter().position(|word| is_shell(&word.value))?;
    let options = words.iter().skip(shell.saturating_add(1)).take_while(|word| word.value.starts_with('-'));
    let has_script = options.clone().any(|word| !word.value.starts_with("--") && word.value.ends_with('c'));
    let at = shell.saturating_add(1).saturating_add(options.count());
    (has_script && at < words.len()).then_some(at)
}

/// Whether a word runs a shell.
pub(super) fn is_shell(word: &str) -> bool {
    matches!(program(word), "sh" | "bash" | "ash" | "dash")
}

/// The last part of a path: what a program is called.
pub fn program(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

fn split(text: &str) -> impl Iterator<Item = String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn variables_are_filled_in_by_their_defaults() {
        let of = |text: &str| {
            let filled = filled(text);
            (filled.text, filled.is_open)
        };
        assert_eq!(of("postgres:${TAG:-18}"), ("postgres:18".into(), false));
        assert_eq!(of("${A-${B:-x}}:y"), ("x:y".into(), false));
        assert_eq!(of("${A:?must be set}-$B"), ("$A-$B".into(), true));
        assert_eq!(of("pa$$word"), ("pa$word".into(), false));
        assert_eq!(of("${A:+x}"), ("$A".into(), true));
        assert_eq!(of("a${b"), ("a${b".into(), false));
        let deep = format!("{}x{}", "${A:-".repeat(50_000), "}".repeat(50_000));
        assert!(of(&deep).1);
        assert_eq!(of(&"${".repeat(50_000)).0.len(), 100_000);
        assert_eq!(of("a$${b}"), ("a${b}".into(), false));
    }
}
