//! The words that several sections share.

use crate::decide::Verdict;

/// A verdict as a word, which is its class in the style sheet too.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fits => "fits",
        Verdict::Strained => "strained",
        Verdict::Exceeds => "exceeds",
        Verdict::Unproven => "unproven",
    }
}

/// So many of something: `1 database`, `8 databases`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
