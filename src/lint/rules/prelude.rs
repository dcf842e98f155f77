//! What nearly every rule uses.

pub(super) use crate::lint::compose::ComposeFile;
pub(super) use crate::lint::finding::{Edit, Findings, Remark, Spot};
pub(super) use crate::lint::rule::{Check, Group, Level, Rule};
pub(super) use crate::lint::stack::StackFolder;
pub(super) use crate::lint::system::{Kind, System};
