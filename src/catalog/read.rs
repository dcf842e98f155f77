//! Reading a data file: a TOML text into a type, with the place of its first fault.
//!
//! The library can do that too, yet brings three ways to read a table into each type that is read; there are many types
//! here, and the program is half a megabyte smaller with one way.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Range;

use serde::Deserialize;
use serde::de::value::{SeqDeserializer, StringDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong with a data file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct FileError {
    message: String,
    span: Option<Range<usize>>,
}

impl FileError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None }
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where, in bytes.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    /// The fault, at a place unless it has a nearer one.
    fn at(mut self, span: &Range<usize>) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }
}

impl de::Error for FileError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

impl From<toml::de::Error> for FileError {
    fn from(error: toml::de::Error) -> Self {
        Self { message: error.message().to_owned(), span: error.span() }
    }
}

/// Reads a data file from TOML. Its text stays for as long as the program runs: the values point into it.
///
/// # Errors
/// The first fault of the text.
pub fn read_toml<T: Deserialize<'static>>(text: String) -> Result<T, FileError> {
    read_table(DeTable::parse(text.leak())?)
}

/// Reads a text whose values do not outlive it.
///
/// # Errors
/// The first fault of the text.
pub fn read_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, FileError> {
    read_table(DeTable::parse(text)?)
}

/// Reads a table.
///
/// # Errors
/// The first fault of the table.
pub(super) fn read_table<'de, T: Deserialize<'de>>(table: Spanned<DeTable<'de>>) -> Result<T, FileError> {
    Node::of(Spanned::new(table.span(), DeValue::Table(table.into_inner()))).read(PhantomData)
}

/// A value of a TOML text, and where it stands.
struct Node<'de> {
    span: Range<usize>,
    value: Part<'de>,
}

/// A value; a table, or what is read as one; or an end of a place, which a type can ask for too.
enum Part<'de> {
    Value(DeValue<'de>),
    Entries(Vec<(Node<'de>, Node<'de>)>),
    End(usize),
}

/// What the library's type of a value with its place is called.
const SPANNED: &str = "$__serde_spanned_private_Spanned";
/// The one field of the library's type of a date.
const DATE: &str = "$__toml_private_datetime";

// What does not depend on the type that is read stands apart from what does, of which there is one for each type.
impl<'de> Node<'de> {
    fn of(value: Spanned<DeValue<'de>>) -> Self {
        let span = value.span();
        let value = match value.into_inner() {
            DeValue::Table(table) => Part::Entries(table.into_iter().map(Self::entry).collect()),
            value => Part::Value(value),
        };
        Self { span, value }
    }

    fn entry((key, value): (Spanned<Cow<'de, str>>, Spanned<DeValue<'de>>)) -> (Self, Self) {
        (Self { span: key.span(), value: Part::Value(DeValue::String(key.into_inner())) }, Self::of(value))
    }

    /// A text at the same place.
    fn text(&self, text: impl Into<Cow<'de, str>>) -> Self {
        Self { span: self.span.clone(), value: Part::Value(DeValue::String(text.into())) }
    }

    /// The value with its place, as the library's type of both is read.
    fn with_place(self, fields: &[&'static str]) -> Self {
        let span = self.span.clone();
        let end = |end| Self { span: span.clone(), value: Part::End(end) };
        let names: Vec<_> = fields.iter().map(|field| self.text(*field)).collect();
        let values = [end(span.start), end(span.end), self];
        Self { span, value: Part::Entries(names.into_iter().zip(values).collect()) }
    }

    /// What the value is read from, a date as the library's type of one is.
    fn part(self) -> Part<'de> {
        match self.value {
            Part::Value(DeValue::Datetime(date)) => {
                let text =
                    Self { span: self.span.clone(), value: Part::Value(DeValue::String(date.to_string().into())) };
                Part::Entries(vec![(text.text(DATE), text)])
            }
            part => part,
        }
    }

    /// Reads the value. A fault in it is at its place unless it has a nearer one.
    fn read<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, FileError> {
        let span = self.span.clone();
        seed.deserialize(self).map_err(|fault| fault.at(&span))
    }
}

