//! Capacities: where a service ends, for the sum of all that it holds.

use super::network::Network;
use super::offer::{Kind, Offer};
use super::solver::Problem;
use crate::catalog::Limit;
use crate::decide::facts::Engine;
use crate::vocabulary::{Amount, Scale};

/// What there is only so much of, and what the offers take of it.
pub(super) struct Resource<'a> {
    of: Of<'a>,
    demands: Vec<Demand>,
}

/// What there is so much of.
enum Of<'a> {
    /// The disk of the host.
    Host,
    /// What a service ends at.
    Service(usize, &'a Limit),
}

/// What an offer takes, and of how much.
struct Demand {
    kind: usize,
    choice: usize,
    own: u64,
    bound: u64,
}

/// What a resource is divided into where its size depends on the data, such as the vectors that memory bears by their
/// dimension.
const PARTS: u64 = 1_000_000_000;

impl Of<'_> {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Host, Self::Host) => true,
            (Self::Service(one, limit), Self::Service(two, other)) => one == two && std::ptr::eq(*limit, *other),
            _ => false,
        }
    }
}

/// All that some kinds of data take of anything. A bound that rests on a guess is none.
pub(super) fn resources<'a>(network: &Network<'a, '_>, kinds: &[Kind<'a, '_>]) -> Vec<Resource<'a>> {
    let mut resources: Vec<Resource<'a>> = Vec::new();
    for (index, kind) in kinds.iter().enumerate() {
        for (choice, offer) in kind.offers.iter().enumerate().filter(|(_, offer)| !offer.beyond) {
            for engine in offer.candidate.engines.iter() {
                let Some(service) = network.service(engine, &kind.profile) else { continue };
                for (limit, own, bound) in demands(network, kind, offer, engine) {
                    let of = if limit.whole_host { Of::Host } else { Of::Service(service, limit) };
                    let demand = Demand { kind: index, choice, own, bound };
                    match resources.iter_mut().find(|resource| resource.of.is(&of)) {
                        Some(resource) => resource.add(demand),
                        None => resources.push(Resource { of, demands: vec![demand] }),
                    }
                }
            }
        }
    }
    resources
}

/// The limits of a database that a kind of data counts in, with what it takes and where they end.
fn demands<'a>(
    network: &Network<'a, '_>,
    kind: &Kind<'a, '_>,
    offer: &Offer<'a, '_>,
    engine: &Engine<'a>,
) -> Vec<(&'a Limit, u64, u64)> {
    let limits = engine.limits.iter().filter(|reckoned| reckoned.limit.what.adds_up());
    let demands = limits.filter_map(|reckoned| {
        let Amount(own) = counted(kind, offer, engine, reckoned.limit)?;
        let (threshold, dimension) = (reckoned.exceeds.as_ref()?, kind.profile.mean_dimension());
        let bound = network.facts.bound(reckoned.limit.what, threshold, &kind.profile, dimension)?;
        (!bound.assumed).then_some((reckoned.limit, own, bound.amount.0))
    });
    demands.collect()
}

/// What a kind of data takes of a limit, where it counts in it.
fn counted<'a>(kind: &Kind<'a, '_>, offer: &Offer<'a, '_>, engine: &Engine<'a>, limit: &Limit) -> Option<Amount> {
    let concerned = limit.when.is_none_or(|flag| kind.profile.flag(flag));
    let spread = limit.single_node && kind.profile.scale.is_some_and(Scale::spreads);
    let carried = offer.candidate.is_carried_by(limit.what, engine);
    kind.profile.quantity(limit.what).filter(|_| concerned && !spread && carried)
}

impl Resource<'_> {
    /// Adds a demand; several databases of one offer may each take of the host.
    fn add(&mut self, demand: Demand) {
        let same = |last: &&mut Demand| (last.kind, last.choice) == (demand.kind, demand.choice);
        match self.demands.last_mut().filter(same) {
            Some(last) => last.own = last.own.saturating_add(demand.own),
            None => self.demands.push(demand),
        }
    }

    /// Limits a problem to what there is, where that could ever be too little. What has nowhere else to go stays even
    /// where it is too much, and leaves room for nothing else.
    pub(super) fn limit(&self, problem: &mut Problem, kinds: &[Kind<'_, '_>]) {
        let bound = self.demands.iter().map(|demand| demand.bound).min().unwrap_or(u64::MAX);
        let even = self.demands.iter().all(|demand| demand.bound == bound);
        let capacity = if even { bound } else { PARTS };
        let load = |demand: &Demand| if even { demand.own } else { share(demand.own, demand.bound) };
        let (mut most, mut fixed) = (0u64, 0u64);
        for (index, kind) in kinds.iter().enumerate() {
            let largest = self.demands.iter().filter(|demand| demand.kind == index).map(load).max().unwrap_or(0);
            most = most.saturating_add(largest);
            if kind.offers.len() == 1 {
                fixed = fixed.saturating_add(largest);
            }
        }
        if most <= capacity {
            return;
        }
        let resource = problem.capacities.len();
        problem.capacities.push(capacity.max(fixed));
        for demand in &self.demands {
            let choice = problem.items.get_mut(demand.kind).and_then(|item| item.choices.get_mut(demand.choice));
            if let Some(choice) = choice {
                choice.load.push((resource, load(demand)));
            }
        }
    }
}

/// The part of a bound that is taken, rounded up.
fn share(own: u64, bound: u64) -> u64 {
    let parts = u128::from(own).saturating_mul(u128::from(PARTS)).div_ceil(u128::from(bound.max(1)));
    u64::try_from(parts).unwrap_or(u64::MAX)
}
