//! What nearly every rule uses.

pub(super) use crate::lint::level::{Group, Level};
pub(super) use crate::lint::rule::{Check, Rule};
pub(super) use crate::lint::rule_id::RuleId;
pub(super) use crate::lint::subject::{Comment, ComposeFile, Kind, StackFolder, System};
pub(super) use crate::lint::violation::{Edit, Location, Violation};

/// The examples of a rule. The released program explains it with the first; the tests try all of them.
macro_rules! examples {
    ($first:expr $(, $more:expr)* $(,)?) => {
        &[$first $(, #[cfg(debug_assertions)] $more)*]
    };
}

pub(super) use examples;
