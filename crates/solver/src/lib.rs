//! An exact solver for facility location over a forest: which facilities to open, and by which of its choices to serve
//! each item, at the lowest total cost.
//!
//! # The problem
//!
//! Each item is served by exactly one of its choices. A choice has a cost of its own and needs some facilities; a
//! facility is paid for once, however many items need it. An item may be a copy of another, its source, and then pays
//! for synchronisation when its choice has another home than its source's choice. The sources form a forest. Resources
//! may run out, some facilities may be ruled out, and the number of those that count may be limited.
//!
//! Without the forest and the limits this is uncapacitated facility location. That is already NP-hard (set cover is a
//! special case of it), but its linear relaxation is so tight in practice that good bounds settle most problems after a
//! few nodes. So all the effort goes into the bound.
//!
//! # The method
//!
//! It is a branch and bound. A node is a part of all assignments: the facilities that are open, and the choices that
//! each item still has. The modules, in the order in which a problem meets them:
//!
//! 1. *Presolve* (`presolve`) drops choices that another choice of the same item dominates, and `model` drops the
//!    resources that cannot run out. What is left is often a fraction of the problem.
//! 2. *Lagrangian bound* (`bound`, `node`). The constraint that an item only uses a facility that is open is moved
//!    into the cost, with a multiplier for each item and facility: what the item *pays* for the facility if it uses it.
//!    As long as the payments for a facility do not exceed its cost, leaving it closed is optimal for the relaxed
//!    problem, and all that remains is to serve each item at its own prices. Whatever the payments, the cost of that is
//!    a lower bound; the best payments give the bound of the linear relaxation.
//! 3. *Dual ascent* (`bound`) finds good payments without a linear program, after Erlenkotter: it visits the items in
//!    turn and lets each pay as much as raises its own cost. `polish` improves on the result at the root by
//!    subgradient steps, since dual ascent can get stuck where no single item can raise the bound.
//! 4. *Message passing* (`forest`). Copies tie the items together, so "its own cost" is that of the item's whole
//!    tree. It is computed exactly by min-sum dynamic programming: a message along each link says what the other side
//!    costs at least for each home. The messages are kept up to date as the walk moves on from item to item, which is
//!    what makes an ascent over a tree as cheap as one over single items.
//! 5. *Lagrange penalty* (`penalty`). The limit on counted facilities is moved into the cost in the same way, with a
//!    single multiplier that is found by doubling and then halving.
//! 6. *Propagation* (`propagate`) draws conclusions from the gap between the bound and the best plan known: a choice
//!    whose use would cost more than the gap is dropped, a facility whose absence would is opened, and a choice whose
//!    load cannot fit beside the least loads of all other items is dropped too. `settle` alternates it with the ascent.
//! 7. *Primal heuristics* (`incumbent`, `improve`). The choices that attain the bound are themselves an assignment,
//!    and so is the cheapest one that uses only their facilities; opening and closing one facility at a time improves
//!    on it. The best plan known is the limit for all bounds.
//! 8. *Branching* (`branch`, `search`) splits a node by the facility with the most users among those that the relaxed
//!    plan uses without paying in full, depth first, the open side first. Capacities are not part of the bound: they
//!    are enforced by propagation and by branching on the items that overload a resource. Problems in which capacities
//!    decide are therefore the slow ones.
//!
//! # What "exact" means
//!
//! Costs are integers, so neither a bound nor a comparison has a tolerance. When the search ends by itself, every part
//! of the solution space was either tried or dropped for a proof that nothing better is in it: [`Solution::exact`]. When
//! it is stopped, the answer is the best plan known together with a bound that no assignment undercuts. How long it
//! takes is not bounded, which is why `stop` is asked every few dozen nodes.
//!
//! Heuristics, starts from another solution and the order of the search decide how fast the proof is, never what it
//! says. The tests compare thousands of small problems with the best of all their assignments.
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
//! All costs of a problem together should stay below 2^52: a single cost counts for at most its even share of that. There are at most 128 facilities.
//!
//! # Literature
//!
//! - D. Erlenkotter, "A dual-based procedure for uncapacitated facility location", Operations Research 26 (1978): dual
//!   ascent, found at the same time by O. Bilde and J. Krarup, "Sharp lower bounds and efficient algorithms for the
//!   simple plant location problem", Annals of Discrete Mathematics 1 (1977).
//! - A. M. Geoffrion, "Lagrangean relaxation for integer programming", Mathematical Programming Study 2 (1974), and
//!   M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management Science 27
//!   (1981): why the bound holds, and how good it can get.
//! - M. Held, P. Wolfe and H. P. Crowder, "Validation of subgradient optimization", Mathematical Programming 6 (1974):
//!   the steps of `polish`.
//! - V. Kolmogorov, "Convergent tree-reweighted message passing for energy minimization", IEEE Transactions on Pattern
//!   Analysis and Machine Intelligence 28 (2006): payments that are adjusted during a sequential pass of messages.

#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

mod bits;

mod problem;

mod scale;

mod walk;

mod model;

mod node;

mod forest;

mod bound;

mod branch;

mod improve;

mod incumbent;

mod presolve;

mod propagate;

mod settle;

mod penalty;

mod polish;

mod search;

#[cfg(test)]
mod tests;

pub use problem::{Answer, Choice, Facility, Item, NEVER, Payments, Problem, Solution};

use model::Model;
use presolve::Remainder;
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
    let Some(model) = Model::new(problem) else { return Answer::Impossible };
    match Remainder::new(&model) {
        Some(remainder) => Search::new(&model, remainder, start).run(stop),
        None => Answer::Impossible,
    }
}
