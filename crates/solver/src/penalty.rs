//! The Lagrange penalty on counted facilities, where there may only be so many.
//!
//! The limit is taken out of the constraints and into the cost: each counted facility costs a penalty besides, and the
//! whole gets the penalty back for as many facilities as there may be. Whatever the penalty, an assignment within the
//! limit never costs more than before, so the bound holds; the right penalty makes it worth using no more than that.

use crate::bits::count;
use crate::bound::Exhausted;
use crate::forest::Forest;
use crate::incumbent::Incumbent;
use crate::model::Model;
use crate::node::{ChoiceState, Node};
use crate::scale::FAR;
use crate::settle::settle;

/// How many penalties are tried.
const TRIALS: usize = 12;

/// Doubles the penalty of the root while that makes its bound better, then halves the steps while that does, and keeps
/// the penalty of the best bound: as a function of the penalty the bound is concave, so it rises, and then it falls.
pub(crate) fn find_penalty(
    incumbent: &mut Incumbent,
    forest: &mut Forest,
    node: &mut Node,
    relaxed: &[ChoiceState],
) -> Result<(), Exhausted> {
    let model = incumbent.model;
    let Some(most) = model.problem.most else { return Ok(()) };
    let mut low = node.clone();
    let mut over = counted(model, node, relaxed).saturating_sub(most);
    let mut high: Option<u64> = None;
    for _ in 0..TRIALS {
        let limit = incumbent.limit();
        let more = high.map_or_else(|| step(model, &low, over, limit), |high| high.saturating_sub(low.penalty) / 2);
        if over == 0 || more == 0 || node.bound >= limit || is_too_much(low.penalty, more, most) {
            break;
        }
        let mut trial = low.clone();
        trial.charge(model, more);
        settle(incumbent, forest, &mut trial)?;
        let relaxed = forest.relaxed(model, &trial);
        incumbent.try_out(&trial, &relaxed);
        let better = trial.bound > node.bound;
        if better {
            node.clone_from(&trial);
        } else if high.is_some() {
            break;
        }
        match counted(model, &trial, &relaxed).saturating_sub(most) {
            still if better && still > 0 => (low, over) = (trial, still),
            _ => high = Some(trial.penalty),
        }
    }
    // The messages are those of the last trial.
    settle(incumbent, forest, node)
}

/// By how much to raise the penalty: the first time as if each facility too many took as much of the gap, but by no
/// more than a facility costs.
fn step(model: &Model, node: &Node, over: usize, limit: u64) -> u64 {
    if node.penalty > 0 {
        return node.penalty;
    }
    let gap = limit.saturating_sub(node.bound);
    let share = u64::try_from(over).ok().and_then(|over| gap.checked_div(over)).unwrap_or(gap);
    share.min(model.weights.iter().copied().max().unwrap_or(0))
}

/// How many counted facilities the bound of a node uses.
fn counted(model: &Model, node: &Node, relaxed: &[ChoiceState]) -> usize {
    count(node.used(relaxed) & model.counted)
}

/// Whether what the whole gets back of a raised penalty would leave no room to calculate with.
fn is_too_much(penalty: u64, more: u64, most: usize) -> bool {
    let back = u64::try_from(most).ok().and_then(|most| penalty.checked_add(more)?.checked_mul(most));
    back.is_none_or(|back| back >= FAR)
}
