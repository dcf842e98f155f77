//! What is lost by holding a kind of data elsewhere than where it is best held alone.

use catalog::Level;
use catalog::vocabulary::Need;

use crate::decide::candidate::Candidate;
use crate::decide::check::{Check, Verdict, What};
use crate::decide::context::DecisionContext;
use crate::decide::load::Load;
use crate::requirements::Profile;

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

/// What one candidate does worse than another.
pub(super) fn losses<'a, 'f>(
    context: &DecisionContext<'a>,
    profile: &Profile,
    before: &Candidate<'a, 'f>,
    now: &Candidate<'a, 'f>,
) -> Vec<Loss> {
    let checks = |candidate: &Candidate<'a, 'f>| context.checks(candidate, profile, &Load::default());
    let (before, now) = (checks(before), checks(now));
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
        What::UpTo(..) | What::Limit(..) if check.verdict != Verdict::Fits => Some(Loss {
            what: check.name(),
            now: check.limit(),
            before: String::from("within its bounds"),
            why: check.why(),
        }),
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

/// How much of the nearest bound a kind of data uses by itself.
pub(super) fn headroom<'a>(
    context: &DecisionContext<'a>,
    profile: &Profile,
    candidate: &Candidate<'a, '_>,
) -> Option<f64> {
    let checks = context.checks(candidate, profile, &Load::default());
    checks.iter().filter_map(Check::used).max_by(f64::total_cmp)
}
