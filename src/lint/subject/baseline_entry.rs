//! An entry of the baseline.

use crate::lint::rule_id::RuleId;
use crate::source::Place;

/// Findings of a rule in a file about one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The file, from the folder of the baseline.
    pub file: String,
    /// What they are about: `data.orders`.
    pub about: String,
    pub rule: RuleId,
    pub count: usize,
    /// Where the entry is in the baseline.
    pub place: Place,
}
