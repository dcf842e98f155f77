//! How far an answer carries: the load at which a kind of data is better held elsewhere.

use catalog::Database;
use catalog::units::{GrowthAmount, Span};
use catalog::vocabulary::{Amount, Quantity};
use solver::Solution;

use super::account::{chosen, databases, same};
use super::offer::{Kind, Offer, offer};
use super::points::Points;
use super::search::Search;
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

/// How often the load is raised to what the answer bears at least.
const STEPS: usize = 12;

/// The largest load that is tried.
const LARGEST: u64 = 1 << 60;

/// For each quantity of a kind of data that adds up, the load at which the answer no longer stands.
pub(super) fn until<'a>(search: &mut Search<'_, 'a, '_>, index: usize, best: &Solution) -> Vec<Until<'a>> {
    let Some(kind) = search.kinds.get(index).cloned().filter(|kind| !kind.pinned) else { return Vec::new() };
    let Some(ours) = chosen(&search.kinds, &best.choices).get(index).copied().cloned() else { return Vec::new() };
    let Ok(elsewhere) = search.elsewhere(search.problem(), index, &ours) else { return Vec::new() };
    let margin = elsewhere.map(|elsewhere| elsewhere.over(Points::of_units(best.cost)));
    let quantities = Quantity::ALL.iter().copied().filter(|quantity| quantity.adds_up());
    let growths = quantities.map(|quantity| Growth { kind: &kind, index, quantity, ours: &ours });
    growths.filter_map(|growth| growth.reach(search, margin)).collect()
}

/// A quantity of a kind of data that grows, and the offer that holds the data today.
#[derive(Clone, Copy)]
struct Growth<'g, 'a, 'f> {
    kind: &'g Kind<'a, 'f>,
    index: usize,
    quantity: Quantity,
    ours: &'g Offer<'a, 'f>,
}

impl<'a, 'f> Growth<'_, 'a, 'f> {
    /// Raises the load step by step: at least until the misfit has grown by what the second best costs more, for nothing
    /// that grows makes the others cheaper. Then everything is decided anew.
    fn reach(self, search: &mut Search<'_, 'a, 'f>, mut margin: Option<Points>) -> Option<Until<'a>> {
        let Self { kind, index, quantity, ours } = self;
        let Amount(now) = kind.profile.quantity(quantity)?;
        let mut load = now;
        for _ in 0..STEPS {
            let next = self.bears(search, load, margin)?;
            let raised = self.raised(search, next);
            if !raised.offers.iter().any(|offer| offer.fits) {
                // No other place bears it either.
                return None;
            }
            let problem = search.with(index, &raised);
            let best = search.best(&problem).ok()??;
            let then = databases(raised.offers.get(*best.choices.get(index)?)?);
            if !same(&then, &databases(ours)) {
                let last = Amount(next.saturating_sub(quantity.step()).max(now));
                let within = self.within(now, last.0);
                return Some(Until { quantity, now: Amount(now), last, then, within });
            }
            let elsewhere = search.elsewhere(problem, index, ours).ok()?;
            margin = elsewhere.map(|elsewhere| elsewhere.over(Points::of_units(best.cost)));
            load = next;
        }
        None
    }

    /// The kind of data with another load.
    fn raised(self, search: &Search<'_, 'a, 'f>, load: u64) -> Kind<'a, 'f> {
        let Self { kind, quantity, .. } = self;
        let profile = kind.profile.with(Change::Quantity(quantity, Amount(load)));
        let network = search.network;
        let offers = kind.offers.iter();
        let offers = offers.map(|other| offer(other.candidate.clone(), &profile, network.context, &network.weights));
        Kind { offers: offers.collect(), profile, ..*kind }
    }

    /// The smallest load at which the offer no longer fits, or has become dearer by more than a margin; nothing where it
    /// bears any.
    fn bears(self, search: &Search<'_, 'a, 'f>, from: u64, margin: Option<Points>) -> Option<u64> {
        let Self { kind, quantity, ours, .. } = self;
        let network = search.network;
        let at = |load: u64| {
            let profile = kind.profile.with(Change::Quantity(quantity, Amount(load)));
            offer(ours.candidate.clone(), &profile, network.context, &network.weights)
        };
        let before = at(from).misfit;
        let gives_way = |load: u64| {
            let then = at(load);
            !then.fits || margin.is_some_and(|margin| then.misfit.over(before) > margin)
        };
        let (mut low, mut high) = (from, LARGEST);
        if !gives_way(high) {
            return None;
        }
        while high.saturating_sub(low) > quantity.step() {
            let middle = low.midpoint(high);
            if gives_way(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }

    /// How long it takes until a load has grown so far. A growth in bytes is of the data, one in records of its records and
    /// vectors; of those that it does not speak of, records and vectors grow as fast as the data does.
    fn within(self, now: u64, then: u64) -> Option<Span> {
        let Self { kind, quantity, .. } = self;
        let growth = kind.data.growth.as_ref()?.value;
        let pieces = matches!(quantity, Quantity::Records | Quantity::Vectors);
        let (base, added) = match growth.amount {
            GrowthAmount::Count(count) if pieces => (None, count.0),
            GrowthAmount::Bytes(bytes) if quantity == Quantity::DataSize => (None, bytes.0),
            GrowthAmount::Bytes(bytes) if pieces => (Some(kind.profile.quantity(Quantity::DataSize)?), bytes.0),
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
