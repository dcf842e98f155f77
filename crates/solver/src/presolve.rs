//! What can be left out before the search: choices that no best assignment takes.
//!
//! A choice is *dominated* when another of the same item can always take its place without making anything worse. It is
//! enough that the other is no more expensive even if nobody else uses what it needs beyond it, and if the item is apart
//! from every neighbour in the forest; that it loads no resource more; and that it needs no further counted facility
//! where these are limited. Two equal choices leave the preferred one.

use std::collections::BTreeMap;

use crate::bits::{bit, count, sum};
use crate::model::Model;
use crate::node::{ChoiceState, ItemState, Node};
use crate::problem::{Choice, Item, NEVER, Payments};

/// What is left of a problem: of each item the choices that are worth a search.
pub(crate) struct Remainder {
    pub(crate) states: Vec<ItemState>,
    /// How many homes they have.
    pub(crate) homes: usize,
}

impl Remainder {
    /// What is left of a problem; nothing where an item has no choice left.
    pub(crate) fn new(model: &Model) -> Option<Self> {
        let scarce = scarce(model);
        let mut homes = BTreeMap::new();
        let mut states = Vec::with_capacity(model.problem.items.len());
        for (item, sync) in model.problem.items.iter().zip(syncs(model)) {
            let mut choices = Vec::new();
            for (index, choice) in undominated(&Comparison { model, scarce, sync }, item) {
                let next = homes.len();
                let home = *homes.entry(choice.home).or_insert(next);
                let price = model.scale.up(choice.cost);
                choices.push(ChoiceState { index, home, needs: choice.needs, price, own: price, bound: price });
            }
            if choices.is_empty() {
                return None;
            }
            states.push(ItemState { choices, paid: Vec::new() });
        }
        Some(Self { states, homes: homes.len() })
    }

    /// The node of all assignments, with what the items already pay.
    pub(crate) fn root(&self, model: &Model, payments: &[Payments]) -> Node {
        let mut states = self.states.clone();
        let mut slack = model.weights.clone();
        for (state, payments) in states.iter_mut().zip(payments) {
            for (facility, amount) in payments {
                let Some(slack) = slack.get_mut(*facility) else { continue };
                let amount = (*amount).min(*slack);
                *slack = slack.saturating_sub(amount);
                state.pay(*facility, amount);
            }
        }
        Node { states, open: 0, slack, penalty: 0, bound: 0 }
    }

    /// An assignment like another: the same choices where they are offered, else what is cheapest beside them.
    pub(crate) fn like(&self, model: &Model, choices: &[usize]) -> Vec<usize> {
        let kept = |(state, index): (&ItemState, &usize)| state.choices.iter().find(|one| one.index == *index).copied();
        let kept: Vec<Option<ChoiceState>> = self.states.iter().zip(choices).map(kept).collect();
        let mut used = kept.iter().flatten().fold(0, |mask, choice| mask | choice.needs);
        let found = self.states.iter().zip(kept).map(|(state, kept)| {
            let price = |choice: &&ChoiceState| choice.price.saturating_add(sum(choice.needs & !used, &model.weights));
            let choice = kept.or_else(|| state.choices.iter().min_by_key(price).copied());
            used |= choice.map_or(0, |choice| choice.needs);
            choice.map_or(0, |choice| choice.index)
        });
        found.collect()
    }
}

/// The facilities that a choice may not need beyond another's to take its place: the counted ones, where a limit could
/// be reached.
fn scarce(model: &Model) -> u128 {
    let limited = model.problem.most.is_some_and(|most| most < count(model.counted));
    if limited { model.counted } else { 0 }
}

/// What keeping each item in step with its neighbours costs at most.
fn syncs(model: &Model) -> Vec<u64> {
    let mut syncs = vec![0_u64; model.links.len()];
    for (item, link) in model.links.iter().enumerate() {
        let Some(link) = link else { continue };
        for end in [item, link.source] {
            if let Some(sync) = syncs.get_mut(end) {
                *sync = sync.saturating_add(link.sync);
            }
        }
    }
    syncs
}

/// The choices of an item that are offered and not dominated, with their indices.
fn undominated<'a>(comparison: &Comparison, item: &'a Item) -> Vec<(usize, &'a Choice)> {
    let problem = comparison.model.problem;
    let existing = (0..problem.facilities.len()).fold(0, |mask, index| mask | bit(index));
    let offered = |choice: &Choice| choice.needs & (problem.without | !existing) == 0 && choice.cost < NEVER;
    let offers: Vec<_> = item.choices.iter().enumerate().filter(|(_, choice)| offered(choice)).collect();
    let dominated = |worse| offers.iter().any(|better| comparison.dominates(*better, worse));
    offers.iter().copied().filter(|offer| !dominated(*offer)).collect()
}

/// What it takes to compare two choices of an item.
struct Comparison<'a> {
    model: &'a Model<'a>,
    scarce: u128,
    /// What keeping the item in step costs at most.
    sync: u64,
}

impl Comparison<'_> {
    /// Whether every assignment that takes `worse` gets better by taking `better` in its place.
    fn dominates(&self, (rank, better): (usize, &Choice), (other, worse): (usize, &Choice)) -> bool {
        let extra = better.needs & !worse.needs;
        if better.cost > worse.cost || extra & self.scarce != 0 {
            return false;
        }
        let (model, scale) = (self.model, self.model.scale);
        let sync = if better.home == worse.home { 0 } else { self.sync };
        let cost = scale.up(better.cost).saturating_add(sync).saturating_add(sum(extra, &model.weights));
        let least = scale.up(worse.cost);
        (cost < least || cost == least && rank < other)
            && model.binding.iter().all(|which| better.takes(*which) <= worse.takes(*which))
    }
}
