//! What follows from what a node still allows: facilities that have to be open, and ways that nothing better takes.

use crate::bits::{Bits, bit, count};
use crate::bound::Exhausted;
use crate::model::{Model, Plan, load};
use crate::node::{Node, Spot};

/// Draws the conclusions that a node allows. Says whether there were any, so that its bound may have become better.
pub(crate) fn propagate(model: &Model, node: &mut Node, margin: u64) -> Result<bool, Exhausted> {
    let ways = size(node);
    let open = node.open;
    if node.spots.iter().any(|spot| spot.ways.is_empty()) {
        return Err(Exhausted);
    }
    for _ in 0..model.binding.len() {
        let before = size(node);
        for resource in &model.binding {
            fit(model, node, *resource)?;
        }
        if size(node) == before {
            break;
        }
    }
    let needed = needed(node) | missed(model, node, margin);
    node.open(needed & !node.open);
    limit_counted(model, node)?;
    Ok(node.open != open || size(node) != ways)
}

/// How many ways a node allows.
fn size(node: &Node) -> usize {
    node.spots.iter().fold(0, |sum, spot| sum.saturating_add(spot.ways.len()))
}

/// The facilities that all ways of some item need.
fn needed(node: &Node) -> u128 {
    let all = |spot: &Spot| spot.ways.iter().fold(u128::MAX, |mask, way| mask & way.needs);
    node.spots.iter().fold(0, |mask, spot| mask | all(spot))
}

/// The facilities without which the items would cost so much more that nobody is interested.
fn missed(model: &Model, node: &Node, margin: u64) -> u128 {
    let mut gains = vec![0_u64; model.weights.len()];
    for (spot, link) in node.spots.iter().zip(&model.links) {
        // Only the beliefs of roots are up to date, and those of one tree do not add up.
        if link.is_some() {
            continue;
        }
        let least = spot.least();
        let tight = spot.ways.iter().filter(|way| way.belief == least);
        for facility in Bits(tight.fold(u128::MAX, |mask, way| mask & way.needs) & !node.open) {
            let others = spot.ways.iter().filter(|way| way.needs & bit(facility) == 0);
            let second = others.map(|way| way.belief).min().unwrap_or(u64::MAX);
            if let Some(gain) = gains.get_mut(facility) {
                *gain = gain.saturating_add(second.saturating_sub(least));
            }
        }
    }
    let missed = gains.iter().enumerate().filter(|(_, gain)| **gain > margin);
    missed.fold(0, |mask, (facility, _)| mask | bit(facility))
}

/// Closes the counted facilities that are one too many.
fn limit_counted(model: &Model, node: &mut Node) -> Result<(), Exhausted> {
    let Some(most) = model.problem.most else { return Ok(()) };
    let open = count(node.open & model.counted);
    if open > most {
        return Err(Exhausted);
    }
    let left = most.saturating_sub(open);
    let open = node.open;
    for spot in &mut node.spots {
        spot.ways.retain(|way| count(way.needs & model.counted & !open) <= left);
        if spot.ways.is_empty() {
            return Err(Exhausted);
        }
    }
    Ok(())
}

/// Drops the ways that a resource is not enough for, whatever the other items choose.
fn fit(model: &Model, node: &mut Node, resource: usize) -> Result<(), Exhausted> {
    let takes = |item: usize, index: usize| model.choice(item, index).map_or(0, |choice| load(choice, resource));
    let least = |item: usize, spot: &Spot| spot.ways.iter().map(|way| takes(item, way.index)).min().unwrap_or(0);
    let all = node.spots.iter().enumerate().fold(0_u64, |sum, (item, spot)| sum.saturating_add(least(item, spot)));
    let Some(left) = model.capacity(resource).checked_sub(all) else { return Err(Exhausted) };
    for (item, spot) in node.spots.iter_mut().enumerate() {
        let most = least(item, spot).saturating_add(left);
        spot.ways.retain(|way| takes(item, way.index) <= most);
    }
    Ok(())
}

/// Where a node can only tie with the best plan, keeps what would win the tie: the same choices up to some item that
/// takes one that is preferred. Says whether anything was dropped.
pub(crate) fn keep_preferred(node: &mut Node, best: &Plan) -> Result<bool, Exhausted> {
    let mut dropped = false;
    for (spot, index) in node.spots.iter_mut().zip(&best.choices) {
        let before = spot.ways.len();
        let first = spot.ways.first().ok_or(Exhausted)?.index;
        spot.ways.retain(|way| way.index <= *index);
        dropped |= spot.ways.len() != before;
        if first > *index {
            return Err(Exhausted);
        }
        if first < *index {
            return Ok(dropped);
        }
    }
    Err(Exhausted)
}
