//! The tree that is built from the parser's events, within a budget of values and of depth.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};

use super::fault::{not_yaml, too_deep, word};
use super::node::{DEPTH, Entry, Merging, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::source::Place;

/// How much text counts as one value where an alias repeats it, so that a long text repeated often is no bomb.
const TEXT_OF_A_VALUE: usize = 64;

/// A collection that is still open.
struct Open {
    node: Node,
    anchor: usize,
    /// Where its bracket stands, if it has one.
    bracket: Option<Place>,
    /// Values inside it so far, itself included.
    size: usize,
    /// The deepest nesting inside it so far.
    height: usize,
    /// The key that waits for its value.
    key: Option<Key>,
}

/// A key; one that is no word has no name, and its value is dropped.
struct Key {
    name: Option<String>,
    place: Place,
}

/// A finished value that aliases can repeat.
struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

/// Builds the tree, event by event.
pub(super) struct Builder<'a> {
    text: &'a str,
    left: usize,
    allowed: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    pub(super) root: Option<Node>,
    /// Whether a text may have several documents; those before the last.
    several: bool,
    pub(super) earlier: Vec<Node>,
    pub(super) faults: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str, values: usize, several: bool) -> Self {
        let (open, anchors, faults) = (Vec::new(), HashMap::new(), Vec::new());
        let (root, earlier) = (None, Vec::new());
        Self { text, left: values, allowed: values, open, anchors, root, several, earlier, faults }
    }

    /// The innermost bracket that is still open.
    pub(super) fn bracket(&self) -> Option<Place> {
        self.open.last().and_then(|open| open.bracket)
    }

    pub(super) fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), Diagnostic> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.spend(1, place)?;
                self.judge(tag.as_deref(), place);
                let null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let size = text.len().div_ceil(TEXT_OF_A_VALUE).max(1);
                let value = if null { Value::Null } else { Value::Scalar(text.into_owned()) };
                let node = Node { merging: merging(tag.as_deref()), ..Node::new(place, value) };
                self.finish(Anchored { node, size, height: 0 }, anchor)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.judge(tag.as_deref(), place);
                let node = Node { merging: merging(tag.as_deref()), ..Node::new(place, Value::Sequence(Vec::new())) };
                self.start(node, anchor, style)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.judge(tag.as_deref(), place);
                let node = Node { merging: merging(tag.as_deref()), ..Node::new(place, Value::Mapping(Vec::new())) };
                self.start(node, anchor, style)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(place),
            Event::Alias(anchor) => self.repeat(anchor, place),
            Event::DocumentStart(..) if self.several => {
                self.earlier.extend(self.root.take());
                Ok(())
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                let diagnostic =
                    Diagnostic::error("the file has several documents").at(place, "the second one starts here");
                Err(diagnostic.help("keep one document a file"))
            }
            _ => Ok(()),
        }
    }

    /// Notes a tag that is not one of YAML's core schema, which no value here may have.
    fn judge(&mut self, tag: Option<&Tag>, place: Place) {
        let Some(tag) = tag.and_then(foreign) else { return };
        let before = self.text.get(..place.start).unwrap_or_default();
        let at = before.rfind('!').map_or(place, |last| {
            let start = before.get(..last).and_then(|before| before.strip_suffix('!')).map_or(last, str::len);
            word(self.text, start)
        });
        let diagnostic = Diagnostic::error(format!("the tag `{tag}` means nothing here"));
        self.faults.push(diagnostic.at(at, "this tag").help("remove the tag"));
    }

    fn spend(&mut self, values: usize, place: Place) -> Result<(), Diagnostic> {
        self.left = self.left.checked_sub(values).ok_or_else(|| {
            let message = format!("the file holds more than {} values", self.allowed);
            let diagnostic = Diagnostic::error(message).at(place, "the first value too many");
            diagnostic.help("values that aliases repeat count each time; `--max-size` lifts the limit")
        })?;
        Ok(())
    }

    fn start(&mut self, mut node: Node, anchor: usize, style: StructureStyle) -> Result<(), Diagnostic> {
        let place = node.place;
        self.spend(1, place)?;
        if self.open.len() >= DEPTH {
            return Err(too_deep(place));
        }
        let bracket = (style == StructureStyle::Flow).then_some(place);
        node.place = self.first_line(place);
        self.open.push(Open { node, anchor, bracket, size: 1, height: 0, key: None });
        Ok(())
    }

    fn close(&mut self, place: Place) -> Result<(), Diagnostic> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        if place.end > place.start {
            let end = Place::new(open.node.place.start, place.end);
            open.node.place = self.first_line(end);
        }
        if let Value::Mapping(entries) = &mut open.node.value {
            self.merge(entries);
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
            // In a file of somebody else a text is what is wrong, and that stands at the anchor; in one of ours its use is.
            let is_at_anchor = self.several && matches!(node.value, Value::Scalar(_));
            let node = Node { place: if is_at_anchor { node.place } else { place }, ..node.clone() };
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
                None => parent.key = Some(key(done.node, self.text, &mut self.faults)?),
                Some(Key { name: Some(key), place }) => entries.push(Entry { key, place, value: done.node }),
                Some(Key { name: None, .. }) => {}
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

    /// Resolves `<<`: the keys of the maps that it names are added, but for those that stand here already.
    fn merge(&mut self, entries: &mut Vec<Entry>) {
        if !entries.iter().any(|entry| entry.key == "<<") {
            return;
        }
        let (merges, mut kept): (Vec<_>, Vec<_>) =
            std::mem::take(entries).into_iter().partition(|entry| entry.key == "<<");
        let mut merges = merges.into_iter();
        let Some(first) = merges.next() else { return };
        let again: Vec<_> = merges.collect();
        for again in &again {
            let diagnostic = Diagnostic::error("`<<` is given twice").at(again.place, "given again");
            let diagnostic = diagnostic.related(first.place, "the first time");
            self.faults.push(diagnostic.help("name several maps in one list: `<<: [*a, *b]`"));
        }
        let maps = std::iter::once(first).chain(again).flat_map(|merge| match merge.value.value {
            Value::Sequence(items) => items,
            _ => vec![merge.value],
        });
        let mut known: HashSet<String> = kept.iter().map(|entry| entry.key.clone()).collect();
        for map in maps {
            let Value::Mapping(inherited) = map.value else {
                let diagnostic = Diagnostic::error("`<<` takes in the fields of a map");
                let diagnostic = diagnostic.at(map.place, format!("this is {}", map.value.shape()));
                self.faults.push(diagnostic.help("name a map that is marked with `&` before: `<<: *defaults`"));
                continue;
            };
            let new: Vec<Entry> = inherited.into_iter().filter(|entry| !known.contains(&entry.key)).collect();
            known.extend(new.iter().map(|entry| entry.key.clone()));
            kept.extend(new);
        }
        *entries = kept;
    }
}

