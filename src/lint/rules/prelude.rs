//! What nearly every rule uses.

pub(super) use crate::lint::compose::ComposeFile;
pub(super) use crate::lint::finding::{Edit, Findings, Remark, Spot};
pub(super) use crate::lint::rule::{Check, Group, Level, Rule};
pub(super) use crate::lint::stack::StackFolder;
pub(super) use crate::lint::system::{Kind, System};

/// The examples of a rule. The released program explains it with the first; the tests try all of them.
macro_rules! examples {
    ($first:expr $(, $more:expr)* $(,)?) => {
        &[$first $(, #[cfg(debug_assertions)] $more)*]
    };
}

pub(super) use examples;
