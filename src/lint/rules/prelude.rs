//! What nearly every rule uses.

pub(super) use crate::lint::compose::ComposeFile;
pub(super) use crate::lint::finding::{Edit, Findings, Remark, Spot};
pub(super) use crate::lint::rule::{Check, Group, Level, Rule};
pub(super) use crate::lint::stack::StackFolder;
#[allow(unused_imports, reason = "not by the first rules")]
pub(super) use crate::lint::system::{Kind, System};
