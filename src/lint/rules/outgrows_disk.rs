//! `outgrows-disk`

use super::prelude::*;
use super::shared::rows;
use crate::plan::CapacityVerdict;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("outgrows-disk"),
    group: Group::Operations,
    level: Some(Level::Error),
    summary: "The host has less disk than the data needs.",
    why: "A full disk stops every write, and some databases cannot even delete then. The sum is of stated \
          figures only: a size, or records and their size, or what is written until it is old enough to be removed, \
          each with what its database makes of a byte. `polyglot render` refuses the stack for the same reason. \
          Where the file does not state the disk, nothing is reported.",
    source: "",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { disk: 100GB }
            data:
              orders:
                kind: user_profile
                data_size: 140GB
        ";
        "polyglot.yaml": r"
            version: 1
            target: { disk: 500GB }
            data:
              pictures: { kind: file, data_size: 2TB }
              orders: { kind: user_profile, data_size: 10GB }
        ";
        "polyglot.yaml": r"
            version: 1
            target: { disk: 20GB }
            data:
              orders: { kind: user_profile, records: 100M, record_size: 1kB }
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
        ";
        "polyglot.yaml": r"
            version: 1
            target: { disk: 500GB }
            data:
              readings: { kind: time_series, data_size: 180GB }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, data_size: 140GB }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let Some(capacity) = system.capacity else { return };
    let disk = &capacity.disk;
    let Some(stated) = &system.requirements.target.disk else { return };
    if disk.verdict() < CapacityVerdict::Exceeds {
        return;
    }
    let message = format!("the data needs {} of disk, and the host has {}", disk.needed.rounded(), stated.value);
    let violation = Violation::new("target.disk", system.at(stated.place, "too small"), message);
    let more = format!("give the host more, `disk: {}`, or keep less of the data on it", disk.smallest_written());
    violations.push(violation.help(rows(disk)).help(more));
}
