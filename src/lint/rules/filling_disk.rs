//! `filling-disk`

use catalog::units::Span;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("filling-disk"),
    group: Group::Operations,
    level: Some(Level::Warning),
    summary: "The disk will be full within a year.",
    why: "A full disk stops every write, and some databases cannot even delete then. It is computed from stated \
          figures only: what there is today, what is added at the stated growth, and no more than is added until \
          the first of it is old enough to be removed. A year of warning is polyglot's judgement.",
    source: "",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { disk: 100GB }
            data:
              orders:
                kind: user_profile
                data_size: 40GB
                growth: 6GB/month
        ";
        "polyglot.yaml": r"
            version: 1
            target: { disk: 500GB }
            data:
              readings: { kind: time_series, data_size: 10GB, growth: 2GB/day, retention: 365d }
        ";
        "polyglot.yaml": r"
            version: 1
            target: { disk: 20GB }
            data:
              orders: { kind: user_profile, data_size: 10GB, growth: 100k/day, record_size: 1kB }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { disk: 100GB }
            data:
              orders:
                kind: user_profile
                data_size: 20GB
                growth: 6GB/month
        ";
        "polyglot.yaml": r"
            version: 1
            target: { disk: 500GB }
            data:
              readings: { kind: time_series, data_size: 10GB, growth: 2GB/day, retention: 90d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, data_size: 40GB, growth: 6GB/month }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// What is further ahead needs no warning.
const AHEAD: Span = Span::days(365);

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let Some((capacity, disk)) = system.capacity.zip(system.requirements.target.disk.as_ref()) else { return };
    let Some(when) = capacity.full_in.filter(|when| *when <= AHEAD).and(capacity.full_in_words()) else { return };
    let needed = capacity.disk.needed.rounded();
    let message = format!("the disk is full in {when}: the data needs {needed} of {} and grows", disk.value);
    let mut violation = Violation::new("target.disk", system.at(disk.place, "too small"), message);
    let grows = system.kinds.iter().filter_map(|kind| Some((kind, kind.data.growth.as_ref()?)));
    for (kind, growth) in grows {
        violation = violation.also(system.at(growth.place, format!("`{}` grows", kind.name)));
    }
    violations
        .push(violation.help("give the host a larger `disk`, or say how long the data is kept: `retention: 90d`"));
}
