//! The question and its answer: facilities, items and their choices, and an assignment.

/// What is paid once by all that need it. Costs are integers in a unit of the caller's, so that sums are exact and the
/// same everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facility {
    /// What it costs to use it at all.
    pub cost: u64,
    /// Whether `most` counts it.
    pub counts: bool,
}

/// What a choice costs that is not offered.
pub const NEVER: u64 = u64::MAX;

/// One way to serve an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The facilities it needs, as a bit mask. A choice that needs a facility that does not exist is not offered.
    pub needs: u128,
    /// The facility that holds the item, by its index: what synchronisation compares.
    pub home: usize,
    /// What the choice itself costs. One of [`NEVER`] is not offered.
    pub cost: u64,
    /// What it takes of each resource. There is nothing of a resource that has no capacity.
    pub load: Vec<(usize, u64)>,
}

impl Choice {
    /// No longer offers it.
    pub fn bar(&mut self) {
        self.cost = NEVER;
    }

    /// What it takes of a resource.
    pub(crate) fn takes(&self, resource: usize) -> u64 {
        let loads = self.load.iter().filter(|(which, _)| *which == resource);
        loads.fold(0, |sum, (_, amount)| sum.saturating_add(*amount))
    }
}

/// What is to be served by one of its choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The index of the item that it is copied from.
    pub source: Option<usize>,
    /// What it costs to keep it in step where its home is another than its source's.
    pub sync: u64,
    /// The choices, in order of preference.
    pub choices: Vec<Choice>,
}

/// Facilities, the items to serve with them, and what the assignment has to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What can be used; at most 128.
    pub facilities: Vec<Facility>,
    /// What is to be served. Sources form a forest.
    pub items: Vec<Item>,
    /// How much there is of each resource.
    pub capacities: Vec<u64>,
    /// The most counted facilities.
    pub most: Option<usize>,
    /// The facilities that must not be used, as a bit mask.
    pub without: u128,
}

/// A complete assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// The index of the choice of each item.
    pub choices: Vec<usize>,
    /// The facilities used, the choices and the synchronisation together.
    pub cost: u64,
    /// The facilities used, as a bit mask.
    pub used: u128,
    /// What every assignment costs at least. Where `exact`, it equals `cost`.
    pub bound: u64,
    /// Whether the search came to its end, so that no assignment is better, not even by the rules for ties.
    pub exact: bool,
    /// What each item pays for each facility after the work on the whole problem: a start for one that is alike.
    pub payments: Vec<Payments>,
}

/// What an item pays: the facility's index, and how much, in a unit of the solver's own.
pub type Payments = Vec<(usize, u64)>;

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The best assignment, or where the search was stopped the best one found.
    Best(Solution),
    /// No assignment keeps what it has to, or the sources do not form a forest.
    Impossible,
    /// The search was stopped before it found any assignment.
    Stopped {
        /// What every assignment costs at least.
        bound: u64,
    },
}
