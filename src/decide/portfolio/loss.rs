//! What is lost by holding a group elsewhere than where it is best held alone.

use catalog::Level;
use catalog::vocabulary::Need;

use crate::decide::candidate::Candidate;
use crate::decide::check::{Check, Verdict, What};
use crate::decide::context::DecisionContext;
use crate::decide::group::Group;

/// Something that a database does worse than the one that is best for the data alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The need or the quantity.
    pub what: &'static str,
    /// How it is served there: `adequate by pgvector`, or the bound that it is past.
    pub now: String,
    /// How the other serves it.
    pub before: String,
    /// Why it is worse.
    pub why: String,
}

fn checks<'a>(context: &DecisionContext<'a>, group: &Group<'_>, candidate: &Candidate<'a, '_>) -> Vec<Check<'a>> {
    let mut checks = Vec::new();
    context.each_check(candidate, group, false, |check| checks.push(check));
    checks
}

/// What one candidate does worse than another.
pub(super) fn losses<'a, 'f>(
    context: &DecisionContext<'a>,
    group: &Group<'_>,
    before: &Candidate<'a, 'f>,
    now: &Candidate<'a, 'f>,
) -> Vec<Loss> {
    let (before, now) = (checks(context, group, before), checks(context, group, now));
    now.iter().filter_map(|check| loss(check, &before)).collect()
}

fn loss(check: &Check<'_>, before: &[Check<'_>]) -> Option<Loss> {
    match check.what {
        What::Need(need, service) => {
            let level = level(need, before)?;
            let via = check.via().map_or_else(String::new, |via| format!(" by {via}"));
            (service.level > level).then(|| Loss {
                what: need.field(),
                now: format!("{}{via}", service.level),
                before: level.to_string(),
                why: check.why(),
            })
        }
        What::Bound(..) if check.verdict != Verdict::Fits => {
            let same = before.iter().find(|other| other.name() == check.name() && other.figure().is_some());
            let was_no_worse = same.is_none_or(|other| other.position() < check.position());
            let within = || String::from("within its bounds");
            let was = same.filter(|other| other.verdict != Verdict::Fits).map_or_else(within, Check::limit);
            was_no_worse.then(|| Loss { what: check.name(), now: check.limit(), before: was, why: check.why() })
        }
        _ => None,
    }
}

fn level(need: Need, checks: &[Check<'_>]) -> Option<Level> {
    let level = |check: &Check<'_>| match check.what {
        What::Need(other, service) if other == need => Some(service.level),
        _ => None,
    };
    checks.iter().find_map(level)
}

/// How much of the nearest bound a group uses by itself.
pub(super) fn headroom<'a>(
    context: &DecisionContext<'a>,
    group: &Group<'_>,
    candidate: &Candidate<'a, '_>,
) -> Option<f64> {
    checks(context, group, candidate).iter().filter_map(Check::used).max_by(f64::total_cmp)
}
