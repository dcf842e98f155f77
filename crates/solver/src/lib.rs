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

#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

mod bits;
mod bound;
mod branch;
mod forest;
mod improve;
mod model;
mod node;
mod penalty;
mod polish;
mod presolve;
mod problem;
mod propagate;
mod search;

#[cfg(test)]
mod tests;

pub use problem::{Answer, Choice, Facility, Item, NEVER, Payments, Problem, Solution};

use model::Model;
use search::Search;

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
