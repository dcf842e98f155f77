//! Reads a tree of values field by field, and notes every fault on the way instead of stopping at the first.

use std::collections::HashMap;
use std::str::FromStr;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, did_you_mean, suggestion};
use crate::source::{Place, Placed};
use crate::units::{Bytes, Count, Growth, Percent, Rate, Retention, Span, UnitError};
use crate::vocabulary::{
    Consistency, DataStructure, DistanceMetric, Durability, Environment, Scale, Sensitivity, Storage, Sync, Workload,
};
use crate::yaml::{Entry, Node, Value};

/// The faults found so far.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn fault(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }

    /// Notes a tag, which no value here may have.
    fn refuse_tag(&mut self, node: &Node) {
        if let Some(tag) = &node.tag {
            let diagnostic = Diagnostic::error(format!("the tag `{tag}` means nothing here"));
            self.fault(diagnostic.at(node.place, "remove the tag"));
        }
    }
}

/// Something that a value can be read as.
pub(super) trait Read: Sized {
    /// Reads it, or notes why not.
    fn read(node: &Node, reader: &mut Reader) -> Option<Self>;
}

/// The text of a single value, or a fault that says what was expected.
fn text<'a>(node: &'a Node, expected: &str, reader: &mut Reader) -> Option<&'a str> {
    match &node.value {
        Value::Scalar(text) => Some(text),
        other => {
            let diagnostic = Diagnostic::error(format!("expected {expected}"));
            reader.fault(diagnostic.at(node.place, format!("this is {}", other.shape())));
            None
        }
    }
}

impl Read for bool {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = text(node, "`true` or `false`", reader)?;
        match text {
            "true" | "True" | "TRUE" => return Some(true),
            "false" | "False" | "FALSE" => return Some(false),
            _ => {}
        }
        let diagnostic = Diagnostic::error("expected `true` or `false`").at(node.place, "this is neither");
        reader.fault(match text.to_lowercase().as_str() {
            "yes" | "on" | "y" | "1" => diagnostic.help("write `true`"),
            "no" | "off" | "n" | "0" => diagnostic.help("write `false`"),
            other => match did_you_mean(other, ["true", "false"]) {
                Some(word) => diagnostic.help(format!("did you mean `{word}`?")),
                None => diagnostic,
            },
        });
        None
    }
}

impl Read for String {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        text(node, "a text", reader).map(Self::from)
    }
}

/// Reads what has a parser of its own.
fn parsed<T: FromStr<Err = UnitError>>(node: &Node, example: &str, reader: &mut Reader) -> Option<T> {
    let text = text(node, example, reader)?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            let diagnostic = Diagnostic::error(error.to_string()).at(node.place, "this is none");
            reader.fault(error.help.into_iter().fold(diagnostic, Diagnostic::help));
            None
        }
    }
}

macro_rules! read_units {
    ($($unit:ty: $example:literal,)+) => {
        $(impl Read for $unit {
            fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
                parsed(node, $example, reader)
            }
        })+
    };
}

read_units! {
    Bytes: "a size with its unit, such as `20GB`",
    Count: "a whole number, such as `50M`",
    Rate: "a rate, such as `2000/s`",
    Span: "a duration, such as `5ms`",
    Retention: "a duration, such as `90d`, or `forever`",
    Percent: "a percentage, such as `99.9%`",
    Growth: "an amount a period, such as `2GB/month`",
}

macro_rules! read_words {
    ($($word:ty,)+) => {
        $(impl Read for $word {
            fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
                let names = || Self::ALL.iter().map(|word| word.name());
                let expected = format!("one of {}", names().collect::<Vec<_>>().join(", "));
                let text = text(node, &expected, reader)?;
                let word = Self::named(text);
                if word.is_none() {
                    let diagnostic = Diagnostic::error(format!("expected {expected}"));
                    let diagnostic = diagnostic.at(node.place, format!("`{}` is none of them", shortened(text)));
                    reader.fault(match did_you_mean(text, names()) {
                        Some(word) => diagnostic.help(format!("did you mean `{word}`?")),
                        None => diagnostic,
                    });
                }
                word
            }
        })+
    };
}

read_words! { Durability, Consistency, Scale, Sensitivity, Workload, Sync, Storage, Environment, DistanceMetric, DataStructure, }

/// The start of a text, for a message.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

impl<T: Read> Read for Vec<Placed<T>> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Sequence(items) = &node.value else {
            let diagnostic = Diagnostic::error("expected a list");
            reader.fault(diagnostic.at(node.place, format!("this is {}", node.value.shape())));
            return None;
        };
        Some(items.iter().filter_map(|item| read_placed(item, reader)).collect())
    }
}

/// Reads a value together with its place.
pub(super) fn read_placed<T: Read>(node: &Node, reader: &mut Reader) -> Option<Placed<T>> {
    reader.refuse_tag(node);
    T::read(node, reader).map(|value| Placed { value, place: node.place })
}

/// The fields of a map, taken one by one; what is left at the end is unknown.
pub(super) struct Fields<'a> {
    /// What the map describes, for messages: `a kind of data`.
    what: &'static str,
    entries: IndexMap<&'a str, &'a Entry>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of a map; a key that is given twice is a fault, and its first value counts.
    pub(super) fn of(node: &'a Node, what: &'static str, reader: &mut Reader) -> Option<Self> {
        let Value::Mapping(entries) = &node.value else {
            let diagnostic = Diagnostic::error(format!("expected the fields of {what}"));
            reader.fault(diagnostic.at(node.place, format!("this is {}", node.value.shape())));
            return None;
        };
        reader.refuse_tag(node);
        Some(Self { what, entries: without_duplicates(entries, reader), known: Vec::new() })
    }

    /// The value of a field; absent where it is not given or is `null`.
    pub(super) fn node(&mut self, name: &'static str) -> Option<&'a Entry> {
        self.known.push(name);
        let entry = self.entries.shift_remove(name)?;
        (!matches!(entry.value.value, Value::Null)).then_some(entry)
    }

    /// Reads an optional field.
    pub(super) fn read<T: Read>(&mut self, name: &'static str, reader: &mut Reader) -> Option<Placed<T>> {
        read_placed(&self.node(name)?.value, reader)
    }

    /// Notes the fields that nothing has asked for.
    pub(super) fn finish(self, reader: &mut Reader) {
        for entry in self.entries.values() {
            let message = format!("`{}` is no field of {}", shortened(&entry.key), self.what);
            let diagnostic = Diagnostic::error(message).at(entry.place, "unknown field");
            reader.fault(diagnostic.help(suggestion(&entry.key, self.known.iter().copied())));
        }
    }
}

/// The entries of a map by key, first come, first served; each further one is a fault.
pub(super) fn without_duplicates<'a>(entries: &'a [Entry], reader: &mut Reader) -> IndexMap<&'a str, &'a Entry> {
    let mut first: HashMap<&str, Place> = HashMap::with_capacity(entries.len());
    let mut kept = IndexMap::with_capacity(entries.len());
    for entry in entries {
        match first.get(entry.key.as_str()) {
            Some(place) => {
                let message = format!("`{}` is given twice", shortened(&entry.key));
                let diagnostic = Diagnostic::error(message).at(entry.place, "the second time");
                reader.fault(diagnostic.related(*place, "the first time").help("keep one of them"));
            }
            None => {
                first.insert(&entry.key, entry.place);
                kept.insert(entry.key.as_str(), entry);
            }
        }
    }
    kept
}
