//! What a file calls things that end up in generated code: names of fields, references to them, words, and texts of one
//! line. Each holds only what no language that we write takes for more than a name, and is checked when it is read.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::fields::{Read, Reader, shortened};
use crate::diagnostic::Diagnostic;
use crate::yaml::Node;

/// The longest name: `PostgreSQL`'s identifiers and S3's buckets both end at 63.
const LONGEST_NAME: usize = 63;

/// Whether a name may begin with it.
pub(super) fn allowed(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

/// Whether a text can be a name: it becomes a project, a database or a bucket, so it holds only what all of these allow.
pub fn is_name(name: &str) -> bool {
    let good = name.starts_with(allowed) && name.chars().all(|c| allowed(c) || c == '_' || c == '-');
    good && name.len() <= LONGEST_NAME
}

/// The longest part of a field's name: where `PostgreSQL` cuts identifiers off.
const LONGEST_PART: usize = 63;

/// Whether a text can be the name of one field: a letter, `_` or `@`, then letters, digits, `_`, `@` and `-`.
fn is_part(part: &str) -> bool {
    let begins = |c: char| c.is_alphabetic() || matches!(c, '_' | '@');
    part.starts_with(begins)
        && part.chars().all(|c| begins(c) || c.is_numeric() || c == '-')
        && part.len() <= LONGEST_PART
}

/// Defines a text that keeps a rule.
macro_rules! checked {
    ($(#[$doc:meta])* $name:ident, $is:expr, $rule:literal, $pattern:literal, $mended:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text, where it keeps the rule.
            pub fn parse(text: &str) -> Option<Self> {
                ($is)(text).then(|| Self(text.to_owned()))
            }
        }

        impl Read for $name {
            fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
                let text = String::read(node, reader)?;
                let text = text.trim();
                let read = Self::parse(text);
                if read.is_none() {
                    let diagnostic = Diagnostic::error($rule);
                    let diagnostic = diagnostic.at(node.place, format!("`{}` is not one", shortened(text)));
                    let mended: String = ($mended)(text);
                    let help = Self::parse(&mended).map(|mended| format!("write `{}`", shortened(&mended)));
                    reader.fault(help.into_iter().fold(diagnostic, Diagnostic::help));
                }
                read
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }

            fn inline_schema() -> bool {
                true
            }
        }
    };
}

checked! {
    /// The name of a field, or the way to one inside a document: `address.city`.
    FieldName,
    |text: &str| text.split('.').all(is_part),
    "a field's name has letters, digits, `_`, `@` and `-`, starts with a letter, `_` or `@`, and has at most 63 bytes; dots lead into documents",
    r"^[\p{L}_@][\p{L}\p{N}_@-]*(\.[\p{L}_@][\p{L}\p{N}_@-]*)*$",
    underscored
}

checked! {
    /// What a field refers to: a collection, or a field of it.
    Reference,
    |text: &str| match text.split_once('.') {
        Some((collection, field)) => is_name(collection) && FieldName::parse(field).is_some(),
        None => is_name(text),
    },
    "a reference is the name of a collection, or `collection.field`",
    r"^[a-z0-9][a-z0-9_-]{0,62}(\.[\p{L}_@][\p{L}\p{N}_@-]*)*$",
    |text: &str| text.replace('(', ".").replace(')', "")
}

checked! {
    /// A word of a store's own, such as the kind of an index.
    Word,
    |text: &str| !text.is_empty() && text.len() <= LONGEST_PART && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')),
    "a word has letters, digits, `_` and `-`",
    "^[A-Za-z0-9_-]{1,63}$",
    underscored
}

checked! {
    /// The type of a field, in the words of a store: words, sizes in parentheses, brackets.
    TypeName,
    |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '(' | ')' | ',' | '[' | ']' | '<' | '>' | '.' | ':'))
    },
    "a type is words, sizes in parentheses, and brackets, such as `numeric(10, 2)` or `text[]`",
    r"^[A-Za-z][A-Za-z0-9_ (),.:<>\[\]]*$",
    String::from
}

checked! {
    /// Words on one line, which can stand in a comment of any language.
    Line,
    |text: &str| !text.contains(['\n', '\r']),
    "this text has to stand on one line",
    r"^[^\r\n]*$",
    |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text with `_` for what no name can hold.
fn underscored(text: &str) -> String {
    let is_good = |c: char| c.is_alphanumeric() || matches!(c, '@' | '-' | '.');
    let words = text.split(|c| !is_good(c)).filter(|word| !word.trim_matches('-').is_empty());
    words.collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::{FieldName, Line, Reference, TypeName, Word};

    #[test]
    fn names_of_fields_are_what_stores_call_fields() {
        for good in ["at", "@timestamp", "_id", "userId", "user-id", "address.city", "이름", "größe", "a1"] {
            assert!(FieldName::parse(good).is_some(), "{good}");
        }
        let long = "a".repeat(64);
        for bad in [
            "",
            "a b",
            "a;b",
            "a\nb",
            "a'b",
            "a\"b",
            "a`b",
            "a\\b",
            "a$b",
            "a{b",
            "1a",
            ".a",
            "a.",
            "a/b",
            "a\u{2028}b",
            &long,
        ] {
            assert!(FieldName::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn references_name_collections() {
        for good in ["customers", "customers.id", "2024-logs.at"] {
            assert!(Reference::parse(good).is_some(), "{good}");
        }
        for bad in ["", "Customers", "customers.", "customers.id; drop", "a b", "a\n"] {
            assert!(Reference::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn words_types_and_lines_end_nothing() {
        assert!(Word::parse("2dsphere").is_some() && Word::parse("btree desc").is_none() && Word::parse("").is_none());
        for good in ["numeric(10, 2)", "text[]", "map<text, int>", "timestamp with time zone"] {
            assert!(TypeName::parse(good).is_some(), "{good}");
        }
        for bad in ["text; drop table x", "text--", "", "(", "text'", "a\nb"] {
            assert!(TypeName::parse(bad).is_none(), "{bad:?}");
        }
        assert!(Line::parse("anything; -- ' \" `").is_some() && Line::parse("a\rb").is_none());
    }
}
