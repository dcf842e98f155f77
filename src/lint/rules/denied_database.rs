//! `denied-database`

use toml::Spanned;

use super::prelude::*;
use super::shared;
use crate::config::Refusal;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("denied-database"),
    group: Group::Lifecycle,
    level: Some(Level::Error),
    summary: "A database is pinned or locked that the policy refuses.",
    why: "The policy says what an organisation can run, has trained people for and pays support of. A pin or \
          an old lock goes past the choice that would have obeyed it, and the exception becomes one more \
          engine for everybody.",
    source: "",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                database: mysql
                justification: the team knows it
        ",
        "polyglot.toml": r#"
            [policy]
            denied_databases = ["mysql"]
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { needs_transactions: true }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["mysql@9.7"]
            images = ["docker.io/library/mysql:9.7.2-oraclelinux9"]
            date = 2026-11-01
            fingerprint = "91f7ab828a8e379c"

            [data.orders.fields]
            needs_transactions = true
        "#,
        "polyglot.toml": r#"
            [policy]
            allowed_databases = ["postgresql", "redis"]
        "#;
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                database: mysql
                justification: the team knows it
        ",
        "polyglot.toml": r#"
            [policy]
            denied_databases = ["couchdb"]
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { needs_transactions: true }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["mysql@9.7"]
            images = ["docker.io/library/mysql:9.7.2-oraclelinux9"]
            date = 2026-11-01
            fingerprint = "91f7ab828a8e379c"

            [data.orders.fields]
            needs_transactions = true
        "#,
        "polyglot.toml": r#"
            [policy]
            allowed_databases = ["postgresql", "mysql"]
        "#;
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for database in system.selection.databases() {
        if system.config.policy.refuses(database) != Some(Refusal::Database) {
            continue;
        }
        // What was neither pinned nor locked is what was left over, and that nothing fits is said elsewhere.
        let is_held = |kind: &&Kind<'_>| kind.selected.pinned || system.locked(kind).is_some();
        let Some(kind) = system.held_by(database).find(is_held) else { continue };
        let message = format!("`{}` is in {}, which the policy does not allow", kind.name, database.name);
        let mut violation = Violation::new(kind.about(), system.decided(kind, "refused"), message);
        if let Some(location) = shared::in_policy(system, lists(system), |id| database.id == *id) {
            violation = violation.also(location);
        }
        if !kind.selected.pinned {
            violation = violation.also(system.at(kind.data.key, "held by it"));
        }
        violations.push(violation.help(if kind.selected.pinned {
            "take the pin away, or pin what the policy allows; `polyglot select` shows the alternatives"
        } else {
            "decide again with `polyglot select --write`, and move the data"
        }));
    }
}

/// The databases that are denied, and those that alone are allowed.
fn lists<'s>(system: &System<'s>) -> [&'s [Spanned<String>]; 2] {
    [&system.config.policy.denied_databases, &system.config.policy.allowed_databases]
}
