//! `too-many-databases`

use super::prelude::*;
use crate::source::Place;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("too-many-databases"),
    group: Group::Lifecycle,
    level: Some(Level::Error),
    summary: "A system runs more databases than the policy allows.",
    why: "The policy is what the organisation can operate: each database is upgrades, backups, alerts and \
          somebody on call. Whoever adds one past the limit adds it to everybody's nights.",
    source: "",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers: { kind: user_profile }
              sessions: { durability: cache }
              talks: { kind: conversation }
        ",
        "polyglot.toml": r"
            [policy]
            max_databases = 2
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              customers: { kind: user_profile }
              stock: { needs_transactions: true, database: mysql, justification: the warehouse software wants it }
        ",
        "polyglot.toml": r"
            [policy]
            max_databases = 1
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers: { kind: user_profile }
              sessions: { durability: cache }
              talks: { kind: conversation }
        ",
        "polyglot.toml": r"
            [policy]
            max_databases = 3
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              customers: { kind: user_profile }
              sessions: { durability: cache }
              talks: { kind: conversation }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let Some(most) = &system.config.policy.max_databases else { return };
    let databases = system.selection.databases();
    if databases.len() <= *most.get_ref() {
        return;
    }
    let Some(kind) = databases.last().and_then(|last| system.held_by(last).next()) else { return };
    let names: Vec<&str> = databases.iter().map(|database| database.name.as_str()).collect();
    let message =
        format!("{} databases, and the policy allows {}: {}", databases.len(), most.get_ref(), names.join(", "));
    let location = system.at(kind.data.key, format!("brings {}", kind.database_name()));
    let mut violation = Violation::new("policy", location, message);
    if let Some(source) = &system.config_source {
        let place = Place::new(most.span().start, most.span().end);
        violation = violation.also(Location::new(source, place, "the most that are allowed"));
    }
    violations.push(
        violation.help(
            "let one database hold several kinds of data, pinned with `database: postgresql` and a `justification`",
        ),
    );
}
