//! Flips: the smallest changes of one field that change the answer, found by trying.

use catalog::vocabulary::{Amount, Consistency, Durability, Flag, Quantity, Scale, Tenancy};

use super::check::Verdict;
use super::choose::Choice;
use super::consolidate::small_of;
use super::engine::{Engine, Limit};
use super::group::belongs;
use super::rule::Small;
use super::trial::Trial;
use crate::requirements::Change;

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

/// All flips of a member: each flag, each class, and of each quantity the nearest values at which the answer turns.
pub(super) fn flips(trial: &Trial<'_, '_, '_, '_>) -> Vec<Flip> {
    let Some(profile) = trial.profile() else { return Vec::new() };
    let flags = Flag::ALL.iter().map(|flag| Change::Flag(*flag, !profile.flag(*flag)));
    let durability = others(Durability::ALL, profile.durability).map(Change::Durability);
    let consistency = others(Consistency::ALL, profile.consistency).map(Change::Consistency);
    let scale = others(Scale::ALL, profile.scale).map(Change::Scale);
    let tenancy = others(Tenancy::ALL, profile.tenancy).map(Change::Tenancy);
    let single = flags.chain(durability).chain(consistency).chain(scale).chain(tenancy);
    let mut flips: Vec<_> = single.filter_map(|change| trial.flip(change)).collect();
    for quantity in Quantity::ALL.iter().filter(|quantity| !profile.is_overridden(**quantity)) {
        if belongs(profile, *quantity) {
            flips.extend(trial.of_quantity(*quantity));
        }
    }
    flips
}

/// The words of a field other than the one that is said.
fn others<T: Copy + PartialEq>(all: &[T], said: Option<T>) -> impl Iterator<Item = T> {
    all.iter().copied().filter(move |word| said != Some(*word))
}

/// An amount at which the answer turns, and what is decided there.
struct Turn<'a, 'f> {
    value: u64,
    then: Choice<'a, 'f>,
}

impl<'a, 'f> Trial<'_, 'a, 'f, '_> {
    fn flip(&self, change: Change) -> Option<Flip> {
        self.flip_to(change, &self.after(change)?)
    }

    fn flip_to(&self, change: Change, then: &Choice<'a, 'f>) -> Option<Flip> {
        (then.candidate != self.choice.candidate).then(|| Flip {
            change,
            databases: then.candidate.ids().iter().map(|id| (*id).to_owned()).collect(),
            verdict: then.assessment.verdict,
        })
    }

    /// The nearest values below and above at which the answer turns; of a quantity that is not stated the largest of the
    /// small ones with another answer, and the least of the large ones.
    fn of_quantity(&self, quantity: Quantity) -> Vec<Flip> {
        let step = quantity.step().max(1);
        let chosen = self.choice.candidate.engines.as_slice();
        let now = self.profile().and_then(|profile| profile.amount(quantity)).map(|Amount(now)| now);
        let found = match now {
            Some(now) => {
                // What is asked for less can go back to what it strained; what is asked for more strains what holds it.
                let (less, more) =
                    (self.bounds_of(quantity, &self.engines_that_matter()), self.bounds_of(quantity, chosen));
                let (below, above) = if quantity.is_harder_when_smaller() { (more, less) } else { (less, more) };
                let below = below.iter().rev().copied().filter(|bound| *bound < now && *bound > 0);
                let above = above.iter().map(|bound| bound.saturating_add(step)).filter(|point| *point > now);
                [self.first_turn(quantity, now, below), self.first_turn(quantity, now, above)]
            }
            None => {
                let past = self.bounds_of(quantity, chosen).into_iter().map(|bound| bound.saturating_add(step));
                self.turns_of_unknown(quantity, &std::iter::once(step).chain(past).collect::<Vec<_>>())
            }
        };
        let flip = |Turn { value, then }| self.flip_to(Change::Quantity(quantity, Amount(value)), &then);
        found.into_iter().flatten().filter_map(flip).collect()
    }

