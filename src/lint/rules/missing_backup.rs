//! `missing-backup`

use catalog::units::Retention;

use super::prelude::*;
use crate::decide::Role;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("missing-backup"),
    group: Group::Operations,
    level: Some(Level::Error),
    summary: "A system of record is backed up by nothing.",
    why: "A volume is one mistaken `DELETE`, one bug or one dead disk from being empty, and a replica repeats \
          the mistake within milliseconds. Only a copy from before lets you go back, and only if somebody has \
          said how often it is made.",
    source: "https://www.postgresql.org/docs/current/backup.html",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                durability: primary
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              accounts: { kind: user_profile, durability: primary, backup: { every: 1d } }
              carts: { key_lookup: true, durability: primary, database: mongodb, justification: carts change their form }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                durability: primary
                backup: { every: 1d, keep: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              accounts: { kind: user_profile, durability: primary, backup: { every: 1d } }
              invoices: { complex_relations: true, durability: primary }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              clicks: { event_stream: true, scale: multi_node, durability: primary, retention: 7d }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let Some(stated) = kind.data.durability.as_ref().filter(|_| kind.is_record()) else { continue };
        // A backup takes all that a service holds; and a feed is past when its time is over.
        let is_backed_up = system.beside(kind).any(|other| other.data.backup.is_some());
        if is_backed_up || is_passing(kind) {
            continue;
        }
        let message = format!("nothing backs up `{}`, which exists nowhere else", kind.name);
        let violation = Violation::new(kind.about(), system.at(kind.data.key, "no `backup`"), message);
        violations.push(
            violation
                .also(system.at(stated.place, "the only copy"))
                .help("say how often and for how long: `backup: { every: 1d, keep: 30d }`"),
        );
    }
}

/// Whether it is a feed that is kept for a while only.
fn is_passing(kind: &Kind<'_>) -> bool {
    let ends = kind.data.retention.as_ref().is_some_and(|kept| kept.value != Retention::Forever);
    kind.selected.role == Role::Stream && ends
}
