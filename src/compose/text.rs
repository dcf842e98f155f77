//! What stands in the single values of a compose file: variables, and commands.

use std::collections::HashMap;

use crate::source::{Place, Placed, Sources};
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

/// The longest value that a variable is known to have.
const LONGEST: usize = 4_096;

/// The variables that compose fills in besides those of the shell: the ones of `.env`.
#[derive(Debug, Default, Clone)]
pub struct Variables(HashMap<String, String>);

impl Variables {
    /// Sets one. What a value refers to can double with each line, so a very long one is taken for unknown.
    pub(super) fn set(&mut self, name: &str, value: Option<String>) {
        match value.filter(|value| value.len() <= LONGEST) {
            Some(value) => drop(self.0.insert(name.to_owned(), value)),
            None => drop(self.0.remove(name)),
        }
    }

    /// Fills variables in as compose does: `${TAG:-18}` is what `.env` says of `TAG`, or else `18`; `$$` is a dollar sign.
    /// The shell's variables would come first, but what is said of a file must not depend on whose shell it is.
    pub fn fill(&self, text: &str) -> Filled {
        let mut filled = Filled { text: String::new(), is_open: false };
        Filling { variables: self, filled: &mut filled }.fill(text, DEPTH);
        filled
    }
}

/// Fills variables in by their defaults alone: `${TAG:-18}` is `18`, and `$$` is a dollar sign.
pub fn filled(text: &str) -> Filled {
    Variables::default().fill(text)
}

struct Filling<'v> {
    variables: &'v Variables,
    filled: &'v mut Filled,
}

impl Filling<'_> {
    fn fill(&mut self, text: &str, depth: u8) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            self.filled.text.push_str(before);
            rest = after;
            if let Some(after) = rest.strip_prefix('$') {
                self.filled.text.push('$');
                rest = after;
            } else if let Some(opened) = rest.strip_prefix('{') {
                // What is never closed is no variable, and compose refuses the file.
                let Some((inside, after)) = braced(opened) else {
                    self.filled.text.push('$');
                    break;
                };
                self.variable(inside, depth);
                rest = after;
            } else {
                let name = name_of(rest);
                if name.is_empty() {
                    self.filled.text.push('$');
                } else {
                    self.variable(name, depth);
                    rest = rest.get(name.len()..).unwrap_or_default();
                }
            }
        }
        self.filled.text.push_str(rest);
    }

    fn variable(&mut self, inside: &str, depth: u8) {
        let name = name_of(inside);
        let operator = inside.get(name.len()..).unwrap_or_default();
        let known = self.variables.0.get(name).map(String::as_str);
        let counts = known.filter(|known| !known.is_empty() || !operator.starts_with(':'));
        let after = |mark: char| operator.strip_prefix(':').unwrap_or(operator).strip_prefix(mark);
        match (counts, after('-'), after('+')) {
            (Some(_), _, Some(instead)) if depth > 0 => self.fill(instead, depth.saturating_sub(1)),
            (None, _, Some(_)) if known.is_some() => {}
            (Some(value), _, None) => self.filled.text.push_str(value),
            (None, Some(default), _) if depth > 0 => self.fill(default, depth.saturating_sub(1)),
            _ => {
                self.filled.is_open = true;
                self.filled.text.push('$');
                self.filled.text.push_str(name);
            }
        }
    }
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
pub(super) fn locate(words: &mut [Placed<String>], sources: &Sources) {
    let mut whole = Place::default();
    let mut start = 0usize;
    for word in words {
        if word.place != whole {
            whole = word.place;
            start = whole.start;
        }
        let rest = sources.text(Place::new(start, whole.end));
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
    use super::{Variables, filled};

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

    #[test]
    fn a_known_variable_is_taken_as_compose_takes_it() {
        let mut variables = Variables::default();
        variables.set("TAG", Some("18".into()));
        variables.set("EMPTY", Some(String::new()));
        variables.set("LONG", Some("x".repeat(5_000)));
        let of = |text: &str| {
            let filled = variables.fill(text);
            (filled.text, filled.is_open)
        };
        assert_eq!(of("postgres:$TAG"), ("postgres:18".into(), false));
        assert_eq!(of("${TAG:-17}${TAG-17}${TAG:?}"), ("181818".into(), false));
        assert_eq!(of("${EMPTY:-17}${EMPTY-16}"), ("17".into(), false));
        assert_eq!(of("${TAG:+a}${EMPTY:+b}${EMPTY+c}"), ("ac".into(), false));
        assert_eq!(of("$LONG"), ("$LONG".into(), true));
        assert_eq!(of("$$TAG"), ("$TAG".into(), false));
    }
}