    fn turns_at(&self, quantity: Quantity, value: u64) -> bool {
        self.turn_at(quantity, value).is_some()
    }

    fn turn_at(&self, quantity: Quantity, value: u64) -> Option<Turn<'a, 'f>> {
        self.turn(Change::Quantity(quantity, Amount(value))).map(|then| Turn { value, then })
    }

    /// The bound up to which the answer is kept: the one that is given, or, where something else turns before it, the last
    /// one before that.
    pub(super) fn kept_up_to(&self, quantity: Quantity, given: Amount) -> Option<Amount> {
        if !self.turns_at(quantity, given.0) {
            return Some(given);
        }
        let bounds = self.bounds_of(quantity, &self.engines_that_matter());
        let keeps = |bound: &&u64| **bound > 0 && !self.turns_at(quantity, **bound);
        let kept = if quantity.is_harder_when_smaller() {
            bounds.iter().filter(|bound| **bound > given.0).find(keeps)
        } else {
            bounds.iter().rev().filter(|bound| **bound < given.0).find(keeps)
        };
        // A figure that others follow from, as a size does from records, turns the answer also between its own bounds.
        let keeps = |amount: &u64| !self.turns_at(quantity, *amount);
        let kept = kept
            .copied()
            .or_else(|| [easier(quantity, given), harder(quantity, given)].into_iter().flatten().find(keeps));
        kept.map(Amount)
    }

    /// The first value on a way at which the answer is another, seen from one where it is the same.
    fn first_turn(&self, quantity: Quantity, from: u64, way: impl Iterator<Item = u64>) -> Option<Turn<'a, 'f>> {
        let mut same = from;
        for point in way {
            if let Some(other) = self.turn_at(quantity, point) {
                return Some(self.border(quantity, same, other));
            }
            same = point;
        }
        None
    }

    fn turns_of_unknown(&self, quantity: Quantity, points: &[u64]) -> [Option<Turn<'a, 'f>>; 2] {
        let mut way = points.iter().copied();
        let mut below = None;
        for point in way.by_ref() {
            match self.turn_at(quantity, point) {
                Some(turn) => below = Some(turn),
                None => {
                    let below = below.map(|last| self.border(quantity, point, last));
                    return [below, self.first_turn(quantity, point, way)];
                }
            }
        }
        [below, None]
    }

    /// The first value with another answer on the way from where it is the same to where it is not: most often right at a
    /// bound, else to three digits.
    fn border(&self, quantity: Quantity, mut same: u64, mut other: Turn<'a, 'f>) -> Turn<'a, 'f> {
        const DIGITS: u64 = 500;
        let step = quantity.step().max(1);
        // A bound may itself belong to what is past it, and rounding moves those that are reckoned.
        for back in [step, step, step.max(other.value.div_euclid(DIGITS))] {
            if same.abs_diff(other.value) <= back {
                break;
            }
            let less = same < other.value;
            let nearer = if less { other.value.saturating_sub(back) } else { other.value.saturating_add(back) };
            match self.turn_at(quantity, nearer) {
                Some(turn) => other = turn,
                None => same = nearer,
            }
        }
        let step = step.max(same.min(other.value).div_euclid(DIGITS));
        while same.abs_diff(other.value) > step {
            let middle = rounded(same.midpoint(other.value), step);
            if middle <= same.min(other.value) || middle >= same.max(other.value) {
                break;
            }
            match self.turn_at(quantity, middle) {
                Some(turn) => other = turn,
                None => same = middle,
            }
        }
        other
    }

