//! A YAML text as a tree of values, each with its place; duplicate keys and tags are kept for the reader to judge.
//!
//! The only file that knows the parsing library. The parser hands out events; the tree is built here, within a budget
//! of values and of depth, so that no text can take more memory or stack than its size allows.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Tag};

use crate::diagnostic::Diagnostic;
use crate::source::Place;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// The whole value; of a collection in block style, its first line.
    pub place: Place,
    /// A tag that is not one of YAML's own, as it was written.
    pub tag: Option<String>,
    /// What stands there.
    pub value: Value,
}

/// The shapes that a value can have.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// A text in its own spelling, without quotes.
    Scalar(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values, in order, duplicates included.
    Mapping(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key; a key that is a collection has the name `?`.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// Its value.
    pub value: Node,
}

impl Value {
    /// What this is called in a message.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Scalar(_) => "a single value",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a map",
        }
    }
}

/// How much of a text is read before it is refused.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// The most values, counting each again that an alias repeats.
    pub values: usize,
}

/// The deepest nesting of collections, which bounds the stack too.
const DEPTH: usize = 64;

/// Reads the one document of a text.
///
/// # Errors
/// The first fault that makes the text unreadable.
pub fn read(text: &str, budget: Budget) -> Result<Node, Diagnostic> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if let Some(offset) = text.find('\0') {
        return Err(
            Diagnostic::error("the file has a NUL byte").at(Place::new(offset, offset.saturating_add(1)), "here")
        );
    }
    let options = granit_parser::options! {
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
        emit_comments: false,
    };
    let mut builder = Builder::new(text, budget.values);
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| unreadable(text, &error))?;
        let range = span.byte_range().unwrap_or(start..start);
        builder.take(event, Place::new(range.start, range.end))?;
    }
    builder.root.ok_or_else(|| {
        Diagnostic::error("the file is empty").help("start with `version: 1` and `data:`, or run `polyglot init`")
    })
}

/// Puts a fault of the parser into words for the person.
fn unreadable(text: &str, error: &ScanError) -> Diagnostic {
    let offset = error.marker().byte_offset().unwrap_or_default();
    let end = text.get(offset..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let place = Place::new(offset, offset.saturating_add(end));
    let line_start = text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at.saturating_add(1));
    let indentation = text.get(line_start..).unwrap_or_default();
    let tab = indentation.find(|c: char| !c.is_ascii_whitespace()).and_then(|end| indentation.get(..end)?.find('\t'));
    if let Some(tab) = tab.map(|tab| line_start.saturating_add(tab)) {
        let place = Place::new(tab, tab.saturating_add(1));
        let diagnostic = Diagnostic::error("a tab is used as indentation").at(place, "this is a tab");
        return diagnostic.help("YAML indents with spaces: use two for each level");
    }
    match error.kind() {
        ErrorKind::UnknownAnchor => {
            let diagnostic =
                Diagnostic::error("an alias without its anchor").at(place, "no `&` of this name stands before it");
            diagnostic.help("define the anchor first, or write the value out")
        }
        ErrorKind::RecursionLimitExceeded => too_deep(place),
        _ => {
            let reason = error.info();
            Diagnostic::error(format!("this is not YAML: {reason}")).at(place, "the text cannot be read from here on")
        }
    }
}

fn too_deep(place: Place) -> Diagnostic {
    let message = format!("nested too deeply: more than {DEPTH} levels");
    Diagnostic::error(message).at(place, "the level too many").help("a requirements file needs six levels")
}

/// A collection that is still open.
struct Open {
    node: Node,
    anchor: usize,
    /// Values inside it so far, itself included.
    size: usize,
    /// The deepest nesting inside it so far.
    height: usize,
    /// The key that waits for its value.
    key: Option<(String, Place)>,
}

/// A finished value that aliases can repeat.
struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

