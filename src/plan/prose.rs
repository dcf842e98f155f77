//! Free text of a requirements file on its way into generated code. It carries a mark, which each quoting takes off: a
//! template that prints it as it is writes a file with the mark in it, and such a file is refused.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// The mark: a code point that is no character, and that no requirements file may hold.
pub const MARK: char = '\u{fdd0}';

/// Words that a person wrote.
#[derive(Debug, Clone, Copy)]
pub struct Prose<'a>(pub &'a str);

impl Serialize for Prose<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            "" => serializer.serialize_str(""),
            words => serializer.collect_str(&format_args!("{MARK}{words}")),
        }
    }
}

/// A text without the mark, for whoever quotes it.
pub fn unmarked(text: &str) -> Cow<'_, str> {
    if text.contains(MARK) { Cow::Owned(text.replace(MARK, "")) } else { Cow::Borrowed(text) }
}