impl Part<'_> {
    /// The fault that this stands where a type wants something else.
    fn instead_of(&self, wanted: &dyn de::Expected) -> FileError {
        let found = match self {
            Self::Value(DeValue::String(text)) => de::Unexpected::Str(text),
            Self::Value(DeValue::Integer(number)) => match integer(number.as_str(), number.radix()) {
                Ok(number) => de::Unexpected::Signed(number),
                Err(fault) => return fault,
            },
            Self::Value(DeValue::Float(number)) => match float(number.as_str()) {
                Ok(number) => de::Unexpected::Float(number),
                Err(fault) => return fault,
            },
            Self::Value(DeValue::Boolean(yes)) => de::Unexpected::Bool(*yes),
            Self::Value(DeValue::Array(_)) => de::Unexpected::Seq,
            Self::Value(DeValue::Datetime(_) | DeValue::Table(_)) | Self::Entries(_) => de::Unexpected::Map,
            Self::End(_) => de::Unexpected::Other("an end of a place"),
        };
        de::Error::invalid_type(found, wanted)
    }
}

fn integer(text: &str, radix: u32) -> Result<i64, FileError> {
    i64::from_str_radix(text, radix).map_err(|_| FileError::new("integer number overflowed"))
}

fn float(text: &str) -> Result<f64, FileError> {
    text.parse().map_err(|_| FileError::new("floating-point number overflowed"))
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = FileError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FileError> {
        match self.part() {
            Part::Entries(entries) => visitor.visit_map(Entries { left: entries.into_iter(), value: None }),
            Part::End(end) => visitor.visit_u64(u64::try_from(end).unwrap_or(u64::MAX)),
            Part::Value(DeValue::String(Cow::Borrowed(text))) => visitor.visit_borrowed_str(text),
            Part::Value(DeValue::String(Cow::Owned(text))) => visitor.visit_string(text),
            Part::Value(DeValue::Integer(number)) => visitor.visit_i64(integer(number.as_str(), number.radix())?),
            Part::Value(DeValue::Float(number)) => visitor.visit_f64(float(number.as_str())?),
            Part::Value(DeValue::Boolean(yes)) => visitor.visit_bool(yes),
            Part::Value(DeValue::Array(items)) => visitor.visit_seq(Items(items.into_iter())),
            Part::Value(DeValue::Datetime(_) | DeValue::Table(_)) => Err(FileError::new("a table out of place")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FileError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, FileError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FileError> {
        match self.part() {
            Part::Entries(entries) => visitor.visit_map(Entries { left: entries.into_iter(), value: None }),
            part => Err(part.instead_of(&visitor)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FileError> {
        match self.part() {
            Part::Value(DeValue::Array(items)) => visitor.visit_seq(Items(items.into_iter())),
            part => Err(part.instead_of(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FileError> {
        match self.part() {
            Part::Value(DeValue::String(Cow::Borrowed(text))) => visitor.visit_borrowed_str(text),
            Part::Value(DeValue::String(Cow::Owned(text))) => visitor.visit_string(text),
            part => Err(part.instead_of(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FileError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FileError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FileError> {
        let node = if name == SPANNED { self.with_place(fields) } else { self };
        node.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FileError> {
        match self.value {
            Part::Value(DeValue::String(word)) => {
                let word: StringDeserializer<FileError> = word.into_owned().into_deserializer();
                visitor.visit_enum(word)
            }
            _ => Err(FileError::new("wanted string or table")),
        }
    }

    /// A date of ours, which is the only such type: its year, month and day.
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, FileError> {
        let date = match self.value {
            Part::Value(DeValue::Datetime(toml::value::Datetime { date, .. })) => date,
            _ => None,
        };
        let date = date.ok_or_else(|| FileError::new("expected a date, such as 2030-11-14"))?;
        let parts = [date.year, date.month.into(), date.day.into()];
        visitor.visit_seq(SeqDeserializer::<_, FileError>::new(parts.into_iter()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple ignored_any
    }
}

/// The items of an array.
struct Items<'de>(std::vec::IntoIter<Spanned<DeValue<'de>>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = FileError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, FileError> {
        self.0.next().map(|value| Node::of(value).read(seed)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// The entries of a table.
struct Entries<'de> {
    left: std::vec::IntoIter<(Node<'de>, Node<'de>)>,
    value: Option<Node<'de>>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = FileError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, FileError> {
        let Some((key, value)) = self.left.next() else { return Ok(None) };
        self.value = Some(value);
        key.read(seed).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, FileError> {
        let value = self.value.take().ok_or_else(|| FileError::new("a value without its key"))?;
        value.read(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}
