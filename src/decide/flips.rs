//! Flips: the smallest changes of one field that change the answer, found by trying.

use catalog::Limit;
use catalog::vocabulary::{Amount, Consistency, Durability, Flag, Quantity, Scale};
use smallvec::SmallVec;

use super::candidate::Candidate;
use super::check::{Verdict, far_past, passes};
use super::choose::Chooser;
use super::context::{Engine, Reckoned, Threshold, bit};
use super::load::Counted;
use super::needs::Needs;
use crate::requirements::{Change, Profile};

/// A change of one field, and the answer after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// The change.
    pub change: Change,
    /// The databases that would be chosen then.
    pub databases: Vec<String>,
    /// How well they would fit.
    pub verdict: Verdict,
}

/// All flips of a kind of data: each flag, each class, and of each quantity the nearest value below and above.
pub(super) fn flips(chooser: Chooser<'_, '_, '_>, profile: &Profile) -> Vec<Flip> {
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
struct Trial<'a, 'f, 'l, 'p> {
    chooser: Chooser<'a, 'f, 'l>,
    profile: &'p Profile,
    now: SmallVec<[&'a str; 2]>,
    /// The engines that could be chosen for some figures, by their place: only their bounds can turn the answer.
    eligible: Vec<bool>,
}

impl<'a, 'f, 'l, 'p> Trial<'a, 'f, 'l, 'p> {
    fn new(chooser: Chooser<'a, 'f, 'l>, profile: &'p Profile) -> Option<Self> {
        let now = chooser.place(profile)?.ids();
        let context = chooser.context;
        let asked = Needs::of(profile);
        let mut eligible: Vec<bool> = context.engines().map(|engine| engine.is_eligible(asked)).collect();
        let together = chooser.answers.iter().filter(|answer| answer.engines.len() > 1);
        for answer in together.filter(|answer| answer.is_eligible(asked)) {
            for engine in &answer.engines {
                if let Some(eligible) = eligible.get_mut(engine.index) {
                    *eligible = true;
                }
            }
        }
        Some(Self { chooser, profile, now, eligible })
    }

    /// What the tree can arrive at as a quantity varies.
    fn arrivals(&self, quantity: Quantity) -> Vec<&'l Candidate<'a, 'f>> {
        let points = self.chooser.context.tree.turning_points(quantity).flat_map(|(a, b)| [a, b]);
        let varied = points.map(|point| self.profile.with(Change::Quantity(quantity, Amount(point))));
        let arrived =
            varied.chain([self.profile.clone()]).filter_map(|profile| self.chooser.context.tree.arrive(&profile));
        let mut places: Vec<usize> = arrived.collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|place| self.chooser.answers.get(place)).collect()
    }

    /// The values of a quantity for which something may take the place of the walk's answer: the bounds of other
    /// databases turn nothing while the walk's own answer holds.
    fn open_to_others(&self, quantity: Quantity, arrivals: &[&Candidate<'a, 'f>]) -> Open {
        let Chooser { context, load, .. } = self.chooser;
        if context.has_preferences() {
            return Open::Everywhere;
        }
        let unknown = self.profile.without(quantity);
        let mut open = Open::Nowhere;
        for arrival in arrivals {
            if context.verdict(arrival, &unknown, load) == Verdict::Exceeds {
                return Open::Everywhere;
            }
            for engine in &arrival.engines {
                let dimension = load.dimension(engine, self.profile);
                for (limit, threshold) in self.ends(engine) {
                    if moves(quantity, limit, threshold) {
                        return Open::Everywhere;
                    }
                    if limit.what == quantity
                        && let Some(bound) = context.bound(quantity, threshold, self.profile, dimension)
                    {
                        let before = load.before(engine, self.profile, Counted::by(limit));
                        open = open.or_past(quantity, bound.amount.0.saturating_sub(before));
                    }
                }
            }
        }
        open
    }

    /// The flip that a change makes, if it makes one.
    fn flip(&self, change: Change) -> Option<Flip> {
        let changed = self.profile.with(change);
        let placed = self.chooser.place(&changed)?;
        if placed.ids() == self.now {
            return None;
        }
        let verdict = self.chooser.verdict(&placed, &changed);
        Some(Flip { change, databases: placed.ids().into_iter().map(String::from).collect(), verdict })
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
        let mut points: Vec<u64> =
            self.chooser.context.tree.turning_points(quantity).flat_map(|(a, b)| [a, b]).collect();
        let arrivals = self.arrivals(quantity);
        let open = self.open_to_others(quantity, &arrivals);
        // Any database may replace one of several, so there all of them concern us.
        let several = arrivals.iter().any(|arrival| arrival.engines.len() > 1);
        let eligible = |engine: &&Engine<'a>| several || self.eligible.get(engine.index).copied().unwrap_or(true);
        if open != Open::Nowhere {
            let concerned = |engine: &&Engine<'a>| engine.concerns & bit(quantity) != 0;
            for engine in self.chooser.context.engines().filter(concerned).filter(eligible) {
                self.turning_points_of(engine, quantity, &mut points);
            }
            points.retain(|point| open.has(quantity, *point) || self.is_asked(quantity, *point));
        }
        points.sort_unstable();
        points.dedup();
        points
    }

    /// Whether the tree's own questions turn at a value.
    fn is_asked(&self, quantity: Quantity, point: u64) -> bool {
        self.chooser.context.tree.turning_points(quantity).any(|(a, b)| a == point || b == point)
    }

    /// The values at which a bound of a database turns, or its double, which ranks what takes another's place.
    fn turning_points_of(&self, engine: &'f Engine<'a>, quantity: Quantity, points: &mut Vec<u64>) {
        let mut turn = |of: Counted, bound: Amount| {
            let before = self.chooser.load.before(engine, self.profile, of);
            for Amount(bound) in [bound, far_past(quantity, bound)] {
                points.extend(sides(quantity, bound.saturating_sub(before)));
            }
        };
        for (need, _, amount) in engine.served_up_to.iter().filter(|(_, what, _)| *what == quantity) {
            turn(Counted::served(*need, quantity), *amount);
        }
        let dimension = self.chooser.load.dimension(engine, self.profile);
        for (limit, threshold) in self.thresholds(engine, |limit, _| limit.what == quantity) {
            let bound = self.chooser.context.bound(quantity, threshold, self.profile, dimension);
            bound.into_iter().for_each(|bound| turn(Counted::by(limit), bound.amount));
        }
        for (limit, threshold) in self.thresholds(engine, |limit, threshold| moves(quantity, limit, threshold)) {
            points.extend(self.indirect(engine, limit, threshold, quantity));
        }
    }

    /// The bounds past which a database cannot hold the data.
    fn ends(&self, engine: &'f Engine<'a>) -> impl Iterator<Item = (&'a Limit, &'f Threshold<'a>)> {
        let ends = engine.limits.iter().filter_map(|reckoned| Some((reckoned.limit, reckoned.exceeds.as_ref()?)));
        ends.filter(|(limit, _)| limit.when.is_none_or(|flag| self.profile.flag(flag)))
    }

    /// The bounds of a database that concern the data and that a test picks.
    fn thresholds(
        &self,
        engine: &'f Engine<'a>,
        picks: impl Fn(&Limit, &Threshold<'a>) -> bool,
    ) -> impl Iterator<Item = (&'a Limit, &'f Threshold<'a>)> {
        let bounds = engine.limits.iter().flat_map(|Reckoned { limit, strained, exceeds }| {
            strained.iter().chain(exceeds.as_ref()).map(move |threshold| (*limit, threshold))
        });
        bounds.filter(move |(limit, threshold)| {
            picks(limit, threshold) && limit.when.is_none_or(|flag| self.profile.flag(flag))
        })
    }

    /// The values of a quantity at which a bound that it moves is just met, or just met by the double.
    fn indirect(&self, engine: &Engine<'a>, limit: &Limit, threshold: &Threshold<'a>, quantity: Quantity) -> Vec<u64> {
        let past = |value: u64, double: bool| {
            let profile = self.profile.with(Change::Quantity(quantity, Amount(value)));
            let own = profile.quantity(limit.what)?;
            let total = self.chooser.load.total(engine, &profile, Counted::by(limit), own);
            let dimension = self.chooser.load.dimension(engine, &profile);
            let bound = self.chooser.context.bound(limit.what, threshold, &profile, dimension)?.amount;
            let bound = if double { far_past(limit.what, bound) } else { bound };
            Some(passes(limit.what, total, bound))
        };
        let turns = [false, true].map(|double| turn(quantity.step(), |value| past(value, double).unwrap_or(false)));
        turns.into_iter().flatten().flatten().collect()
    }
}

/// The values on either side of the one at which something turns, found by halving: it turns once, since a bound falls
/// or rises with the quantity throughout.
fn turn(step: u64, holds: impl Fn(u64) -> bool) -> Option<[u64; 2]> {
    const LARGEST: u64 = 1 << 40;
    let (mut low, mut high) = (step, LARGEST);
    let at_low = holds(low);
    if at_low == holds(high) {
        return None;
    }
    while high.saturating_sub(low) > step {
        let middle = low.midpoint(high);
        if holds(middle) == at_low { low = middle } else { high = middle }
    }
    Some([low, high])
}

/// For which values of a quantity the walk's answer may have to make way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// For none.
    Nowhere,
    /// For those past a bound, and the last before it.
    Past(u64),
    /// For all.
    Everywhere,
}

