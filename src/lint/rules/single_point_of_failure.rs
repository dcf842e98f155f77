//! `single-point-of-failure`

use catalog::units::Span;
use catalog::vocabulary::Scale;

use super::prelude::*;
use crate::plan::realised::ONE_HOST;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("single-point-of-failure"),
    group: Group::Architecture,
    level: Some(Level::Warning),
    summary: "More availability is promised than one host gives.",
    why: "At 99.9 % a year has less than nine hours for everything: reboots, upgrades, a dead disk and the \
          restore after it. One host has nothing to fail over to. That 99.9 % or five minutes is more than one \
          host keeps is polyglot's judgement.",
    source: "https://cloud.google.com/blog/products/gcp/available-or-not-that-is-the-question-cre-life-lessons",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                durability: primary
                availability: 99.95%
                backup: { every: 1d, keep: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                rto: 1min
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                durability: primary
                availability: 99.5%
                backup: { every: 1d, keep: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                rto: 1h
        ";
        "polyglot.yaml": r"
            version: 1
            target: { environment: staging }
            data:
              orders:
                kind: user_profile
                availability: 99.99%
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// Less than a person needs to see that a host is gone, and to start another.
const FAST: Span = Span(5 * 60 * 1_000_000);

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| system.relies_on_one_host(kind) && !spans_regions(kind)) {
        let availability = kind.data.availability.as_ref().filter(|stated| stated.value >= ONE_HOST);
        let rto = kind.data.rto.as_ref().filter(|stated| stated.value < FAST);
        let promises = [
            availability.map(|stated| (stated.place, format!("answers {} of the time", stated.value))),
            rto.map(|stated| (stated.place, format!("recovers within {}", stated.value))),
        ];
        let mut promises = promises.into_iter().flatten();
        let Some((place, promise)) = promises.next() else { continue };
        let name = kind.database_name();
        let message = format!("`{}` {promise}, and its {name} runs on one host", kind.name);
        let mut violation = Violation::new(kind.about(), system.at(place, "nothing to fail over to"), message);
        for (place, promise) in promises {
            violation = violation.also(system.at(place, promise));
        }
        violations.push(violation.help(
            "run a replica on a second host beside this stack and allow the finding with that reason, or promise what \
             one host keeps, such as `availability: 99.5%` and `rto: 1h`",
        ));
    }
}

/// Whether `single-node-for-regions` says it already.
fn spans_regions(kind: &Kind<'_>) -> bool {
    kind.is_record() && kind.profile.scale == Some(Scale::MultiRegion)
}
