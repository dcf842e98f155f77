//! The portfolio beside the best for each kind of data alone.

pub mod document;
mod markdown;
mod said;
mod shown;
mod table;

use super::style::Look;
use super::{Format, ReportError};
pub use shown::Shown;

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
