//! `record-disagrees`

use catalog::DatabaseRef;

use super::prelude::*;
use crate::lint::subject::Record;
use crate::render::record::Status;
use crate::source::Place;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("record-disagrees"),
    group: Group::Decision,
    level: Some(Level::Error),
    summary: "A decision record does not say what was decided.",
    why: "People read the record, programs read the lock, and both are taken for the truth. A record that names another \
          database, that is about data that is gone, or that points to a successor that does not exist sends its reader \
          the wrong way.",
    source: "https://adr.github.io/madr/",
    bad: examples! {
        "deploy/docs/decisions/0001-orders.md": r#"
            ---
            # polyglot:begin record 1f0c5d6c7f2a9b3e
            status: accepted
            polyglot:
              data: "orders"
              databases: ["mysql@9.7"]
            # polyglot:end record
            ---

            # Use MySQL for orders
        "#,
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
        "docs/decisions/0001-carts.md": r#"
            ---
            # polyglot:begin record 1f0c5d6c7f2a9b3e
            status: proposed
            polyglot:
              data: "carts"
              databases: ["redis@8.2"]
            # polyglot:end record
            ---

            # Use Redis for carts
        "#,
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
        ";
        "deploy/docs/decisions/0001-orders.md": r#"
            ---
            # polyglot:begin record 1f0c5d6c7f2a9b3e
            status: superseded by ADR-0004
            polyglot:
              data: "orders"
              databases: ["mysql@9.7"]
            # polyglot:end record
            ---

            # Use MySQL for orders
        "#,
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
        ";
    },
    good: examples! {
        "deploy/docs/decisions/0001-orders.md": r#"
            ---
            # polyglot:begin record 1f0c5d6c7f2a9b3e
            status: accepted
            polyglot:
              data: "orders"
              databases: ["postgresql@18"]
            # polyglot:end record
            ---

            # Use PostgreSQL for orders
        "#,
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
        "docs/decisions/0001-orders.md": r#"
            ---
            # polyglot:begin record 1f0c5d6c7f2a9b3e
            status: superseded by ADR-0002
            polyglot:
              data: "orders"
              databases: ["mysql@9.7"]
            # polyglot:end record
            ---

            # Use MySQL for orders
        "#,
        "docs/decisions/0002-orders.md": r#"
            ---
            # polyglot:begin record 1f0c5d6c7f2a9b3e
            status: proposed
            polyglot:
              data: "orders"
              databases: ["postgresql@18"]
            # polyglot:end record
            ---

            # Use PostgreSQL for orders
        "#,
        "docs/decisions/0003-use-rust.md": "# Use Rust\n",
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    const HELP: &str = "see it with `polyglot render --adr --diff`, and mend it with `polyglot render --adr`";
    if system.records.is_empty() {
        return;
    }
    let of_kinds = system.kinds.iter().filter_map(|kind| of_kind(system, kind));
    let of_records = system.records.iter().filter_map(|record| of_record(system, record));
    violations.extend(of_kinds.chain(of_records).map(|violation| violation.help(HELP)));
}

/// What the newest record about a kind of data says otherwise than the lock, or without one the decision.
fn of_kind(system: &System<'_>, kind: &Kind<'_>) -> Option<Violation> {
    let (decided, by) = decided(system, kind)?;
    let about = |record: &&Record| record.front.data == kind.name && !record.front.is_superseded();
    let name = kind.name;
    let here = |text: &str| system.at(kind.data.key, text);
    let Some(record) = system.records.iter().rfind(about) else {
        let message = format!("no record says why `{name}` is in {}", system.written(&decided));
        return Some(Violation::new(kind.about(), here("not recorded"), message));
    };
    let front = &record.front;
    let number = format!("ADR-{:04}", record.number);
    let message = if front.databases != decided {
        let (theirs, ours) = (system.written(&front.databases), system.written(&decided));
        format!("{number} says {theirs} for `{name}`, and {by} {ours}")
    } else if front.status == Status::Deprecated {
        format!("{number} is deprecated, and the requirements have `{name}`")
    } else if front.status == Status::Proposed && system.lock.is_some() {
        format!("{number} only proposes what the lock records for `{name}`")
    } else {
        return None;
    };
    let violation =
        Violation::new(kind.about(), location(record, "the record"), message).also(here("what it is about"));
    Some(match system.recorded(name) {
        Some(table) => violation.also(table),
        None => violation,
    })
}

/// What the lock records for a kind of data, or where there is none what would be decided; and who says so. One that a
/// lock does not know is a finding already.
fn decided(system: &System<'_>, kind: &Kind<'_>) -> Option<(Vec<String>, &'static str)> {
    match system.lock {
        Some(locked) => Some((locked.lock.data.get(kind.name)?.names(), "the lock")),
        None => Some((
            kind.versions()
                .map(|(database, version)| DatabaseRef::new(&database.id, &version.major).to_string())
                .collect(),
            "the decision",
        )),
    }
}

/// What is wrong with a record by itself.
fn of_record(system: &System<'_>, record: &Record) -> Option<Violation> {
    let front = &record.front;
    let about = format!("data.{}", front.data);
    let number = format!("ADR-{:04}", record.number);
    match front.status {
        Status::Superseded(by) if !system.records.iter().any(|other| other.number == by) => {
            let message = format!("{number} is superseded by ADR-{by:04}, which is not there");
            Some(Violation::new(about, location(record, "leads nowhere"), message))
        }
        Status::Superseded(_) | Status::Deprecated => None,
        _ if is_known(system, &front.data) => None,
        _ => {
            let message = format!("{number} is about `{}`, and the requirements have no such data", front.data);
            Some(Violation::new(about, location(record, "nothing of this name"), message))
        }
    }
}

/// Whether the requirements have a kind of data, or the lock does: then the lock is what has to be mended first.
fn is_known(system: &System<'_>, data: &str) -> bool {
    system.kind(data).is_some() || system.lock.is_some_and(|locked| locked.lock.data.contains_key(data))
}

/// Where a record says what it is about.
fn location(record: &Record, text: &str) -> Location {
    let start = record.source.text.find("status:").unwrap_or_default();
    let rest = record.source.text.get(start..).unwrap_or_default();
    let end = start.saturating_add(rest.lines().next().map_or(0, str::len));
    Location::new(&record.source, Place::new(start, end), text)
}
