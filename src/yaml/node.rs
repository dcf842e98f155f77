//! A value of a text, and what it holds.

use crate::source::{Place, Placed};

/// The deepest nesting of collections, which bounds the stack too.
pub(super) const DEPTH: usize = 64;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// The whole value; of a collection in block style, its first line.
    pub place: Place,
    /// What stands there.
    pub value: Value,
    /// What compose is told to do with it where it meets another value.
    pub merging: Merging,
}

/// What compose does with a value where another file has one in the same place, as its tag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Merging {
    /// It is merged: what has no tag.
    #[default]
    Usual,
    /// It takes the other's place: `!override`.
    Override,
    /// It removes the other, and itself: `!reset`.
    Reset,
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
    /// The key.
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

impl Node {
    /// A value without a tag.
    pub fn new(place: Place, value: Value) -> Self {
        Self { place, value, merging: Merging::Usual }
    }

    /// Moves it and all that is in it further down, where several texts lie one after the other.
    pub fn shift(&mut self, by: usize) {
        if by == 0 {
            return;
        }
        self.place = self.place.shifted(by);
        match &mut self.value {
            Value::Null | Value::Scalar(_) => {}
            Value::Sequence(items) => items.iter_mut().for_each(|item| item.shift(by)),
            Value::Mapping(entries) => entries.iter_mut().for_each(|entry| {
                entry.place = entry.place.shifted(by);
                entry.value.shift(by);
            }),
        }
    }

    /// How many values it is, itself included.
    pub fn size(&self) -> usize {
        let within: usize = match &self.value {
            Value::Null | Value::Scalar(_) => 0,
            Value::Sequence(items) => items.iter().map(Self::size).sum(),
            Value::Mapping(entries) => entries.iter().map(|entry| entry.value.size()).sum(),
        };
        within.saturating_add(1)
    }

    /// The entries of a map; nothing of what is none.
    pub fn entries(&self) -> &[Entry] {
        if let Value::Mapping(entries) = &self.value { entries } else { &[] }
    }

    /// The entry of a key of a map.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of a key of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value of a key of a map, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Value::Mapping(entries) = &mut self.value else { return None };
        entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value)
    }

    /// The entries of a map, to change them; what is nothing becomes an empty one.
    fn entries_mut(&mut self) -> Option<&mut Vec<Entry>> {
        if matches!(self.value, Value::Null) {
            self.value = Value::Mapping(Vec::new());
        }
        if let Value::Mapping(entries) = &mut self.value { Some(entries) } else { None }
    }

    /// Gives a key of a map a value, in place of the one that it has.
    pub fn set(&mut self, new: Entry) {
        let Some(entries) = self.entries_mut() else { return };
        match entries.iter_mut().find(|entry| entry.key == new.key) {
            Some(entry) => *entry = new,
            None => entries.push(new),
        }
    }

    /// The items of a list; nothing of what is none.
    pub fn items(&self) -> &[Self] {
        if let Value::Sequence(items) = &self.value { items } else { &[] }
    }

    /// The text of a single value.
    pub fn text(&self) -> Option<&str> {
        if let Value::Scalar(text) = &self.value { Some(text) } else { None }
    }

    /// The text of a single value with its place.
    pub fn placed(&self) -> Option<Placed<String>> {
        self.text().map(|text| Placed { value: text.to_owned(), place: self.place })
    }
}