    /// The amounts past which something may turn, in order: where the tree asks, where the engines that matter begin to
    /// strain, stop being bearable and end, where something stops being small.
    fn bounds_of(&self, quantity: Quantity, engines: &[&'f Engine<'a>]) -> Vec<u64> {
        let step = quantity.step().max(1);
        let asked = self.context.turning_points(quantity).flat_map(|point| [point.saturating_sub(step), point]);
        let mut bounds: Vec<u64> = asked.collect();
        for engine in engines {
            bounds.extend(self.bounds(engine, quantity));
        }
        let proposed = self.choice.proposal.candidate.engines.iter().copied();
        let smalls = proposed.chain(engines.iter().copied()).filter_map(small_of);
        let limits = smalls.flat_map(Small::limits).filter(|(of, _)| *of == quantity);
        bounds.extend(limits.map(|(_, Amount(most))| most));
        if quantity.is_harder_when_smaller() {
            // What is harder the smaller it is turns just below its bounds.
            bounds =
                bounds.into_iter().flat_map(|bound| [bound.saturating_sub(step.saturating_add(step)), bound]).collect();
        }
        bounds.sort_unstable();
        bounds.dedup();
        bounds
    }

    /// What holds it, what the tree proposes, and the core.
    fn engines_that_matter(&self) -> Vec<&'f Engine<'a>> {
        let mut engines: Vec<&'f Engine<'a>> = Vec::new();
        let chosen = self.choice.candidate.engines.iter().copied();
        let proposed = self.choice.proposal.candidate.engines.iter().copied();
        for engine in chosen.chain(proposed).chain(self.context.core()) {
            if !engines.iter().any(|known| known.index == engine.index) {
                engines.push(engine);
            }
        }
        engines
    }

    fn bounds(&self, engine: &'f Engine<'a>, quantity: Quantity) -> impl Iterator<Item = u64> {
        let member = self.group.members.get(self.member);
        let several = self.group.spreads() || self.choice.needs_several_nodes;
        let end = member.and_then(|member| match self.context.limit(engine, quantity, member.asked(engine, several)) {
            Limit::Ends(end) => Some((end.strained.0, end.exceeds.0)),
            Limit::Unbounded(_) | Limit::Unknown => None,
        });
        end.into_iter().flat_map(move |(strained, exceeds)| {
            let [twice, third] = ends_of_bearing(quantity, strained, exceeds);
            [twice, third, on_the_way(strained, exceeds, 2.0 / 3.0), exceeds]
        })
    }
}

/// The last amounts that are bearable: below twice where strain begins, and in the first third of the way.
pub(super) fn ends_of_bearing(quantity: Quantity, strained: u64, exceeds: u64) -> [u64; 2] {
    let step = quantity.step();
    let twice = if exceeds < strained {
        (strained / 2).saturating_add(step)
    } else {
        strained.saturating_mul(2).saturating_sub(step)
    };
    [twice, on_the_way(strained, exceeds, 1.0 / 3.0)]
}

/// A value in whole steps.
fn rounded(value: u64, step: u64) -> u64 {
    value.checked_div(step).unwrap_or(value).saturating_mul(step)
}

/// Amounts that ask for less and less than a given one.
fn easier(quantity: Quantity, given: Amount) -> Vec<u64> {
    if quantity.is_harder_when_smaller() { doubled(quantity, given) } else { halved(given) }
}

/// Amounts that ask for more and more.
fn harder(quantity: Quantity, given: Amount) -> Vec<u64> {
    if quantity.is_harder_when_smaller() { halved(given) } else { doubled(quantity, given) }
}

/// How often an amount is halved or doubled, to find one that keeps the answer.
const STEPS: usize = 16;

fn halved(Amount(given): Amount) -> Vec<u64> {
    std::iter::successors(Some(given / 2), |amount| Some(amount / 2))
        .take_while(|amount| *amount > 0)
        .take(STEPS)
        .collect()
}

fn doubled(quantity: Quantity, Amount(given): Amount) -> Vec<u64> {
    let next = given.checked_add(quantity.step());
    let doubled = std::iter::successors(given.checked_mul(2), |amount| amount.checked_mul(2)).take(STEPS);
    next.into_iter().chain(doubled).collect()
}

/// A part of the way from one bound to the other, in the logarithm.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a point from which the exact one is found by halving"
)]
fn on_the_way(strained: u64, exceeds: u64, part: f64) -> u64 {
    let (from, to) = (strained.max(1) as f64, exceeds.max(1) as f64);
    (from.ln() + (to.ln() - from.ln()) * part).exp() as u64
}
