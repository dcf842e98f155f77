//! What a kind of data takes, in a database that could hold it, of what there is only so much of.

use catalog::Limit;
use catalog::vocabulary::Amount;

use crate::decide::candidate::Candidate;
use crate::decide::context::{DecisionContext, Engine};
use crate::decide::load::Role;
use crate::requirements::Profile;

/// What an offer takes of something that there is only so much of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    pub(super) of: Of,
    pub(super) own: u64,
    pub(super) bound: u64,
}

/// What there is so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Of {
    /// The disk of the host.
    Host,
    /// What a service ends at: the database and the number of its limit, and the role where each has its service.
    Service(usize, usize, Option<&'static str>),
}

/// What a candidate takes for a kind of data. A bound that rests on a guess is none.
pub(super) fn demands<'a>(
    candidate: &Candidate<'a, '_>,
    profile: &Profile,
    context: &DecisionContext<'a>,
) -> Vec<Demand> {
    let mut demands: Vec<Demand> = Vec::new();
    for engine in &candidate.engines {
        let role = Role::of(profile).suffix(engine.database);
        for (number, reckoned) in engine.limits.iter().enumerate().filter(|(_, reckoned)| reckoned.limit.what.adds_up())
        {
            let Some(threshold) = &reckoned.exceeds else { continue };
            let Some(Amount(own)) = counted(candidate, profile, engine, reckoned.limit) else { continue };
            let bound = context.bound(reckoned.limit.what, threshold, profile, profile.mean_dimension());
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
    let spread = limit.single_node && profile.spreads();
    let carried = candidate.is_carried_by(limit.what, engine);
    profile.quantity(limit.what).filter(|_| concerned && !spread && carried)
}