struct Builder<'a> {
    text: &'a str,
    left: usize,
    allowed: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    root: Option<Node>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str, values: usize) -> Self {
        Self { text, left: values, allowed: values, open: Vec::new(), anchors: HashMap::new(), root: None }
    }

    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), Diagnostic> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.spend(1, place)?;
                let null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let value = if null { Value::Null } else { Value::Scalar(text.into_owned()) };
                let node = Node { place, tag: foreign(tag.as_deref()), value };
                self.finish(Anchored { node, size: 1, height: 0 }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.start(Value::Sequence(Vec::new()), place, anchor, tag.as_deref())
            }
            Event::MappingStart(_, anchor, tag) => {
                self.start(Value::Mapping(Vec::new()), place, anchor, tag.as_deref())
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(place),
            Event::Alias(anchor) => self.repeat(anchor, place),
            Event::DocumentStart(..) if self.root.is_some() => {
                let diagnostic =
                    Diagnostic::error("the file has several documents").at(place, "the second one starts here");
                Err(diagnostic.help("keep one document a file"))
            }
            _ => Ok(()),
        }
    }

    fn spend(&mut self, values: usize, place: Place) -> Result<(), Diagnostic> {
        self.left = self.left.checked_sub(values).ok_or_else(|| {
            let message = format!("the file holds more than {} values", self.allowed);
            let diagnostic = Diagnostic::error(message).at(place, "the first value too many");
            diagnostic.help("values that aliases repeat count each time; `--max-size` lifts the limit")
        })?;
        Ok(())
    }

    fn start(&mut self, value: Value, place: Place, anchor: usize, tag: Option<&Tag>) -> Result<(), Diagnostic> {
        self.spend(1, place)?;
        if self.open.len() >= DEPTH {
            return Err(too_deep(place));
        }
        let node = Node { place: self.first_line(place), tag: foreign(tag), value };
        self.open.push(Open { node, anchor, size: 1, height: 0, key: None });
        Ok(())
    }

    fn close(&mut self, place: Place) -> Result<(), Diagnostic> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        if place.end > place.start {
            let end = Place::new(open.node.place.start, place.end);
            open.node.place = self.first_line(end);
        }
        if let Value::Mapping(entries) = &mut open.node.value {
            merge(entries);
        }
        let height = open.height.saturating_add(1);
        self.finish(Anchored { node: open.node, size: open.size, height }, open.anchor)
    }

    fn repeat(&mut self, anchor: usize, place: Place) -> Result<(), Diagnostic> {
        let Some(Anchored { node, size, height }) = self.anchors.get(&anchor) else {
            let diagnostic =
                Diagnostic::error("an alias inside its own anchor").at(place, "this would repeat itself forever");
            return Err(diagnostic.help("write the value out"));
        };
        if self.open.len().saturating_add(*height) > DEPTH {
            return Err(too_deep(place));
        }
        let (size, height) = (*size, *height);
        let budget = self.left;
        if size <= budget {
            let node = Node { place, ..node.clone() };
            self.spend(size, place)?;
            return self.finish(Anchored { node, size, height }, 0);
        }
        self.spend(size, place)
    }

    /// Hands a finished value to the collection that it stands in.
    fn finish(&mut self, done: Anchored, anchor: usize) -> Result<(), Diagnostic> {
        if anchor != 0 {
            let Anchored { node, size, height } = &done;
            self.spend(*size, node.place)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), size: *size, height: *height });
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(done.node);
            return Ok(());
        };
        parent.size = parent.size.saturating_add(done.size);
        parent.height = parent.height.max(done.height);
        match &mut parent.node.value {
            Value::Sequence(items) => items.push(done.node),
            Value::Mapping(entries) => match parent.key.take() {
                None => parent.key = Some((key_text(&done.node), done.node.place)),
                Some((key, place)) => entries.push(Entry { key, place, value: done.node }),
            },
            Value::Null | Value::Scalar(_) => {}
        }
        Ok(())
    }

    /// The part of a place that stands on its first line: a mark over many lines points at nothing.
    fn first_line(&self, place: Place) -> Place {
        let line = self.text.get(place.range()).unwrap_or_default().lines().next().unwrap_or_default();
        Place::new(place.start, place.start.saturating_add(line.trim_end().len()))
    }
}

