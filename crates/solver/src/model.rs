//! The problem as the search needs it: costs that carry the first tie-break, and the forest in the order of a walk.

use std::collections::BTreeSet;

use crate::bits::{bit, count, sum};
use crate::problem::{Choice, Item, Problem};
use crate::scale::Scale;
use crate::walk::{Link, Step, walk};

/// The problem as the search needs it.
pub(crate) struct Model<'a> {
    pub(crate) problem: &'a Problem,
    /// The scaled cost of each facility, with one more where it counts.
    pub(crate) weights: Vec<u64>,
    pub(crate) counted: u128,
    pub(crate) links: Vec<Option<Link>>,
    pub(crate) walk: Vec<Step>,
    /// The resources that could run out.
    pub(crate) binding: Vec<usize>,
    pub(crate) scale: Scale,
}

/// An assignment and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plan {
    /// The scaled cost with the number of counted facilities. First, because plans compare in the order of the fields.
    pub(crate) key: u64,
    pub(crate) choices: Vec<usize>,
}

impl<'a> Model<'a> {
    /// Prepares a problem, unless its sources do not form a forest.
    pub(crate) fn new(problem: &'a Problem) -> Option<Self> {
        let scale = Scale::new(problem.facilities.len().saturating_add(problem.items.len().saturating_mul(2)))?;
        let weigh = |cost, counts| scale.up(cost).saturating_add(u64::from(counts));
        let weights = problem.facilities.iter().map(|facility| weigh(facility.cost, facility.counts)).collect();
        let counting = problem.facilities.iter().enumerate().filter(|(_, facility)| facility.counts);
        let counted = counting.fold(0, |mask, (index, _)| mask | bit(index));
        let link = |item: &Item| item.source.map(|source| Link { source, sync: scale.up(item.sync) });
        let links: Vec<Option<Link>> = problem.items.iter().map(link).collect();
        // A cycle is a mistake even where it costs nothing, so the forest is walked before free links are cut.
        walk(&links)?;
        let links: Vec<Option<Link>> = links.into_iter().map(|link| link.filter(|link| link.sync > 0)).collect();
        let walk = walk(&links)?;
        Some(Self { problem, weights, counted, links, walk, binding: binding(problem), scale })
    }

    /// A choice of an item.
    pub(crate) fn choice(&self, item: usize, index: usize) -> Option<&'a Choice> {
        self.problem.items.get(item).and_then(|item| item.choices.get(index))
    }

    /// The facilities that an assignment uses.
    pub(crate) fn used(&self, choices: &[usize]) -> u128 {
        choices
            .iter()
            .enumerate()
            .filter_map(|(item, index)| self.choice(item, *index))
            .fold(0, |mask, choice| mask | choice.needs)
    }

    /// What an assignment comes to.
    pub(crate) fn plan(&self, choices: Vec<usize>) -> Plan {
        let mut key = sum(self.used(&choices), &self.weights);
        for (item, index) in choices.iter().enumerate() {
            let Some(choice) = self.choice(item, *index) else { continue };
            key = key.saturating_add(self.scale.up(choice.cost));
            let Some(link) = self.links.get(item).copied().flatten() else { continue };
            let source = choices.get(link.source).and_then(|index| self.choice(link.source, *index));
            if source.is_some_and(|source| source.home != choice.home) {
                key = key.saturating_add(link.sync);
            }
        }
        Plan { key, choices }
    }

    /// What an assignment takes of a resource.
    pub(crate) fn taken(&self, choices: &[usize], resource: usize) -> u64 {
        let choices = choices.iter().enumerate().filter_map(|(item, index)| self.choice(item, *index));
        choices.fold(0, |sum, choice| sum.saturating_add(choice.takes(resource)))
    }

    /// How much there is of a resource.
    pub(crate) fn capacity(&self, resource: usize) -> u64 {
        self.problem.capacities.get(resource).copied().unwrap_or(0)
    }

    /// By how much an assignment breaks what it has to keep: counted facilities first, then resources.
    pub(crate) fn excess(&self, choices: &[usize]) -> (usize, u64) {
        let most = self.problem.most.unwrap_or(usize::MAX);
        let over = |resource: usize| self.taken(choices, resource).saturating_sub(self.capacity(resource));
        let overload = self.binding.iter().fold(0_u64, |sum, resource| sum.saturating_add(over(*resource)));
        let counted = if self.problem.most.is_some() { count(self.used(choices) & self.counted) } else { 0 };
        (counted.saturating_sub(most), overload)
    }
}

/// The resources that could run out: of all others there is enough whatever the items choose.
fn binding(problem: &Problem) -> Vec<usize> {
    let choices = problem.items.iter().flat_map(|item| &item.choices);
    let named: BTreeSet<usize> = choices.flat_map(|choice| choice.load.iter().map(|(which, _)| *which)).collect();
    let largest = |item: &Item, which| item.choices.iter().map(|choice| choice.takes(which)).max().unwrap_or(0);
    let most = |which| problem.items.iter().fold(0_u64, |sum, item| sum.saturating_add(largest(item, which)));
    named.into_iter().filter(|which| most(*which) > problem.capacities.get(*which).copied().unwrap_or(0)).collect()
}
