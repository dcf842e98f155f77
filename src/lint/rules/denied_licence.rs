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
    bad: examples![
        &[
            (
                "polyglot.yaml",
                "version: 1\ndata:\n  orders:\n    kind: user_profile\n    database: mysql\n    \
                 justification: the team knows it\n",
            ),
            ("polyglot.toml", "[policy]\ndenied_licences = [\"GPL-2.0-only\"]\n"),
        ],
        &[
            ("polyglot.yaml", "version: 1\ndata:\n  orders: { needs_transactions: true }\n"),
            (
                "polyglot.lock",
                "version = 1\n\n[data.orders]\ndatabases = [\"mysql@9.7\"]\n\
                 images = [\"docker.io/library/mysql:9.7.2-oraclelinux9\"]\ndate = 2026-11-01\n\
                 fingerprint = \"91f7ab828a8e379c\"\n\n[data.orders.fields]\nneeds_transactions = true\n",
            ),
            ("polyglot.toml", "[policy]\nallowed_licences = [\"PostgreSQL\", \"Apache-2.0\"]\n"),
        ],
    ],
    good: examples![
        &[
            (
                "polyglot.yaml",
                "version: 1\ndata:\n  orders:\n    kind: user_profile\n    database: mysql\n    \
                 justification: the team knows it\n",
            ),
            ("polyglot.toml", "[policy]\ndenied_licences = [\"SSPL-1.0\"]\n"),
        ],
        &[
            ("polyglot.yaml", "version: 1\ndata:\n  orders: { needs_transactions: true }\n"),
            (
                "polyglot.lock",
                "version = 1\n\n[data.orders]\ndatabases = [\"mysql@9.7\"]\n\
                 images = [\"docker.io/library/mysql:9.7.2-oraclelinux9\"]\ndate = 2026-11-01\n\
                 fingerprint = \"91f7ab828a8e379c\"\n\n[data.orders.fields]\nneeds_transactions = true\n",
            ),
            ("polyglot.toml", "[policy]\nallowed_licences = [\"PostgreSQL\", \"GPL-2.0-only\"]\n"),
        ],
    ],
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