impl Open {
    /// Those and the values past a bound.
    fn or_past(self, quantity: Quantity, bound: u64) -> Self {
        match self {
            Self::Everywhere => Self::Everywhere,
            Self::Nowhere => Self::Past(bound),
            Self::Past(other) if quantity.is_harder_when_smaller() => Self::Past(other.max(bound)),
            Self::Past(other) => Self::Past(other.min(bound)),
        }
    }

    fn has(self, quantity: Quantity, value: u64) -> bool {
        match self {
            Self::Nowhere => false,
            Self::Everywhere => true,
            Self::Past(bound) if quantity.is_harder_when_smaller() => value <= bound,
            Self::Past(bound) => value >= bound,
        }
    }
}

/// Whether a quantity moves a bound: it stands in the formula, or, as the number of vectors does beside others, it
/// weighs in the mean dimension that does.
fn moves(quantity: Quantity, limit: &Limit, threshold: &Threshold<'_>) -> bool {
    let weighs = quantity == Quantity::Vectors && limit.what == quantity && threshold.depends_on(Quantity::Dimension);
    threshold.depends_on(quantity) || weighs
}

/// The last value on one side of a bound and the first on the other.
fn sides(quantity: Quantity, bound: u64) -> [u64; 2] {
    let step = quantity.step();
    if quantity.is_harder_when_smaller() {
        [bound.saturating_sub(step), bound]
    } else {
        [bound, bound.saturating_add(step)]
    }
}
