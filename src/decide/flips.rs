//! Flips: the smallest changes of one field that change the answer, found by trying.

use smallvec::SmallVec;

use super::check::passes;
use super::choose::Chooser;
use super::facts::{Engine, Reckoned, Threshold};
use super::load::Counted;
use crate::catalog::Limit;
use crate::requirements::{Change, Profile};
use crate::vocabulary::{Amount, Consistency, Durability, Flag, Quantity, Scale};

/// A change of one field, and the answer after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// The change.
    pub change: Change,
    /// The databases that would be chosen then.
    pub databases: Vec<String>,
}

/// All flips of a kind of data: each flag, each class, and of each quantity the nearest value below and above.
pub(super) fn flips(chooser: Chooser<'_, '_>, profile: &Profile) -> Vec<Flip> {
    let Some(trial) = Trial::new(chooser, profile) else { return Vec::new() };
    let flags = Flag::ALL.iter().map(|flag| Change::Flag(*flag, !profile.flag(*flag)));
    let durability = Durability::ALL.iter().map(|durability| Change::Durability(*durability));
    let consistency = Consistency::ALL.iter().map(|consistency| Change::Consistency(*consistency));
    let scale = Scale::ALL.iter().map(|scale| Change::Scale(*scale));
    let single = flags.chain(durability).chain(consistency).chain(scale);
    let mut flips: Vec<_> = single.filter_map(|change| trial.flip(change)).collect();
    for quantity in Quantity::ALL.iter().filter(|quantity| !profile.is_overridden(**quantity)) {
        flips.extend(trial.of_quantity(*quantity));
    }
    flips
}

/// A kind of data as it is, to be held against what it would be.
struct Trial<'a, 'f, 'p> {
    chooser: Chooser<'a, 'f>,
    profile: &'p Profile,
    now: SmallVec<[&'a str; 2]>,
}

impl<'a, 'f, 'p> Trial<'a, 'f, 'p> {
    fn new(chooser: Chooser<'a, 'f>, profile: &'p Profile) -> Option<Self> {
        let now = chooser.databases(profile)?;
        Some(Self { chooser, profile, now })
    }

    /// The flip that a change makes, if it makes one.
    fn flip(&self, change: Change) -> Option<Flip> {
        let then = self.chooser.databases(&self.profile.with(change))?;
        if then == self.now {
            return None;
        }
        Some(Flip { change, databases: then.into_iter().map(String::from).collect() })
    }

    /// The nearest flips of a quantity: below and above its value, or where it is unknown, the largest of the small
    /// values and the smallest of the large ones that change the answer.
    fn of_quantity(&self, quantity: Quantity) -> Vec<Flip> {
        let points = self.turning_points(quantity);
        let try_out = |amount: &u64| self.flip(Change::Quantity(quantity, Amount(*amount)));
        match self.profile.quantity(quantity) {
            Some(Amount(value)) => {
                let below = points.iter().rev().filter(|amount| **amount < value).find_map(try_out);
                let above = points.iter().filter(|amount| **amount > value).find_map(try_out);
                below.into_iter().chain(above).collect()
            }
            None => {
                let low: Vec<_> = points.iter().map_while(try_out).collect();
                let above = points.iter().skip(low.len()).find_map(try_out);
                low.into_iter().next_back().into_iter().chain(above).collect()
            }
        }
    }

    /// The values of a quantity at which some comparison turns, from both sides, in order.
    fn turning_points(&self, quantity: Quantity) -> Vec<u64> {
        let mut points: Vec<u64> = self.chooser.tree.turning_points(quantity).flat_map(|(a, b)| [a, b]).collect();
        for engine in self.chooser.facts.engines() {
            let mut turn = |flag: Option<Flag>, bound: Amount| {
                let before = self.chooser.load.before(engine, self.profile, Counted { quantity, flag });
                points.extend(sides(quantity, bound.0.saturating_sub(before)));
            };
            for (need, _, amount) in engine.served_up_to.iter().filter(|(_, what, _)| *what == quantity) {
                turn(Flag::named(need.name()), *amount);
            }
            for (limit, threshold) in self.thresholds(engine, |limit, _| limit.what == quantity) {
                let bound = self.chooser.facts.bound(quantity, threshold, self.profile);
                bound.into_iter().for_each(|bound| turn(limit.when, bound.amount));
            }
            for (limit, threshold) in self.thresholds(engine, |_, threshold| threshold.depends_on(quantity)) {
                points.extend(self.indirect(engine, limit, threshold, quantity));
            }
        }
        points.sort_unstable();
        points.dedup();
        points
    }

    /// The bounds of a database that concern the data and that a test picks.
    fn thresholds(
        &self,
        engine: &'f Engine<'a>,
        picks: impl Fn(&Limit, &Threshold<'a>) -> bool,
    ) -> impl Iterator<Item = (&'a Limit, &'f Threshold<'a>)> {
        let bounds = engine.limits.iter().flat_map(|Reckoned { limit, strained, exceeds }| {
            strained.iter().chain(exceeds).map(move |threshold| (*limit, threshold))
        });
        bounds.filter(move |(limit, threshold)| {
            picks(limit, threshold) && limit.when.is_none_or(|flag| self.profile.flag(flag))
        })
    }

    /// The values of a quantity at which another's bound, which depends on it, is just met: found by halving, since
    /// a bound falls or rises with the quantity throughout.
    fn indirect(&self, engine: &Engine<'a>, limit: &Limit, threshold: &Threshold<'a>, quantity: Quantity) -> Vec<u64> {
        const LARGEST: u64 = 1 << 40;
        let Some(own) = self.profile.quantity(limit.what) else { return Vec::new() };
        let of = Counted { quantity: limit.what, flag: limit.when };
        let total = self.chooser.load.total(engine, self.profile, of, own);
        let past = |value: u64| {
            let profile = self.profile.with(Change::Quantity(quantity, Amount(value)));
            let bound = self.chooser.facts.bound(limit.what, threshold, &profile);
            bound.is_some_and(|bound| passes(limit.what, total, bound.amount))
        };
        let (mut low, mut high) = (quantity.step(), LARGEST);
        let at_low = past(low);
        if at_low == past(high) {
            return Vec::new();
        }
        while high.saturating_sub(low) > quantity.step() {
            let middle = low.midpoint(high);
            if past(middle) == at_low { low = middle } else { high = middle }
        }
        vec![low, high]
    }
}

/// The last value on one side of a bound and the first on the other.
fn sides(quantity: Quantity, bound: u64) -> [u64; 2] {
    let step = quantity.step();
    match quantity.is_harder_when_smaller() {
        true => [bound.saturating_sub(step), bound],
        false => [bound, bound.saturating_add(step)],
    }
}
