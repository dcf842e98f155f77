//! What a run of the linter found, whatever the format.

use crate::lint::{Finding, Level, Suppressed};

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
