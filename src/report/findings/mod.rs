//! What the linter found: one file a format.

mod github;
mod human;
mod json;
mod junit;
mod place;
mod sarif;

use crate::lint::{Finding, Level, Suppressed};
use crate::report::style::Look;

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LintFormat {
    /// For a person.
    Human,
    /// For a program; its schema is printed by `polyglot schema findings`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Commands of GitHub's workflows, which it shows beside the lines.
    Github,
    /// `JUnit`'s XML, for GitLab, Jenkins and others.
    Junit,
}

/// What a run of the linter found.
#[derive(Debug, Default)]
pub struct Report {
    /// What counts, in order.
    pub findings: Vec<Finding>,
    /// What comments allow, in order.
    pub suppressed: Vec<Suppressed>,
    /// What the baseline holds, in order.
    pub baselined: Vec<Finding>,
    /// The files that were looked at, in order.
    pub files: Vec<String>,
    /// Whether something could not be read or used.
    pub incomplete: bool,
}

/// How many findings there are of each level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

impl Report {
    /// How many findings there are of each level.
    pub fn counts(&self) -> Counts {
        let count = |level: Level| self.findings.iter().filter(|finding| finding.level == level).count();
        Counts { errors: count(Level::Error), warnings: count(Level::Warning), notes: count(Level::Note) }
    }
}

impl LintFormat {
    /// The report in this format.
    ///
    /// # Errors
    /// Where a library refuses to write what we hand it.
    pub fn render(self, report: &Report, look: Look) -> Result<String, super::ReportError> {
        match self {
            Self::Human => Ok(human::report(report, look)),
            Self::Json => json::report(report),
            Self::Sarif => sarif::report(report),
            Self::Github => Ok(github::report(report)),
            Self::Junit => junit::report(report),
        }
    }
}

/// The schema of the JSON.
pub fn schema() -> serde_json::Value {
    json::schema()
}
