//! `decision-drift`

use super::prelude::*;
use crate::lint::subject::Locked;
use crate::lock::{Changed, Difference};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("decision-drift"),
    group: Group::Decision,
    level: Some(Level::Error),
    summary: "The same requirements lead to another database than the one that was decided on.",
    why: "Nothing that is asked of this data has changed, but the catalog, the policy, the tree, the host or the data \
          beside it has. The lock keeps what runs, so nothing moves by itself; but the reasons for it no longer hold, and \
          somebody should know. A newer version of the same database is no drift.",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["mysql@9.7"]
            images = ["docker.io/library/mysql:9.7.2-oraclelinux9"]
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
        "polyglot.toml": r#"
            [policy]
            preferred_databases = ["mariadb"]
        "#,
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
              orders: { kind: user_profile }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@17"]
            images = ["docker.io/library/postgres:17.11-trixie"]
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
        let Difference::Drifted { locked, now } = difference else { continue };
        let Some(kind) = system.kind(data).filter(|_| !Locked::same_databases(locked, now)) else { continue };
        let (was, is) = (system.written(locked), system.written(now));
        let message = format!("`{data}` was decided as {was}, and the same fields now lead to {is}");
        let mut violation = Violation::new(kind.about(), system.at(kind.data.key, "unchanged since"), message);
        if let Some(table) = system.recorded(data) {
            violation = violation.also(table);
        }
        violations.push(
            violation
                .help("see why with `polyglot select --explain`, and accept it with `polyglot select --write`")
                .help(format!("to stay, pin it: `database: {}` with a `justification`", Locked::holder(locked))),
        );
    }
}
