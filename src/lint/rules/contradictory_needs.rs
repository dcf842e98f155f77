//! `contradictory-needs`

use catalog::units::Span;
use catalog::vocabulary::{Consistency, Scale};

use super::prelude::*;

/// The round trip between the nearest regions of a cloud: between Azure's in Europe and in North America it is 3 to 5 ms
/// at the least, and 28 to 72 ms at the most.
const ROUND_TRIP: Span = Span(5_000);

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("contradictory-needs"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "Strong consistency over regions, faster than the way between them.",
    why: "That every region sees the last write means that a request waits for another region. Neighbouring regions are \
          about 5 ms apart and distant ones 70 ms and more, there and back; no product is faster than the light in the \
          fibre. One of the three needs has to give.",
    source: "https://learn.microsoft.com/azure/networking/azure-network-latency",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              balances:
                kind: user_profile
                consistency: strong
                scale: multi_region
                latency_p99: 5ms
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              flags: { key_lookup: true, latency_p99: 500us, scale: multi_region, consistency: strong }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              flags: { key_lookup: true, latency_p99: 5ms, scale: multi_region, consistency: eventual }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              balances:
                kind: user_profile
                consistency: strong
                scale: multi_region
                latency_p99: 200ms
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              balances:
                kind: user_profile
                consistency: strong
                scale: multi_node
                latency_p99: 5ms
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let data = kind.data;
        let strong = data.consistency.as_ref().filter(|stated| stated.value == Consistency::Strong);
        let regions = data.scale.as_ref().filter(|stated| stated.value == Scale::MultiRegion);
        let fast = data.latency_p99.as_ref().filter(|stated| stated.value <= ROUND_TRIP);
        let Some(((strong, regions), fast)) = strong.zip(regions).zip(fast) else { continue };
        let message = format!("{} is no time to ask another region, and `{}` has to", fast.value, kind.name);
        let violation =
            Violation::new(kind.about(), system.at(fast.place, "the nearest region is about 5 ms away"), message);
        let violation = violation.also(system.at(strong.place, "every read sees the last write"));
        let violation = violation.also(system.at(regions.place, "in whatever region it was made"));
        violations.push(violation.help(
            "let one of them go: `consistency: eventual`, `scale: multi_node`, or a `latency_p99` of several round trips",
        ));
    }
}
