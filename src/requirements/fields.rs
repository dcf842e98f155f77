//! Reads a tree of values field by field, and notes every fault on the way instead of stopping at the first.

use std::str::FromStr;

use catalog::units::{Bytes, Count, Growth, Percent, Rate, Retention, Span, UnitError};
use catalog::vocabulary::{
    Consistency, DataStructure, DistanceMetric, Durability, Environment, Platform, Scale, Sensitivity, Storage, Sync,
    Tenancy, Workload,
};
use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, LIST, did_you_mean, suggestion};
use crate::source::{Place, Placed};
use crate::yaml::{Entry, Node, Value};

/// The faults found so far.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) faults: Vec<Diagnostic>,
    /// How many more words may be compared for a suggestion: past some number of faults nobody reads suggestions.
    comparisons: usize,
    /// The lists of known words that have been given, each of which is enough once.
    listed: Vec<String>,
}

impl Reader {
    /// Starts from the faults that reading the text has found.
    pub(super) fn new(faults: Vec<Diagnostic>) -> Self {
        const COMPARISONS: usize = 20_000;
        Self { faults, comparisons: COMPARISONS, listed: Vec::new() }
    }

    pub(super) fn fault(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }

    /// Adds a help line to the last fault.
    pub(super) fn help(&mut self, text: &str) {
        if let Some(fault) = self.faults.last_mut() {
            fault.help.push(text.to_owned());
        }
    }

    /// Notes a fault about a word that is not known, with the nearest known one or else, once, all of them.
    pub(super) fn unknown<'a>(
        &mut self,
        diagnostic: Diagnostic,
        word: &str,
        known: impl IntoIterator<Item = &'a str> + Clone,
    ) {
        let spent = known.clone().into_iter().take(self.comparisons.saturating_add(1)).count();
        let left = self.comparisons.checked_sub(spent);
        self.comparisons = left.unwrap_or(0);
        let help = left.map(|_| suggestion(word, known)).filter(|help| !self.listed.contains(help));
        if let Some(list) = help.as_ref().filter(|help| help.starts_with(LIST)) {
            self.listed.push(list.clone());
        }
        self.fault(help.into_iter().fold(diagnostic, Diagnostic::help));
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
        let text = text(node, "a text", reader)?;
        visible(text, node.place, reader).then(|| text.to_owned())
    }
}

/// Whether a text holds nothing that a terminal, an editor or a database would obey instead of showing it.
pub(super) fn visible(text: &str, place: Place, reader: &mut Reader) -> bool {
    let turning =
        |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaking = |c: char| matches!(c, '\u{2028}' | '\u{2029}');
    let no_character = |c: char| matches!(c, '\u{fdd0}'..='\u{fdef}');
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let Some(hidden) = text.chars().find(|c| control(*c) || turning(*c) || breaking(*c) || no_character(*c)) else {
        return true;
    };
    let code = u32::from(hidden);
    let message = if turning(hidden) {
        format!("a text holds U+{code:04X}, which turns the direction of writing")
    } else if breaking(hidden) {
        format!("a text holds U+{code:04X}, which some languages take for the end of a line")
    } else if no_character(hidden) {
        format!("a text holds U+{code:04X}, which is no character")
    } else {
        format!("a text holds a control character, U+{code:04X}")
    };
    reader.fault(Diagnostic::error(message).at(place, "in this text").help("remove the character"));
    false
}

/// Reads what has a parser of its own.
fn parsed<T: FromStr<Err = UnitError>>(node: &Node, example: &str, reader: &mut Reader) -> Option<T> {
    let text = text(node, example, reader)?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            let diagnostic = Diagnostic::error(error.to_string()).at(node.place, "this is not one");
            let tried = if error.is_ambiguous { Vec::new() } else { mended(text) };
            let mended = tried.into_iter().find(|mended| mended.parse::<T>().is_ok());
            let help = mended.map(|mended| format!("write `{mended}`")).or(error.help);
            let help = help.or_else(|| text.starts_with('$').then(|| "variables are not filled in here".into()));
            reader.fault(help.into_iter().fold(diagnostic, Diagnostic::help));
            None
        }
    }
}

