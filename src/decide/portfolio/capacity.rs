//! Capacities: where a service ends, for the sum of all that it holds.

use catalog::Map;
use solver::Problem;

use super::demand::{Demand, Of};
use super::offer::Kind;

/// What all offers take of one thing: the kind of data, its choice, and the demand.
type Demands = Vec<(usize, usize, Demand)>;

/// What a resource is divided into where its size depends on the data, such as the vectors that memory bears by their
/// dimension.
const PARTS: u64 = 1_000_000_000;

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
