//! The portfolio beside the best for each kind of data alone.

pub mod document;
mod markdown;
mod said;
mod table;

use super::style::Look;
use super::{Format, ReportError};
use crate::decide::portfolio::Portfolio;
use crate::decide::{Selected, Selection};

/// What is shown of a portfolio.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The system's name.
    pub name: &'a str,
    /// The portfolio.
    pub portfolio: &'a Portfolio<'a>,
    /// The selection that it makes.
    pub selection: &'a Selection<'a>,
    /// The weights that polyglot.toml overrides.
    pub overridden: &'a [(String, f64)],
    /// Whether every term of the costs is shown.
    pub explain: bool,
}

impl<'a> Shown<'a> {
    /// The answer for a kind of data.
    fn selected(self, name: &str) -> Option<&'a Selected<'a>> {
        self.selection.kinds.iter().find(|selected| selected.name == name)
    }
}

/// The portfolio in a format; what holds a single table gets what was chosen.
///
/// # Errors
/// [`ReportError`] where a library refuses to write what we hand it.
pub fn render(format: Format, shown: Shown<'_>, look: Look) -> Result<String, ReportError> {
    Ok(match format {
        // What holds a single table gets the selection, from its own report.
        Format::Table | Format::Csv => table::portfolio(shown, look),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&document::Document::of(shown))?),
        Format::Yaml => serde_yaml::to_string(&document::Document::of(shown))?,
        Format::Markdown => markdown::portfolio(shown),
    })
}
