//! The lower bound: dual ascent. Items pay parts of the facilities that they could use, as much as makes their trees
//! dearer and never more for a facility than it costs; what the trees cost then, no assignment undercuts.

use crate::bits::Bits;
use crate::forest::Forest;
use crate::model::{Model, Step};
use crate::node::{Node, Spot, Way};

/// Nothing of a node is left that could be better than the best known.
pub(crate) struct Exhausted;

/// How far an ascent goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// The most walks through the forest.
    pub(crate) walks: usize,
    /// What an assignment may come to at most to be of interest.
    pub(crate) limit: u64,
}

/// Raises the bound of a node, and drops the ways that no assignment within the limit takes. Says how much dearer than
/// what the payments prove an assignment may be.
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
                    let Some(spot) = node.spots.get_mut(item) else { continue };
                    total = visit(spot, &mut node.slack, open, total, limit)?;
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
fn visit(spot: &mut Spot, slack: &mut [u64], open: u128, total: u64, limit: u64) -> Result<u64, Exhausted> {
    let least = spot.least();
    if total > limit || spot.ways.is_empty() {
        return Err(Exhausted);
    }
    let margin = limit.saturating_sub(total);
    if let [only] = spot.ways.as_slice()
        && spot.paid.is_empty()
        && only.needs & !open == 0
    {
        return Ok(total);
    }
    let keeps = |way: &Way| {
        let dearer = way.belief.saturating_sub(least);
        dearer <= margin && dearer.saturating_add(spare(way.needs & !open, slack)) <= margin
    };
    // Mostly all are kept, and asking is cheaper than moving them.
    if !spot.ways.iter().all(keeps) {
        spot.ways.retain(keeps);
    }
    spot.take_back(least, slack);
    Ok(total.saturating_add(raise(spot, slack, open, least)))
}

/// What nobody pays yet of the facilities of a mask.
fn spare(mask: u128, slack: &[u64]) -> u64 {
    Bits(mask).filter_map(|facility| slack.get(facility)).fold(0, |sum, slack| sum.saturating_add(*slack))
}

/// Raises the cheapest ways of an item to the next dearer one, or as far as their facilities can be paid. Only one
/// step: so that the items share what is left of a facility evenly.
fn raise(spot: &mut Spot, slack: &mut [u64], open: u128, least: u64) -> u64 {
    let mut target = u64::MAX;
    for way in &spot.ways {
        let reach =
            if way.belief == least { least.saturating_add(spare(way.needs & !open, slack)) } else { way.belief };
        target = target.min(reach);
    }
    if target == least || target == u64::MAX {
        return 0;
    }
    for place in 0..spot.ways.len() {
        let Some(way) = spot.ways.get(place).copied() else { break };
        let mut missing = target.saturating_sub(way.belief);
        if missing == 0 {
            continue;
        }
        for facility in Bits(way.needs & !open) {
            let Some(slack) = slack.get_mut(facility) else { continue };
            let amount = missing.min(*slack);
            if amount > 0 {
                *slack = slack.saturating_sub(amount);
                spot.pay(facility, amount);
                missing = missing.saturating_sub(amount);
            }
        }
    }
    target.saturating_sub(least)
}
