//! An exact solver: which facilities to open, and by which of its choices each item is served, so that it costs least.
//!
//! It is facility location over a forest: a facility is paid once by whoever needs it, a choice by its item, and an
//! item that is copied from another pays where the two are held apart. [`solve`] is a branch and bound whose bounds
//! let each item pay a part of the facilities it could use, as Erlenkotter's dual ascent does, with exact message
//! passing along the forest in place of the lone items of the textbook.
//!
//! # Ties
//!
//! Of all assignments that keep the capacities and `most`, the answer is the one of the lowest cost; of those the one
//! with the fewest counted facilities; of those the one whose vector of choice indices is lexicographically smallest.
//! No two assignments tie on all three, so the answer follows from the problem alone: neither the order of the search
//! nor, apart from how a choice is numbered, the order of the facilities shows in it.
//!
//! # Limits
//!
//! All costs of a problem together should stay below 2^52 millionths (4.5 thousand million points): a single cost
//! counts for at most its even share of that. There are at most 128 facilities.

#![forbid(unsafe_code)]

mod bits;
mod bound;
mod branch;
mod forest;
mod improve;
mod model;
mod node;
mod polish;
mod presolve;
mod propagate;
mod search;
mod toll;

#[cfg(test)]
mod tests;

use model::Model;
use search::Search;

/// What is paid once by all that need it. Costs are whole millionths of a point, so that sums are exact and the same
/// everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facility {
    /// What it costs to use it at all.
    pub cost: u64,
    /// Whether `most` counts it: a database counts, one of its services does not.
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

/// Finds the best assignment: the cheapest, and among the cheapest the one that the rules for ties say.
///
/// `stop` is asked now and then; when it says true, the best found so far is returned with the bound proven so far.
pub fn solve(problem: &Problem, stop: &mut dyn FnMut() -> bool) -> Answer {
    solve_from(None, problem, stop)
}

/// Finds the best assignment of a problem that is like another whose solution is known: with the same facilities and
/// the same number of items. A good start saves time; the answer does not depend on it.
pub fn solve_from(start: Option<&Solution>, problem: &Problem, stop: &mut dyn FnMut() -> bool) -> Answer {
    match Model::new(problem) {
        Some(model) => Search::new(&model, start).run(stop),
        None => Answer::Impossible,
    }
}