/// A finished value as a key, or a fault where it is no word.
fn key(node: Node, text: &str, faults: &mut Vec<Diagnostic>) -> Result<Key, Diagnostic> {
    let place = node.place;
    let name = match node.value {
        Value::Scalar(text) => Some(text),
        Value::Null => Some(String::from("null")),
        Value::Mapping(_) if text.get(..place.start).is_some_and(|before| before.ends_with('{')) => {
            let diagnostic = not_yaml("a template is not filled in");
            let closing = text.get(place.end..).is_some_and(|after| after.starts_with('}'));
            let place = Place::new(place.start.saturating_sub(1), place.end.saturating_add(usize::from(closing)));
            return Err(diagnostic
                .at(place, "a map is no key")
                .help("let the template's program write the file first"));
        }
        other => {
            let diagnostic = Diagnostic::error("a key must be a single word");
            faults.push(diagnostic.at(place, format!("this is {}", other.shape())));
            None
        }
    };
    Ok(Key { name, place })
}

/// What a tag tells compose.
fn merging(tag: Option<&Tag>) -> Merging {
    match tag.filter(|tag| tag.handle() == "!").map(Tag::suffix) {
        Some("reset") => Merging::Reset,
        Some("override") => Merging::Override,
        _ => Merging::Usual,
    }
}

/// A tag that is not one of YAML's core schema, as a person would write it.
fn foreign(tag: &Tag) -> Option<String> {
    const CORE: [&str; 7] = ["str", "int", "float", "bool", "null", "map", "seq"];
    if tag.handle() != "tag:yaml.org,2002:" {
        return Some(format!("{}{}", tag.handle(), tag.suffix()));
    }
    (!CORE.contains(&tag.suffix())).then(|| format!("!!{}", tag.suffix()))
}
