//! What follows from what a node still allows: facilities that have to be open, and choices that nothing better takes.

use crate::bits::{Bits, bit, count};
use crate::bound::Exhausted;
use crate::model::{Model, Plan};
use crate::node::{ItemState, Node};

/// Draws the conclusions that a node allows. Says whether there were any, so that its bound may have become better.
pub(crate) fn propagate(model: &Model, node: &mut Node, margin: u64) -> Result<bool, Exhausted> {
    let choices = size(node);
    let open = node.open;
    if node.states.iter().any(|state| state.choices.is_empty()) {
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
    Ok(node.open != open || size(node) != choices)
}

/// How many choices a node allows.
fn size(node: &Node) -> usize {
    node.states.iter().fold(0, |sum, state| sum.saturating_add(state.choices.len()))
}

/// The facilities that all choices of some item need.
fn needed(node: &Node) -> u128 {
    let all = |state: &ItemState| state.choices.iter().fold(u128::MAX, |mask, choice| mask & choice.needs);
    node.states.iter().fold(0, |mask, state| mask | all(state))
}

/// The facilities without which the items would cost more than the best plan known.
fn missed(model: &Model, node: &Node, margin: u64) -> u128 {
    let mut gains = vec![0_u64; model.weights.len()];
    for (state, link) in node.states.iter().zip(&model.links) {
        // Only the bounds of roots are up to date, and those of one tree do not add up.
        if link.is_some() {
            continue;
        }
        let least = state.least();
        let tight = state.choices.iter().filter(|choice| choice.bound == least);
        for facility in Bits(tight.fold(u128::MAX, |mask, choice| mask & choice.needs) & !node.open) {
            let others = state.choices.iter().filter(|choice| choice.needs & bit(facility) == 0);
            let second = others.map(|choice| choice.bound).min().unwrap_or(u64::MAX);
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
    for state in &mut node.states {
        state.choices.retain(|choice| count(choice.needs & model.counted & !open) <= left);
        if state.choices.is_empty() {
            return Err(Exhausted);
        }
    }
    Ok(())
}

/// Drops the choices that a resource is not enough for, whatever the other items choose.
fn fit(model: &Model, node: &mut Node, resource: usize) -> Result<(), Exhausted> {
    let takes = |item: usize, index: usize| model.choice(item, index).map_or(0, |choice| choice.takes(resource));
    let least = |item: usize, state: &ItemState| {
        state.choices.iter().map(|choice| takes(item, choice.index)).min().unwrap_or(0)
    };
    let all = node.states.iter().enumerate().fold(0_u64, |sum, (item, state)| sum.saturating_add(least(item, state)));
    let Some(left) = model.capacity(resource).checked_sub(all) else { return Err(Exhausted) };
    for (item, state) in node.states.iter_mut().enumerate() {
        let most = least(item, state).saturating_add(left);
        state.choices.retain(|choice| takes(item, choice.index) <= most);
    }
    Ok(())
}

/// Where a node can only tie with the best plan, keeps what would win the tie: the same choices up to some item that
/// takes one that is preferred. Says whether anything was dropped.
pub(crate) fn keep_preferred(node: &mut Node, best: &Plan) -> Result<bool, Exhausted> {
    let mut dropped = false;
    for (state, index) in node.states.iter_mut().zip(&best.choices) {
        let before = state.choices.len();
        let first = state.choices.first().ok_or(Exhausted)?.index;
        state.choices.retain(|choice| choice.index <= *index);
        dropped |= state.choices.len() != before;
        if first > *index {
            return Err(Exhausted);
        }
        if first < *index {
            return Ok(dropped);
        }
    }
    Err(Exhausted)
}
