//! `missing-retention`

use catalog::vocabulary::{Durability, Flag};

use super::prelude::*;
use crate::requirements::{Capped, Collection};
use crate::source::Place;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("missing-retention"),
    group: Group::Requirements,
    level: Some(Level::Warning),
    summary: "Data that is only ever added to does not say how long it is kept.",
    why: "Measurements, logs and events grow for as long as the system runs, and a disk that fills up stops every writer \
          on the host. How long they are kept decides the size of the disk, and for time series the database. \
          `forever` is an answer too.",
    source: "https://docs.influxdata.com/influxdb3/core/reference/internals/data-retention/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              metrics:
                kind: time_series
                writes: 500/s
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              access_log: { kind: log, data_size: 60GB }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              clicks:
                event_stream: true
                writes: 5k/s
                collections:
                  clicks: { ttl: 7d }
                  orders: { partitions: 12 }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(unrealised-retention) a job of ours deletes what is older
              metrics:
                kind: time_series
                writes: 500/s
                retention: 30d
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              clicks:
                event_stream: true
                writes: 5k/s
                collections:
                  clicks: { ttl: 7d }
                  orders: { ttl: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              reports: { analytics: true, records: 200k }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| kind.data.retention.is_none() && !is_bounded(kind)) {
        let Some((what, place)) = growing(kind) else { continue };
        let message = format!("`{}` is only ever added to, and nothing says for how long it is kept", kind.name);
        let violation = Violation::new(kind.about(), system.at(kind.data.key, "for how long?"), message);
        violations
            .push(violation.also(system.at(place, what)).help("say it: `retention: 90d`, or `retention: forever`"));
    }
}

/// What makes it grow, and where that is said.
fn growing(kind: &Kind<'_>) -> Option<(&'static str, Place)> {
    let set = |flag, what| kind.flag(flag).then(|| (what, kind.flag_place(flag)));
    let log = kind.data.kind.as_ref().filter(|stated| stated.value == "log").map(|stated| ("a log", stated.place));
    set(Flag::TimeSeries, "measurements")
        .or_else(|| set(Flag::EventStream, "events"))
        .or(log)
        .or_else(|| set(Flag::WriteHeavy, "written more than it is read").filter(|_| kind.flag(Flag::Analytics)))
}

/// Whether it cannot grow for ever: a cache evicts, a copy is as large as its source, and collections may end by
/// themselves.
fn is_bounded(kind: &Kind<'_>) -> bool {
    let ends = |collection: &Collection| {
        let capped = collection.capped.as_ref().is_some_and(|capped| capped.value != Capped::No);
        collection.ttl.is_some() || capped
    };
    let copied = kind.profile.durability == Some(Durability::Derived) && kind.data.source.is_some();
    let cached = kind.profile.durability == Some(Durability::Cache);
    let mut collections = kind.collections().peekable();
    copied || cached || (collections.peek().is_some() && collections.all(|(_, collection)| ends(collection)))
}
