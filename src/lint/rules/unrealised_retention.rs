//! `unrealised-retention`

use catalog::Hosting;

use super::prelude::*;
use crate::plan::realised;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unrealised-retention"),
    group: Group::Operations,
    level: Some(Level::Warning),
    summary: "Data is to be kept for a time, and nothing removes it afterwards.",
    why: "Tables, indexes and buckets are made for the `collections` of a dataset, and what removes old records is made \
          with them. Where there are none, or where nothing says how old a record is, the retention stays a wish: the disk \
          fills, and personal data is kept for longer than the file says.",
    source: "https://gdpr-info.eu/art-5-gdpr/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              measurements:
                kind: time_series
                database: timescaledb
                justification: it is joined with the devices
                retention: 90d
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                retention: 3650d
                collections:
                  orders:
                    fields:
                      id: { type: bigint, required: true, unique: true }
                      total: { type: numeric }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              measurements:
                kind: time_series
                database: timescaledb
                justification: it is joined with the devices
                retention: 90d
                collections:
                  readings:
                    fields:
                      at: { type: timestamptz, required: true }
                      value: { type: double precision }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                retention: forever
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              measurements:
                kind: time_series
                database: influxdb
                retention: 90d
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    // What a vendor runs, a vendor sees to.
    let here = |kind: &&Kind<'_>| kind.database().is_none_or(|database| database.hosting != Hosting::Managed);
    for kind in system.kinds.iter().filter(here) {
        let open = realised::open(kind.selected, system.selection, system.catalog);
        let Some(stated) = open.into_iter().find(|stated| stated.field == "retention") else { continue };
        let message = format!("`{}` is to be kept for {}, and nothing removes it afterwards", kind.name, stated.value);
        let violation = Violation::new(kind.about(), system.at(kind.data.key, "grows for ever"), message);
        let violation = violation.also(system.at(stated.place, "not realised"));
        let why = stated.outcome.text().to_owned();
        violations.push(violation.help(why).help("or say that it is kept: `retention: forever`"));
    }
}
