//! The lower bound, by dual ascent.
//!
//! Items pay parts of the facilities that they could use, and never more for a facility than it costs. Whatever an
//! assignment uses it pays in full, so it costs at least what the items pay with it; and that is at least what the
//! trees cost when each item takes the choice that is cheapest at these prices. The ascent visits the items in turn and
//! raises the payments as far as they raise the cost of the item's tree: what it pays for a choice that is not the
//! cheapest is wasted, so it is taken back and left for other items.

use crate::bits::Bits;
use crate::forest::Forest;
use crate::model::Model;
use crate::node::{ChoiceState, ItemState, Node};
use crate::walk::Step;

/// Nothing of a node is left that could be better than the best plan known.
pub(crate) struct Exhausted;

/// How far an ascent goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// The most walks through the forest.
    pub(crate) walks: usize,
    /// What an assignment may come to at most to be of interest.
    pub(crate) limit: u64,
}

/// Raises the bound of a node, and drops the choices that no assignment within the limit takes. Says by how
/// much an assignment may exceed what the payments prove.
pub(crate) fn ascend(model: &Model, forest: &mut Forest, node: &mut Node, effort: Effort) -> Result<u64, Exhausted> {
    let rebate = node.rebate(model);
    let limit = effort.limit.saturating_add(rebate);
    let mut total = forest.start(model, node).saturating_add(node.fixed(model));
    for _ in 0..effort.walks {
        let before = total;
        for step in &model.walk {
            match *step {
                Step::Enter(item) => {
                    forest.enter(model, node, item);
                    let open = node.open;
                    let Some(state) = node.states.get_mut(item) else { continue };
                    total = visit(state, &mut node.slack, open, total, limit)?;
                }
                Step::Leave(item) => forest.leave(model, node, item),
            }
        }
        if total == before {
            break;
        }
    }
    node.bound = node.bound.max(total.saturating_sub(rebate));
    Ok(limit.saturating_sub(total))
}

/// Raises what an item's tree costs by what the item can pay, and says what all trees cost then.
fn visit(state: &mut ItemState, slack: &mut [u64], open: u128, total: u64, limit: u64) -> Result<u64, Exhausted> {
    let least = state.least();
    if total > limit || state.choices.is_empty() {
        return Err(Exhausted);
    }
    let margin = limit.saturating_sub(total);
    if let [only] = state.choices.as_slice()
        && state.paid.is_empty()
        && only.needs & !open == 0
    {
        return Ok(total);
    }
    let keeps = |choice: &ChoiceState| {
        let excess = choice.bound.saturating_sub(least);
        excess <= margin && excess.saturating_add(spare(choice.needs & !open, slack)) <= margin
    };
    // Mostly all are kept, and asking is cheaper than moving them.
    if !state.choices.iter().all(keeps) {
        state.choices.retain(keeps);
    }
    state.take_back(least, slack);
    Ok(total.saturating_add(raise(state, slack, open, least)))
}

/// What nobody pays yet of the facilities of a mask.
fn spare(mask: u128, slack: &[u64]) -> u64 {
    Bits(mask).filter_map(|facility| slack.get(facility)).fold(0, |sum, slack| sum.saturating_add(*slack))
}

/// Raises the cheapest choices of an item to the next one above, or as far as their facilities can be paid. Only one
/// step: so that the items share what is left of a facility evenly.
fn raise(state: &mut ItemState, slack: &mut [u64], open: u128, least: u64) -> u64 {
    let mut target = u64::MAX;
    for choice in &state.choices {
        let reach =
            if choice.bound == least { least.saturating_add(spare(choice.needs & !open, slack)) } else { choice.bound };
        target = target.min(reach);
    }
    if target == least || target == u64::MAX {
        return 0;
    }
    for place in 0..state.choices.len() {
        let Some(choice) = state.choices.get(place).copied() else { break };
        let mut missing = target.saturating_sub(choice.bound);
        if missing == 0 {
            continue;
        }
        for facility in Bits(choice.needs & !open) {
            let Some(slack) = slack.get_mut(facility) else { continue };
            let amount = missing.min(*slack);
            if amount > 0 {
                *slack = slack.saturating_sub(amount);
                state.pay(facility, amount);
                missing = missing.saturating_sub(amount);
            }
        }
    }
    target.saturating_sub(least)
}
