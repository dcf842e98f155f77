//! The problem as the search needs it: costs that carry the first tie-break, and the forest in the order of a walk.

use crate::bits::{bit, count, sum};
use crate::node::{Node, Spot, Way};
use crate::presolve::{binding, spots};
use crate::problem::{Choice, Payments, Problem};

/// The bits below the cost that count facilities: 128 facilities fit.
const COUNTING_BITS: u32 = 8;

/// What all costs of a problem may come to, before the counting bits.
const MOST_COST: u64 = 1 << 52;

/// A cost with room below it for the number of counted facilities, so that one number compares both.
pub(crate) fn scaled(cost: u64, share: u64) -> u64 {
    cost.min(share) << COUNTING_BITS
}

/// The cost without the number of counted facilities.
pub(crate) fn unscaled(key: u64) -> u64 {
    key >> COUNTING_BITS
}

/// How an item hangs on its source, where keeping the two in step costs anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    pub(crate) source: usize,
    pub(crate) sync: u64,
}

/// A step of the walk through the forest: sources before their copies, and back.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Enter(usize),
    Leave(usize),
}

/// The problem as the search needs it.
pub(crate) struct Model<'a> {
    pub(crate) problem: &'a Problem,
    /// The scaled cost of each facility, with one more where it counts.
    pub(crate) weights: Vec<u64>,
    pub(crate) counted: u128,
    pub(crate) links: Vec<Option<Link>>,
    pub(crate) walk: Vec<Step>,
    /// How many homes there are.
    pub(crate) homes: usize,
    /// The resources that could run out.
    pub(crate) binding: Vec<usize>,
    pub(crate) spots: Vec<Spot>,
    share: u64,
}

/// An assignment and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plan {
    /// The scaled cost with the number of counted facilities. First, because plans compare in the order of the fields.
    pub(crate) key: u64,
    pub(crate) choices: Vec<usize>,
}

impl<'a> Model<'a> {
    /// Prepares a problem, unless an item has no choice left or the sources do not form a forest.
    pub(crate) fn new(problem: &'a Problem) -> Option<Self> {
        let costs = problem.facilities.len().saturating_add(problem.items.len().saturating_mul(2)).max(1);
        let share = MOST_COST.checked_div(u64::try_from(costs).ok()?)?;
        let weigh = |cost, counts| scaled(cost, share).saturating_add(u64::from(counts));
        let weights: Vec<u64> = problem.facilities.iter().map(|f| weigh(f.cost, f.counts)).collect();
        let counting = problem.facilities.iter().enumerate().filter(|(_, facility)| facility.counts);
        let counted = counting.fold(0, |mask, (index, _)| mask | bit(index));
        let link = |source, sync| Link { source, sync: scaled(sync, share) };
        let links: Vec<Option<Link>> =
            problem.items.iter().map(|item| item.source.map(|source| link(source, item.sync))).collect();
        // A cycle is a mistake even where it costs nothing, so the forest is walked before free links are cut.
        walk(&links)?;
        let links: Vec<Option<Link>> = links.into_iter().map(|link| link.filter(|link| link.sync > 0)).collect();
        let walk = walk(&links)?;
        let binding = binding(problem);
        let (spots, homes) = spots(problem, &weights, counted, &links, &binding, share)?;
        Some(Self { problem, weights, counted, links, walk, homes, binding, spots, share })
    }

    /// The node of all assignments, with what the items already pay.
    pub(crate) fn root(&self, payments: &[Payments]) -> Node {
        let mut spots = self.spots.clone();
        let mut slack = self.weights.clone();
        for (spot, payments) in spots.iter_mut().zip(payments) {
            for (facility, amount) in payments {
                let Some(slack) = slack.get_mut(*facility) else { continue };
                let amount = (*amount).min(*slack);
                *slack = slack.saturating_sub(amount);
                spot.pay(*facility, amount);
            }
        }
        Node { spots, open: 0, slack, toll: 0, bound: 0 }
    }

    /// An assignment like another: the same choices where they are offered, else what is cheapest beside them.
    pub(crate) fn like(&self, choices: &[usize]) -> Vec<usize> {
        let kept = |(spot, index): (&Spot, &usize)| spot.ways.iter().find(|way| way.index == *index).copied();
        let kept: Vec<Option<Way>> = self.spots.iter().zip(choices).map(kept).collect();
        let mut used = kept.iter().flatten().fold(0, |mask, way| mask | way.needs);
        let found = self.spots.iter().zip(kept).map(|(spot, kept)| {
            let price = |way: &&Way| way.price.saturating_add(sum(way.needs & !used, &self.weights));
            let way = kept.or_else(|| spot.ways.iter().min_by_key(price).copied());
            used |= way.map_or(0, |way| way.needs);
            way.map_or(0, |way| way.index)
        });
        found.collect()
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
            key = key.saturating_add(scaled(choice.cost, self.share));
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
        choices.fold(0, |sum, choice| sum.saturating_add(load(choice, resource)))
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

/// What a choice takes of a resource.
pub(crate) fn load(choice: &Choice, resource: usize) -> u64 {
    let loads = choice.load.iter().filter(|(which, _)| *which == resource);
    loads.fold(0, |sum, (_, amount)| sum.saturating_add(*amount))
}

/// Walks the forest, each item after its source; nothing where a source is missing or the sources go round.
fn walk(links: &[Option<Link>]) -> Option<Vec<Step>> {
    let mut copies = vec![Vec::new(); links.len()];
    for (item, link) in links.iter().enumerate() {
        if let Some(link) = link {
            copies.get_mut(link.source)?.push(item);
        }
    }
    let mut walk = Vec::new();
    let mut entered = 0_usize;
    let roots = links.iter().enumerate().filter(|(_, link)| link.is_none());
    for (root, _) in roots {
        let mut todo = vec![Step::Enter(root)];
        while let Some(step) = todo.pop() {
            walk.push(step);
            if let Step::Enter(item) = step {
                entered = entered.saturating_add(1);
                todo.push(Step::Leave(item));
                todo.extend(copies.get(item)?.iter().rev().map(|copy| Step::Enter(*copy)));
            }
        }
    }
    (entered == links.len()).then_some(walk)
}
