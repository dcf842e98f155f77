//! What the page is made of.

use catalog::Catalog;

use crate::decide::portfolio::Portfolio;
use crate::plan::Plan;
use crate::report::Shown;

/// What the page shows: the answer, what was planned of it, and what it was decided from.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    /// The answer, with its flips.
    pub shown: Shown<'a>,
    /// How it runs.
    pub plan: &'a Plan<'a>,
    /// The databases and the matrix.
    pub catalog: &'a Catalog,
    /// The cheapest databases for all of the data together, where they were found.
    pub portfolio: Option<&'a Portfolio<'a>>,
}
