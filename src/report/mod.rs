//! How things look: one file a format. Nothing here prints; each function gives back text.

pub mod catalog;
mod csv;
pub mod document;
pub mod explain;
pub mod field;
pub mod findings;
mod json;
pub mod lock;
mod markdown;
pub mod page;
pub mod parameter;
pub mod portfolio;
pub mod rules;
pub mod schema;
pub mod style;
mod table;
pub mod text;
pub mod tree;
pub mod tune;
mod yaml;

use ::catalog::{Database, State};
use style::Look;

use crate::decide::{Alternative, Selected, Selection, Tree, Verdict};
use crate::requirements::Requirements;

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

/// What is shown, and the tree that it was decided by.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// What was asked.
    pub requirements: &'a Requirements,
    /// The answer.
    pub selection: &'a Selection<'a>,
    /// The tree.
    pub tree: &'a Tree,
}

/// Why a report could not be made: a fault of ours.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// JSON.
    #[error("the selection cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// YAML.
    #[error("the selection cannot be written as YAML")]
    Yaml(#[from] serde_yaml::Error),
    /// CSV.
    #[error("the selection cannot be written as CSV: {0}")]
    Csv(String),
    /// `JUnit`'s XML.
    #[error("the findings cannot be written as JUnit's XML")]
    Junit(#[from] quick_junit::SerializeError),
    /// The page.
    #[error("the report cannot be filled in: {0:#}")]
    Page(#[from] minijinja::Error),
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

/// The names of databases as a person writes them: `Kafka + Redis`.
pub(crate) fn names(databases: &[&Database]) -> String {
    databases.iter().map(|database| database.name.as_str()).collect::<Vec<_>>().join(" + ")
}

/// An alternative with what speaks against it: `KeyDB (dormant)`, `ArangoDB (exceeds)`.
pub(crate) fn offered(alternative: &Alternative<'_>) -> String {
    let database = alternative.database;
    match (database.upstream.state, alternative.verdict) {
        (State::Active, Verdict::Exceeds) => format!("{} (exceeds)", database.name),
        (State::Active, _) => database.name.to_string(),
        (state, _) => format!("{} ({state})", database.name),
    }
}

/// The chosen databases with the pattern, or else the extensions, that go with them: `PostgreSQL with pgvector`.
pub(crate) fn chosen(selected: &Selected<'_>) -> String {
    let names = names(&selected.databases);
    match (&selected.pattern, selected.via.as_slice()) {
        (Some(pattern), _) => format!("{names} with {pattern}"),
        (None, []) => names,
        (None, via) => format!("{names} with {}", via.join(", ")),
    }
}