/// What a person may have meant by an amount: another decimal point, other thousands, capitals, spaces, quotes, or
/// the wide characters of East Asian keyboards.
fn mended(text: &str) -> Vec<String> {
    const LONGEST: usize = 40;
    if text.len() > LONGEST {
        return Vec::new();
    }
    let wide = |c: char| u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).filter(char::is_ascii_graphic);
    let narrow: String = text.chars().map(|c| wide(c).unwrap_or(c)).collect();
    let plain = narrow.trim_matches(['“', '”', '„', '‘', '’', '"', '\'', '`']).to_owned();
    let grouped = plain.split(',').skip(1).all(|group| group.chars().take_while(char::is_ascii_digit).count() == 3);
    let numbers = plain.replace(',', if grouped { "_" } else { "." });
    let joined: String = numbers.split_whitespace().collect();
    let small = joined.to_lowercase();
    vec![plain, numbers, joined, small]
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

/// Reads one of some words.
pub(super) fn word<T>(
    node: &Node,
    names: impl IntoIterator<Item = &'static str> + Clone,
    meant: impl Fn(&str) -> Option<T>,
    reader: &mut Reader,
) -> Option<T> {
    let expected = format!("one of {}", names.clone().into_iter().collect::<Vec<_>>().join(", "));
    let text = text(node, &expected, reader)?;
    let word = meant(text);
    if word.is_none() {
        let diagnostic = Diagnostic::error(format!("expected {expected}"));
        let diagnostic = diagnostic.at(node.place, format!("`{}` is none of them", shortened(text)));
        reader.fault(match did_you_mean(text, names) {
            Some(word) => diagnostic.help(format!("did you mean `{word}`?")),
            None => diagnostic,
        });
    }
    word
}

macro_rules! read_words {
    ($($word:ty,)+) => {
        $(impl Read for $word {
            fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
                word(node, Self::ALL.iter().map(|word| word.name()), Self::named, reader)
            }
        })+
    };
}

read_words! {
    Durability, Consistency, Scale, Tenancy, Sensitivity, Workload, Sync, Storage, Environment, Platform, DistanceMetric,
    DataStructure,
}

/// The start of a text on one line, for a message.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    let shown: String = text.chars().take(SHOWN).collect();
    let mut line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    if shown.len() < text.len() {
        line.push('…');
    }
    line
}

impl<T: Read> Read for Vec<Placed<T>> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Sequence(items) = &node.value else {
            let diagnostic = Diagnostic::error("expected a list");
            let diagnostic = diagnostic.at(node.place, format!("this is {}", node.value.shape()));
            reader.fault(match &node.value {
                Value::Scalar(item) => diagnostic.help(format!("write `[{}]`", shortened(item))),
                _ => diagnostic,
            });
            return None;
        };
        Some(items.iter().filter_map(|item| read_placed(item, reader)).collect())
    }
}

/// Reads a value together with its place.
pub(super) fn read_placed<T: Read>(node: &Node, reader: &mut Reader) -> Option<Placed<T>> {
    T::read(node, reader).map(|value| Placed { value, place: node.place })
}

/// What a map describes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Described {
    /// As messages call it: `a kind of data`.
    pub(super) what: &'static str,
    /// How one is written.
    pub(super) example: &'static str,
}

