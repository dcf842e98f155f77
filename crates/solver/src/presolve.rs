//! What can be left out before the search: choices that no best assignment takes, and resources that cannot run out.

use std::collections::{BTreeMap, BTreeSet};

use crate::bits::{bit, count, sum};
use crate::model::{Link, load, scaled};
use crate::node::{Spot, Way};
use crate::problem::{Choice, Item, NEVER, Problem};

/// The resources that could run out: of all others there is enough whatever the items choose.
pub(crate) fn binding(problem: &Problem) -> Vec<usize> {
    let choices = problem.items.iter().flat_map(|item| &item.choices);
    let named: BTreeSet<usize> = choices.flat_map(|choice| choice.load.iter().map(|(which, _)| *which)).collect();
    let dearest = |item: &Item, which| item.choices.iter().map(|choice| load(choice, which)).max().unwrap_or(0);
    let most = |which| problem.items.iter().fold(0_u64, |sum, item| sum.saturating_add(dearest(item, which)));
    named.into_iter().filter(|which| most(*which) > problem.capacities.get(*which).copied().unwrap_or(0)).collect()
}

/// What the search has to know to compare two choices of an item.
struct Comparison<'a> {
    weights: &'a [u64],
    binding: &'a [usize],
    share: u64,
    /// The facilities that a choice may not need beyond another's to take its place.
    scarce: u128,
    /// What keeping the item in step costs at most.
    sync: u64,
}

impl Comparison<'_> {
    /// Whether every assignment that takes `worse` gets better by taking `better` in its place: never dearer, even if
    /// nothing else uses what it needs beyond the other, and where it costs the same, preferred.
    fn beats(&self, (rank, better): (usize, &Choice), (other, worse): (usize, &Choice)) -> bool {
        let extra = better.needs & !worse.needs;
        if better.cost > worse.cost || extra & self.scarce != 0 {
            return false;
        }
        let sync = if better.home == worse.home { 0 } else { self.sync };
        let cost = scaled(better.cost, self.share).saturating_add(sync).saturating_add(sum(extra, self.weights));
        let least = scaled(worse.cost, self.share);
        (cost < least || cost == least && rank < other)
            && self.binding.iter().all(|which| load(better, *which) <= load(worse, *which))
    }
}

/// The ways of each item, and how many homes they have; nothing where an item has none.
pub(crate) fn spots(
    problem: &Problem,
    weights: &[u64],
    counted: u128,
    links: &[Option<Link>],
    binding: &[usize],
    share: u64,
) -> Option<(Vec<Spot>, usize)> {
    let existing = (0..problem.facilities.len()).fold(0, |mask, index| mask | bit(index));
    let mut sync = vec![0_u64; problem.items.len()];
    for (item, link) in links.iter().enumerate() {
        if let Some(link) = link {
            for end in [item, link.source] {
                let sync = sync.get_mut(end)?;
                *sync = sync.saturating_add(link.sync);
            }
        }
    }
    // A limit that all counted facilities keep is none.
    let limited = problem.most.is_some_and(|most| most < count(counted));
    let scarce = if limited { counted } else { 0 };
    let mut homes = BTreeMap::new();
    let mut spots = Vec::with_capacity(problem.items.len());
    for (item, sync) in problem.items.iter().zip(sync) {
        let offered = |choice: &Choice| choice.needs & (problem.without | !existing) == 0 && choice.cost < NEVER;
        let offers: Vec<(usize, &Choice)> =
            item.choices.iter().enumerate().filter(|(_, choice)| offered(choice)).collect();
        let comparison = Comparison { weights, binding, share, scarce, sync };
        let beaten = |worse| offers.iter().any(|better| comparison.beats(*better, worse));
        let mut ways = Vec::new();
        for &(index, choice) in offers.iter().filter(|offer| !beaten(**offer)) {
            let next = homes.len();
            let home = *homes.entry(choice.home).or_insert(next);
            let price = scaled(choice.cost, share);
            ways.push(Way { index, home, needs: choice.needs, price, own: price, belief: price });
        }
        if ways.is_empty() {
            return None;
        }
        spots.push(Spot { ways, paid: Vec::new() });
    }
    Some((spots, homes.len()))
}
