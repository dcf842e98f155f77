//! `requirement-flipped`

use super::prelude::*;
use super::stale_lock::changed;
use crate::lint::subject::Locked;
use crate::lock::{Changed, Difference, FieldChange};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("requirement-flipped"),
    group: Group::Decision,
    level: Some(Level::Error),
    summary: "A changed requirement leads to another database than the one that was decided on.",
    why: "It takes one line to change the answer and a migration to change the database. Either the requirement really \
          changed, and the move has to be planned, or the line was not meant to decide anything; the lock keeps the two \
          apart.",
    source: "https://martinfowler.com/articles/evodb.html",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, complex_relations: false }
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
              orders:
                kind: conversation
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
    good: examples! {
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
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, connections: 20 }
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
    for Changed { data, difference } in system.lock.iter().flat_map(|locked| &locked.changed) {
        let Difference::Stale { fields, locked, now: Some(now), flipped_by } = difference else { continue };
        let Some(kind) = system.kind(data).filter(|_| !Locked::same_databases(locked, now)) else { continue };
        let (was, is) = (system.written(locked), system.written(now));
        let why = causes(fields, flipped_by).map(changed).collect::<Vec<_>>().join(", ");
        let message = format!("`{data}` was decided as {was} and would now be {is}: {why}");
        let place = causes(fields, flipped_by).find_map(|change| kind.field_place(&change.field));
        let location = system.at(place.unwrap_or(kind.data.key), "this changes the answer");
        let mut violation = Violation::new(kind.about(), location, message);
        if let Some(table) = system.recorded(data) {
            violation = violation.also(table);
        }
        violations.push(
            violation
                .help("take the change back, or plan the move and record it with `polyglot select --write`")
                .help(format!("to stay, pin it: `database: {}` with a `justification`", Locked::holder(locked))),
        );
    }
}

/// The fields that made the difference; all that changed where none did alone.
fn causes<'c>(fields: &'c [FieldChange], flipped_by: &'c [String]) -> impl Iterator<Item = &'c FieldChange> {
    fields.iter().filter(move |change| flipped_by.is_empty() || flipped_by.contains(&change.field))
}
