//! A finding: a violation with the rule that it is of and its level, and what came of a file.

use std::cmp::Ordering;

use super::level::Level;
use super::rule::Rule;
use super::violation::Violation;

/// A violation of a rule, with its weight.
#[derive(Debug, Clone)]
pub struct Finding {
    pub rule: &'static Rule,
    /// How much it weighs here.
    pub level: Level,
    pub violation: Violation,
}

/// What came of a file.
#[derive(Debug, Default)]
pub struct Outcome {
    pub findings: Vec<Finding>,
    /// What was found and is allowed by a comment.
    pub suppressed: Vec<Suppressed>,
}

/// A finding that a comment allows.
#[derive(Debug)]
pub struct Suppressed {
    pub finding: Finding,
    /// Why it is allowed.
    pub reason: Option<String>,
}

impl Finding {
    /// The order in which findings are shown: by file, place, rule and message.
    pub fn order(&self, other: &Self) -> Ordering {
        let key = |finding: &Self| {
            let place = finding.violation.location.place;
            (place.start, finding.rule.id, place.end)
        };
        let names = self.file().cmp(other.file());
        names
            .then_with(|| key(self).cmp(&key(other)))
            .then_with(|| self.violation.message.cmp(&other.violation.message))
    }

    /// The name of its file.
    pub fn file(&self) -> &str {
        &self.violation.location.source.name
    }
}