fn key_text(node: &Node) -> String {
    match &node.value {
        Value::Scalar(text) => text.clone(),
        Value::Null => String::from("null"),
        Value::Sequence(_) | Value::Mapping(_) => String::from("?"),
    }
}

/// A tag that is not one of YAML's core schema, as a person would write it.
fn foreign(tag: Option<&Tag>) -> Option<String> {
    let tag = tag?;
    (tag.handle() != "tag:yaml.org,2002:").then(|| format!("{}{}", tag.handle(), tag.suffix()))
}

/// Resolves `<<`: the keys of the maps that it names are added, but for those that stand here already.
fn merge(entries: &mut Vec<Entry>) {
    if !entries.iter().any(|entry| entry.key == "<<") {
        return;
    }
    let (merged, mut kept): (Vec<_>, Vec<_>) = std::mem::take(entries).into_iter().partition(|entry| entry.key == "<<");
    for entry in merged {
        let (place, maps) = match entry.value.value {
            Value::Sequence(items) => (entry.place, items),
            _ => (entry.place, vec![entry.value]),
        };
        for map in maps {
            match map.value {
                Value::Mapping(inherited) => {
                    let known: std::collections::HashSet<_> = kept.iter().map(|entry| entry.key.clone()).collect();
                    kept.extend(inherited.into_iter().filter(|entry| !known.contains(&entry.key)));
                }
                value => kept.push(Entry { key: String::from("<<"), place, value: Node { value, ..map } }),
            }
        }
    }
    *entries = kept;
}

#[cfg(test)]
mod tests {
    use super::{Budget, Node, Value, read};

    const BUDGET: Budget = Budget { values: 1_000 };

    fn keys(node: &Node) -> Vec<&str> {
        match &node.value {
            Value::Mapping(entries) => entries.iter().map(|entry| entry.key.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    fn fault(text: &str) -> String {
        read(text, BUDGET).expect_err("a fault").message
    }

    #[test]
    fn duplicates_are_kept_in_order() {
        assert_eq!(keys(&read("a: 1\nb: 2\na: 3\n", BUDGET).unwrap()), ["a", "b", "a"]);
    }

    #[test]
    fn a_merge_key_adds_what_is_not_there() {
        let node = read("base: &b {x: 1, y: 2}\nuse: {<<: *b, x: 3}\n", BUDGET).unwrap();
        let Value::Mapping(entries) = &node.value else { panic!("a map") };
        assert_eq!(keys(&entries[1].value), ["x", "y"]);
    }

    #[test]
    fn an_alias_points_at_its_use() {
        let text = "a: &x long\nb: *x\n";
        let node = read(text, BUDGET).unwrap();
        let Value::Mapping(entries) = &node.value else { panic!("a map") };
        assert_eq!(&text[entries[1].value.place.range()], "*x");
    }

    #[test]
    fn what_would_grow_without_end_is_refused() {
        let bomb: String = (0..9)
            .map(|level| {
                let inner = if level == 0 { "0".to_owned() } else { format!("*a{}", level - 1) };
                format!("a{level}: &a{level} [{}]\n", [inner.as_str(); 9].join(","))
            })
            .collect();
        assert!(fault(&bomb).contains("more than 1000 values"));
        assert!(fault("x: &x [*x]").contains("inside its own anchor"));
        assert!(fault(&"[".repeat(10_000)).contains("too deep"), "{}", fault(&"[".repeat(10_000)));
        assert!(fault(&"- ".repeat(10_000)).contains("too deep"), "{}", fault(&"- ".repeat(10_000)));
        let chain: String = (1..200).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect();
        assert!(fault(&format!("a0: &a0 [1]\n{chain}")).contains("too deep"));
    }

    #[test]
    fn what_is_no_single_document_is_refused() {
        assert!(fault("").contains("empty"));
        assert!(fault("# only a comment\n").contains("empty"));
        assert!(fault("a: 1\n---\nb: 2\n").contains("several documents"));
        assert!(fault("a:\n\tb: 1\n").contains("tab"));
        assert!(fault("a: \0\n").contains("NUL"));
    }
}
