//! Capacities: where a service ends, for the sum of all that it holds.

use solver::Problem;

use super::offer::Kind;
use crate::catalog::{Limit, Map};
use crate::decide::candidate::Candidate;
use crate::decide::facts::{Engine, Facts};
use crate::decide::load::Role;
use crate::requirements::Profile;
use crate::vocabulary::{Amount, Scale};

/// What an offer takes of something that there is only so much of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    of: Of,
    own: u64,
    bound: u64,
}

/// What there is so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Of {
    /// The disk of the host.
    Host,
    /// What a service ends at: the database and the number of its limit, and the role where each has its service.
    Service(usize, usize, Option<&'static str>),
}

/// What all offers take of one thing: the kind of data, its choice, and the demand.
type Demands = Vec<(usize, usize, Demand)>;

/// What a resource is divided into where its size depends on the data, such as the vectors that memory bears by their
/// dimension.
const PARTS: u64 = 1_000_000_000;

/// What a candidate takes for a kind of data. A bound that rests on a guess is none.
pub(super) fn demands<'a>(candidate: &Candidate<'a, '_>, profile: &Profile, facts: &Facts<'a>) -> Vec<Demand> {
    let mut demands: Vec<Demand> = Vec::new();
    for engine in candidate.engines.iter() {
        let role = Role::of(profile).suffix(engine.database);
        for (number, reckoned) in engine.limits.iter().enumerate().filter(|(_, reckoned)| reckoned.limit.what.adds_up())
        {
            let Some(threshold) = &reckoned.exceeds else { continue };
            let Some(Amount(own)) = counted(candidate, profile, engine, reckoned.limit) else { continue };
            let bound = facts.bound(reckoned.limit.what, threshold, profile, profile.mean_dimension());
            let Some(bound) = bound.filter(|bound| !bound.assumed) else { continue };
            let of = if reckoned.limit.whole_host { Of::Host } else { Of::Service(engine.index, number, role) };
            match demands.iter_mut().find(|demand| demand.of == of) {
                // Several databases of one candidate may each take of the host.
                Some(same) => same.own = same.own.saturating_add(own),
                None => demands.push(Demand { of, own, bound: bound.amount.0 }),
            }
        }
    }
    demands
}

/// What a kind of data takes of a limit, where it counts in it.
fn counted<'a>(candidate: &Candidate<'a, '_>, profile: &Profile, engine: &Engine<'a>, limit: &Limit) -> Option<Amount> {
    let concerned = limit.when.is_none_or(|flag| profile.flag(flag));
    let spread = limit.single_node && profile.scale.is_some_and(Scale::spreads);
    let carried = candidate.is_carried_by(limit.what, engine);
    profile.quantity(limit.what).filter(|_| concerned && !spread && carried)
}

/// Limits a problem to what there is, where that could ever be too little.
pub(super) fn limit(problem: &mut Problem, kinds: &[&Kind<'_, '_>]) {
    let mut resources: Map<Of, Demands> = Map::default();
    for (index, kind) in kinds.iter().enumerate() {
        for (choice, offer) in kind.open().filter(|(_, offer)| !offer.beyond) {
            for demand in &offer.demands {
                resources.entry(demand.of).or_default().push((index, choice, *demand));
            }
        }
    }
    for demands in resources.values() {
        bound(problem, kinds, demands);
    }
}

/// Limits a problem to one resource. What has nowhere else to go stays even where it is too much, and leaves room for
/// nothing else.
fn bound(problem: &mut Problem, kinds: &[&Kind<'_, '_>], demands: &Demands) {
    let bound = demands.iter().map(|(.., demand)| demand.bound).min().unwrap_or(u64::MAX);
    let even = demands.iter().all(|(.., demand)| demand.bound == bound);
    let capacity = if even { bound } else { PARTS };
    let load = |demand: &Demand| if even { demand.own } else { share(demand.own, demand.bound) };
    let (mut most, mut fixed) = (0u64, 0u64);
    for of_one in demands.chunk_by(|(one, ..), (other, ..)| one == other) {
        let largest = of_one.iter().map(|(.., demand)| load(demand)).max().unwrap_or(0);
        most = most.saturating_add(largest);
        let kind = of_one.first().and_then(|(kind, ..)| kinds.get(*kind));
        if kind.is_some_and(|kind| kind.open().count() == 1) {
            fixed = fixed.saturating_add(largest);
        }
    }
    if most <= capacity {
        return;
    }
    let resource = problem.capacities.len();
    problem.capacities.push(capacity.max(fixed));
    for (kind, choice, demand) in demands {
        let choice = problem.items.get_mut(*kind).and_then(|item| item.choices.get_mut(*choice));
        if let Some(choice) = choice {
            choice.load.push((resource, load(demand)));
        }
    }
}

/// The part of a bound that is taken, rounded up.
fn share(own: u64, bound: u64) -> u64 {
    let parts = u128::from(own).saturating_mul(u128::from(PARTS)).div_ceil(u128::from(bound.max(1)));
    u64::try_from(parts).unwrap_or(u64::MAX)
}
