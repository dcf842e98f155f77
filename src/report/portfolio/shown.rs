//! What every format of a portfolio is made of.

use crate::decide::portfolio::Portfolio;
use crate::decide::{Selected, Selection};
use crate::plan::Capacity;

/// What is shown of a portfolio.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The system's name.
    pub name: &'a str,
    /// The portfolio.
    pub portfolio: &'a Portfolio<'a>,
    /// The selection that it makes.
    pub selection: &'a Selection<'a>,
    /// What the best for each dataset alone needs of the host.
    pub alone: &'a Capacity,
    /// What the portfolio needs of it.
    pub together: &'a Capacity,
    /// The weights that polyglot.toml overrides.
    pub overridden: &'a [(String, f64)],
    /// Whether every term of the costs is shown.
    pub explain: bool,
}

impl<'a> Shown<'a> {
    /// The answer for a kind of data.
    pub(super) fn selected(self, name: &str) -> Option<&'a Selected<'a>> {
        self.selection.kinds.iter().find(|selected| selected.name == name)
    }
}
