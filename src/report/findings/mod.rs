//! What the linter found: one file a format.

mod concise;
mod github;
mod human;
mod json;
mod junit;
mod model;
mod place;
mod sarif;
mod statistics;

pub use model::{Counts, Report};

use crate::report::style::Look;

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LintFormat {
    /// For a person.
    Human,
    /// For a person, one line a finding: `file:line:column: level[rule] message`.
    Concise,
    /// For a program; its schema is printed by `polyglot schema findings`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Commands of GitHub's workflows, which it shows beside the lines.
    Github,
    /// `JUnit`'s XML, for GitLab, Jenkins and others.
    Junit,
}

impl LintFormat {
    /// The report in this format.
    ///
    /// # Errors
    /// Where a library refuses to write what we hand it.
    pub fn render(self, report: &Report, look: Look) -> Result<String, super::ReportError> {
        match self {
            Self::Human => Ok(human::report(report, look)),
            Self::Concise => Ok(concise::report(report)),
            Self::Json => json::report(report),
            Self::Sarif => sarif::report(report),
            Self::Github => Ok(github::report(report)),
            Self::Junit => junit::report(report),
        }
    }
}

/// How many findings each rule has.
pub fn statistics(report: &Report) -> String {
    statistics::report(report)
}

/// The schema of the JSON.
pub fn schema() -> serde_json::Value {
    json::schema()
}
