//! `denied-licence`

use toml::Spanned;

use super::prelude::*;
use super::shared;
use crate::config::Refusal;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("denied-licence"),
    group: Group::Lifecycle,
    level: Some(Level::Error),
    summary: "A database is pinned or locked whose licence the policy refuses.",
    why: "A licence such as the SSPL can oblige a company to publish what it runs around the database, and \
          lawyers decide once for all systems whether that is bearable. A pin or an old lock goes past the \
          choice that would have obeyed them.",
    source: "https://www.mongodb.com/legal/licensing/server-side-public-license/faq",
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
            denied_licences = ["GPL-2.0-only"]
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
            allowed_licences = ["PostgreSQL", "Apache-2.0"]
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
            denied_licences = ["SSPL-1.0"]
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
            allowed_licences = ["PostgreSQL", "GPL-2.0-only"]
        "#;
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for database in system.selection.databases() {
        if system.config.policy.refuses(database) != Some(Refusal::Licence) {
            continue;
        }
        // What was neither pinned nor locked is what was left over, and that nothing fits is said elsewhere.
        let is_held = |kind: &&Kind<'_>| kind.selected.pinned || system.locked(kind).is_some();
        let Some(kind) = system.held_by(database).find(is_held) else { continue };
        let message =
            format!("`{}` is in {}, and the policy does not allow {}", kind.name, database.name, database.licence.spdx);
        let mut violation = Violation::new(kind.about(), system.decided(kind, "refused"), message);
        if let Some(location) =
            shared::in_policy(system, lists(system), |part| database.licence.parts().any(|one| one == part))
        {
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

/// The licences that are denied, and those that alone are allowed.
fn lists<'s>(system: &System<'s>) -> [&'s [Spanned<String>]; 2] {
    [&system.config.policy.denied_licences, &system.config.policy.allowed_licences]
}
