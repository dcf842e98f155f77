//! What a portfolio is asked of, and why there may be none.

use crate::requirements::Requirements;

/// Why there is no portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortfolioError {
    /// So few databases cannot hold the data.
    #[error("{most} {} cannot hold all of the data{}", noun(*most), needed(*least))]
    TooFew {
        /// How many were allowed.
        most: usize,
        /// How many it takes, as far as that was found out.
        least: Option<usize>,
    },
    /// More databases than the solver takes.
    #[error("the catalog has too many databases for a portfolio: with their clusters they may be 128")]
    TooMany,
    /// Nothing was found in time.
    #[error("no portfolio was found in time")]
    Stopped,
}

fn noun(count: usize) -> &'static str {
    if count == 1 { "database" } else { "databases" }
}

fn needed(least: Option<usize>) -> String {
    least.map_or_else(String::new, |least| format!("; it takes {least}"))
}

/// What a portfolio is asked of.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// What is to be held.
    pub requirements: &'a Requirements,
    /// The most databases that may run.
    pub most: Option<usize>,
}
