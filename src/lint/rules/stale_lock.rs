//! `stale-lock`

use super::prelude::*;
use crate::lint::subject::Locked;
use crate::lock::{Changed, Difference, FieldChange};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("stale-lock"),
    group: Group::Decision,
    level: Some(Level::Error),
    summary: "The requirements have changed since the lock was written.",
    why: "The answer is still the same, but it was given to another question. `polyglot render` stops at a stale lock, \
          and a review of the lock no longer shows on what grounds the databases were chosen.",
    source: "https://doc.rust-lang.org/cargo/commands/cargo-build.html#option-cargo-build---locked",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, data_size: 40GB }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@18"]
            images = ["docker.io/library/postgres:18.6-trixie"]
            fingerprint = "bce69c659a815a92"

            [data.orders.fields]
            complex_relations = true
            data_size = "20GB"
            needs_transactions = true
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
              sessions: { durability: cache }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@18"]
            images = ["docker.io/library/postgres:18.6-trixie"]
            fingerprint = "481257e880ba565b"

            [data.orders.fields]
            complex_relations = true
            needs_transactions = true
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@18"]
            images = ["docker.io/library/postgres:18.6-trixie"]
            fingerprint = "481257e880ba565b"

            [data.orders.fields]
            complex_relations = true
            needs_transactions = true

            [data.sessions]
            databases = ["redis@8.2"]
            images = ["docker.io/library/redis:8.2.10-bookworm"]
            fingerprint = "417a24e527d85e2f"

            [data.sessions.fields]
            durability = "cache"
        "#;
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, data_size: 20GB }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@18"]
            images = ["docker.io/library/postgres:18.6-trixie"]
            fingerprint = "bce69c659a815a92"

            [data.orders.fields]
            complex_relations = true
            data_size = "20GB"
            needs_transactions = true
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, description: what was bought }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@18"]
            images = ["docker.io/library/postgres:18.6-trixie"]
            fingerprint = "481257e880ba565b"

            [data.orders.fields]
            complex_relations = true
            needs_transactions = true
        "#;
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let Some(locked) = system.lock else { return };
    for Changed { data, difference } in &locked.changed {
        let Some(violation) = violation(system, locked, data, difference) else { continue };
        let violation =
            violation.help("see it with `polyglot select --diff`, and accept it with `polyglot select --write`");
        violations.push(violation);
    }
}

fn violation(system: &System<'_>, locked: &Locked, data: &str, difference: &Difference) -> Option<Violation> {
    let about = format!("data.{data}");
    match difference {
        Difference::Missing { now } => {
            let kind = system.kind(data)?;
            let message = format!("the lock does not know `{data}`, which would be {}", system.written(now));
            Some(Violation::new(about, system.at(kind.data.key, "not recorded"), message))
        }
        Difference::Gone { locked: names } => {
            let table = locked.lock.data.get(data)?;
            let message =
                format!("the lock records `{data}` as {}, and the file has no such data", system.written(names));
            Some(Violation::new(about, Location::new(&locked.source, table.place, "nothing of this name"), message))
        }
        Difference::Stale { fields, locked: names, now, .. } => {
            if now.as_ref().is_some_and(|now| !Locked::same_databases(names, now)) {
                return None;
            }
            let kind = system.kind(data)?;
            let place = fields.iter().find_map(|change| kind.field_place(&change.field)).unwrap_or(kind.data.key);
            let changes = fields.iter().map(changed).collect::<Vec<_>>().join(", ");
            let message = format!("`{data}` is not what the lock was written for: {changes}");
            let violation = Violation::new(about, system.at(place, "changed since"), message);
            Some(match system.recorded(data) {
                Some(table) => violation.also(table),
                None => violation,
            })
        }
        Difference::Drifted { .. } => None,
    }
}

/// A changed field in a clause.
pub(super) fn changed(FieldChange { field, before, now }: &FieldChange) -> String {
    match (before, now) {
        (Some(_), Some(_)) if field == "fingerprint" => String::from("its fields and its fingerprint do not agree"),
        (Some(before), Some(now)) => format!("`{field}` was `{before}` and is `{now}`"),
        (None, Some(now)) => format!("`{field}: {now}` is new"),
        (Some(before), None) => format!("`{field}: {before}` is gone"),
        (None, None) => format!("`{field}` has changed"),
    }
}