/// The fields of a map, taken one by one; what is left at the end is unknown.
pub(super) struct Fields<'a> {
    described: Described,
    entries: IndexMap<&'a str, &'a Entry>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of a map; a key that is given twice is a fault, and its first value counts.
    pub(super) fn of_map(node: &'a Node, described: Described, reader: &mut Reader) -> Option<Self> {
        let Value::Mapping(entries) = &node.value else { return None };
        Some(Self { described, entries: without_duplicates(entries, reader), known: Vec::new() })
    }

    /// The same, where a value that is no map is a fault.
    pub(super) fn of(node: &'a Node, described: Described, reader: &mut Reader) -> Option<Self> {
        let fields = Self::of_map(node, described, reader);
        if fields.is_none() {
            let diagnostic = Diagnostic::error(format!("expected the fields of {}", described.what));
            let diagnostic = diagnostic.at(node.place, format!("this is {}", node.value.shape()));
            reader.fault(diagnostic.help(format!("for example `{}`", described.example)));
        }
        fields
    }

    /// The fields of a thing that has a name and may have nothing else; one that is no map is noted and has none.
    pub(super) fn of_named(entry: &'a Entry, described: Described, reader: &mut Reader) -> Self {
        let given = !matches!(entry.value.value, Value::Null);
        let fields = given.then(|| Self::of(&entry.value, described, reader)).flatten();
        fields.unwrap_or_else(|| Self { described, entries: IndexMap::new(), known: Vec::new() })
    }

    /// The value of a field; absent where it is not given or is `null`.
    pub(super) fn node(&mut self, name: &'static str) -> Option<&'a Entry> {
        self.entry(name).filter(|entry| !matches!(entry.value.value, Value::Null))
    }

    /// The field, be it `null` or not.
    pub(super) fn entry(&mut self, name: &'static str) -> Option<&'a Entry> {
        self.known.push(name);
        self.entries.shift_remove(name)
    }

    /// Reads an optional field.
    pub(super) fn read<T: Read>(&mut self, name: &'static str, reader: &mut Reader) -> Option<Placed<T>> {
        read_placed(&self.node(name)?.value, reader)
    }

    /// Whether one of the fields that nothing has asked for yet is this one, misspelt.
    pub(super) fn misspelt(&self, name: &'static str) -> bool {
        const LOOKED_AT: usize = 100;
        self.entries.keys().take(LOOKED_AT).any(|key| did_you_mean(key, [name]).is_some())
    }

    /// Notes the fields that nothing has asked for.
    pub(super) fn finish(self, reader: &mut Reader) {
        for entry in self.entries.values() {
            let message = format!("`{}` is no field of {}", shortened(&entry.key), self.described.what);
            let diagnostic = Diagnostic::error(message).at(entry.place, "unknown field");
            let diagnostic = foreign_letter(&entry.key).into_iter().fold(diagnostic, Diagnostic::help);
            reader.unknown(diagnostic, &entry.key, self.known.iter().copied());
        }
    }
}

/// Names the character of an otherwise plain key that looks like another one, or like nothing.
fn foreign_letter(key: &str) -> Option<String> {
    let foreign = key.chars().find(|c| !c.is_ascii())?;
    let code = u32::from(foreign);
    let plain = key.chars().any(|c| c.is_ascii_alphabetic());
    plain.then(|| {
        if foreign.is_alphanumeric() {
            format!("the `{foreign}` in it is U+{code:04X}, not a plain letter")
        } else {
            format!("it holds U+{code:04X}, which is no plain space: remove it, and indent with spaces")
        }
    })
}

/// The entries of a map by key, first come, first served; each further one is a fault.
pub(super) fn without_duplicates<'a>(entries: &'a [Entry], reader: &mut Reader) -> IndexMap<&'a str, &'a Entry> {
    let mut kept: IndexMap<&str, &Entry> = IndexMap::with_capacity(entries.len());
    for entry in entries {
        match kept.get(entry.key.as_str()) {
            Some(first) => {
                let message = format!("`{}` is given twice", shortened(&entry.key));
                let diagnostic = Diagnostic::error(message).at(entry.place, "given again");
                reader.fault(diagnostic.related(first.place, "the first time").help("keep one of them"));
            }
            None => {
                kept.insert(entry.key.as_str(), entry);
            }
        }
    }
    kept
}
