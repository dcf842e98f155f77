//! What nearly every rule uses.

pub(super) use crate::lint::level::{Group, Level};
pub(super) use crate::lint::rule::{Check, Rule};
pub(super) use crate::lint::rule_id::RuleId;
pub(super) use crate::lint::subject::{Comment, ComposeFile, Kind, StackFolder, System};
pub(super) use crate::lint::violation::{Edit, Location, Violation};

/// The examples of a rule: `,` joins the files of one, and `;` ends it. A text has the indentation of the code around it.
macro_rules! examples {
    ($($($path:literal: $text:tt),+;)+) => { &[$(&[$(($path, examples!(@text $text))),+]),+] };
    (@text $text:literal) => { indoc::indoc!($text) };
    (@text $text:ident) => { $text };
}

pub(super) use examples;
