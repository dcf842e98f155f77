//! How things look: one file a format. Nothing here prints; each function gives back text.

mod brief;
pub mod capacity;
pub mod catalog;
mod csv;
pub mod difference;
pub mod document;
pub mod explain;
pub mod field;
pub mod findings;
mod json;
pub mod lock;
mod markdown;
mod nearest;
pub mod needs;
pub mod page;
pub mod parameter;
pub mod portfolio;
pub mod rules;
pub mod schema;
mod shown;
mod statements;
pub mod style;
mod table;
pub mod text;
pub mod tree;
pub mod tune;
mod words;
mod yaml;

pub use shown::{ReportError, Shown};
use style::Look;
pub(crate) use words::{chosen, names, offered};

/// The formats of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a person at a terminal.
    Table,
    /// For a program; its schema is printed by `polyglot schema selection`.
    Json,
    /// The same as JSON, in YAML.
    Yaml,
    /// For a pull request or a wiki.
    Markdown,
    /// For a spreadsheet.
    Csv,
}

impl Format {
    /// The selection in this format.
    ///
    /// # Errors
    /// [`ReportError`] where a library refuses to write what we hand it.
    pub fn render(self, shown: Shown<'_>, look: Look) -> Result<String, ReportError> {
        match self {
            Self::Table => Ok(table::selection(shown, look)),
            Self::Json => json::selection(shown),
            Self::Yaml => yaml::selection(shown),
            Self::Markdown => Ok(markdown::selection(shown)),
            Self::Csv => csv::selection(shown),
        }
    }

    /// Whether the format shows the flips, which take longer to find than the answer.
    pub fn shows_flips(self) -> bool {
        matches!(self, Self::Json | Self::Yaml)
    }
}
