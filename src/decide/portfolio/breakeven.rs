//! How far an answer carries: the load at which a group is better held elsewhere.

use catalog::Database;
use catalog::units::{GrowthAmount, Span};
use catalog::vocabulary::{Amount, Quantity};
use solver::Solution;

use super::account::same;
use super::offer::{Item, misfit};
use super::points::Points;
use super::search::Search;
use crate::decide::assess::{Assessment, Bucket};
use crate::requirements::Change;

/// The load at which a kind of data would be held elsewhere.
#[derive(Debug, Clone)]
pub struct Until<'a> {
    /// What grows.
    pub quantity: Quantity,
    /// What there is now.
    pub now: Amount,
    /// The last load at which the answer stands.
    pub last: Amount,
    /// Where the data would be held then.
    pub then: Vec<&'a Database>,
    /// How long that takes at the growth that the file states.
    pub within: Option<Span>,
}

/// The largest load that is tried.
const LARGEST: u64 = 1 << 60;

/// For each quantity of an item of one kind of data that adds up, the load at which the answer no longer stands.
pub(super) fn until<'a>(search: &mut Search<'_, 'a, '_>, index: usize, best: &Solution) -> Vec<Until<'a>> {
    let Some(item) = search.items.get(index) else { return Vec::new() };
    let [member] = item.group.members.as_slice() else { return Vec::new() };
    let Some(ours) = best.choices.get(index).copied() else { return Vec::new() };
    let quantities = Quantity::ALL.iter().copied().filter(|quantity| quantity.adds_up());
    let stated = quantities.filter_map(|quantity| Some((quantity, member.profile.quantity(quantity)?)));
    stated.filter_map(|(quantity, now)| Growth { item, index, ours, quantity }.reach(search, now)).collect()
}

/// A quantity of an item that grows, and the offer that holds it today.
struct Growth<'g, 'a, 'f> {
    item: &'g Item<'a, 'f>,
    index: usize,
    ours: usize,
    quantity: Quantity,
}

impl<'a> Growth<'_, 'a, '_> {
    /// The least load at which the whole is cheaper with the item elsewhere, found by halving: what a fit costs only grows
    /// with the load.
    fn reach(&self, search: &mut Search<'_, 'a, '_>, Amount(now): Amount) -> Option<Until<'a>> {
        let step = self.quantity.step();
        let (mut low, mut high) = (now, LARGEST);
        let mut then = self.at(search, high)?;
        while high.saturating_sub(low) > step {
            let middle = low.midpoint(high);
            match self.at(search, middle) {
                Some(elsewhere) => (high, then) = (middle, elsewhere),
                None => low = middle,
            }
        }
        let last = Amount(high.saturating_sub(step).max(now));
        Some(Until { quantity: self.quantity, now: Amount(now), last, then, within: self.within(now, last.0) })
    }

    /// Where the item is held at a load, if that is elsewhere.
    fn at(&self, search: &mut Search<'_, 'a, '_>, load: u64) -> Option<Vec<&'a Database>> {
        let costs = self.costs(search, load);
        let here = search.offers(self.index).get(self.ours)?.candidate.databases();
        let choice = if costs.get(self.ours).is_some_and(Option::is_some) {
            let problem = search.with(self.index, &costs);
            *search.best(&problem).ok()??.choices.get(self.index)?
        } else {
            costs.iter().position(Option::is_some)?
        };
        let then = search.offers(self.index).get(choice)?.candidate.databases();
        (!same(&then, &here)).then_some(then)
    }

    /// What each offer costs at a load; nothing where it fits worse than the answer for the group alone does then.
    fn costs(&self, search: &Search<'_, 'a, '_>, load: u64) -> Vec<Option<Points>> {
        let context = search.network.context;
        let group = self.item.group.with(0, Change::Quantity(self.quantity, Amount(load)));
        let offers = self.item.offers.iter();
        let assessed: Vec<_> = offers.map(|offer| context.assess(&offer.candidate, &group, false)).collect();
        let own = assessed.first().map_or(Bucket::Unproven, Assessment::bucket);
        let costs = assessed.iter().map(|one| (one.bucket() <= own).then(|| misfit(one, context)));
        costs.collect()
    }

    /// How long it takes until a load has grown so far. A growth in bytes is of the data, one in records of its records and
    /// vectors; of those that it does not speak of, records and vectors grow as fast as the data does.
    fn within(&self, now: u64, then: u64) -> Option<Span> {
        let profile = &self.item.group.members.first()?.profile;
        let growth = profile.growth?;
        let pieces = matches!(self.quantity, Quantity::Records | Quantity::Vectors);
        let (base, added) = match growth.amount {
            GrowthAmount::Count(count) if pieces => (None, count.0),
            GrowthAmount::Bytes(bytes) if self.quantity == Quantity::DataSize => (None, bytes.0),
            GrowthAmount::Bytes(bytes) if pieces => (Some(profile.quantity(Quantity::DataSize)?), bytes.0),
            GrowthAmount::Count(_) | GrowthAmount::Bytes(_) => return None,
        };
        let left = u128::from(then.saturating_sub(now)).saturating_mul(u128::from(growth.period.span().0));
        let added = match base {
            None => u128::from(added),
            Some(Amount(base)) => {
                u128::from(added).saturating_mul(u128::from(now)).checked_div(u128::from(base)).unwrap_or_default()
            }
        };
        left.checked_div(added).and_then(|micros| u64::try_from(micros).ok()).map(Span)
    }
}
