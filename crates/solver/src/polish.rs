//! Better payments than an ascent finds, by steps along the subgradient.
//!
//! An ascent stops where no single item can raise the bound, though several could together. The subgradient of the bound
//! says how: an item that uses a facility in the relaxed plan should pay more for it, one that pays without using it
//! should pay less, and no facility is paid more than it costs. The length of a step follows from the gap to the best
//! plan known and shrinks when steps stop helping.

use crate::bits::Bits;
use crate::bound::{Effort, Exhausted, ascend};
use crate::forest::Forest;
use crate::model::Model;
use crate::node::{ChoiceState, Node};

/// The first step, in parts of the one that would close the gap if the bound were a straight line.
const FIRST_STEP: u64 = 128;

/// What a whole step is divided into.
const STEP_PARTS: u64 = 64;

/// The walks of the ascent after each step.
const WALKS: usize = 1;

/// Takes some steps, each with a short ascent after it. The steps get shorter where they do not help.
pub(crate) fn polish(
    model: &Model,
    forest: &mut Forest,
    node: &mut Node,
    effort: Effort,
    steps: usize,
) -> Result<(), Exhausted> {
    let mut length = FIRST_STEP;
    let mut idle = 0_u32;
    for _ in 0..steps {
        let best = node.bound;
        let gap = effort.limit.saturating_sub(best);
        let relaxed = forest.relaxed(model, node);
        if !step(node, &relaxed, gap.saturating_mul(length) / STEP_PARTS) {
            break;
        }
        ascend(model, forest, node, Effort { walks: WALKS, ..effort })?;
        idle = if node.bound > best { 0 } else { idle.saturating_add(1) };
        if idle >= 3 {
            idle = 0;
            length = length.saturating_mul(2) / 3;
        }
        if length == 0 {
            break;
        }
    }
    Ok(())
}

/// What is known of a facility before a step.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    users: u64,
    payers: u64,
    /// What everyone who pays pays less.
    less: u64,
}

/// Changes the payments by one step that the gap is spread over. Says whether there was anything to change.
fn step(node: &mut Node, relaxed: &[ChoiceState], gap: u64) -> bool {
    let mut shares = vec![Share::default(); node.slack.len()];
    let mut changes = 0_u64;
    for (state, choice) in node.states.iter().zip(relaxed) {
        for facility in Bits(choice.needs & !node.open) {
            if let Some(share) = shares.get_mut(facility) {
                share.users = share.users.saturating_add(1);
                share.payers = share.payers.saturating_add(1);
            }
        }
        for payment in state.paid.iter().filter(|payment| payment.amount > 0 && payment.bit & choice.needs == 0) {
            if let Some(share) = shares.get_mut(payment.facility) {
                share.payers = share.payers.saturating_add(1);
            }
        }
    }
    for share in &shares {
        // How much the direction weighs in this facility: nothing where exactly one uses it or nobody has a say.
        let direction = share.users.abs_diff(1).max(u64::from(share.payers > share.users));
        changes = changes.saturating_add(direction);
    }
    let Some(more) = gap.checked_div(changes).filter(|more| *more > 0) else { return false };
    for (share, slack) in shares.iter_mut().zip(&node.slack) {
        let excess = share.users.saturating_mul(more).saturating_sub(*slack);
        share.less = excess.checked_div(share.payers).unwrap_or(0).min(more);
    }
    let (states, slack) = (&mut node.states, &mut node.slack);
    for (state, choice) in states.iter_mut().zip(relaxed) {
        state.refund(choice.needs, slack, |facility| shares.get(facility).map_or(0, |share| share.less));
    }
    for (state, choice) in states.iter_mut().zip(relaxed) {
        for facility in Bits(choice.needs & !node.open) {
            let (Some(share), Some(slack)) = (shares.get(facility), slack.get_mut(facility)) else { continue };
            let amount = more.saturating_sub(share.less).min(*slack);
            if amount > 0 {
                *slack = slack.saturating_sub(amount);
                state.pay(facility, amount);
            }
        }
    }
    true
}
