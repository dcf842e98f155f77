//! `unrealised-statement`

use catalog::Hosting;

use super::prelude::*;
use crate::plan::realised::{self, Stated};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unrealised-statement"),
    group: Group::Operations,
    level: Some(Level::Note),
    summary: "Something that the file promises is realised by nothing in the stack.",
    why: "A tenancy, a region or a recovery time that is written down reads as if it were so. What is rendered for \
          one host realises some of these statements; the others need a standby, a job or a \
          setting that somebody has to make. `polyglot select --explain -v` and the README of the stack list each \
          statement and what realises it.",
    source: "https://gdpr-info.eu/art-5-gdpr/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              accounts:
                kind: user_profile
                tenancy: schema
                rto: 1h
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              accounts: { kind: user_profile }
              search:
                kind: log
                durability: derived
                source: accounts
                sync: cdc
                max_lag: 30s
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              accounts:
                kind: user_profile
                durability: primary
                backup: { every: 1d, keep: 30d }
                availability: 99%
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(unrealised-statement) migrations make a schema for each tenant
              accounts:
                kind: user_profile
                tenancy: schema
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// The fields of which another rule says more, the encryption only of what runs in a container.
const ELSEWHERE: [&str; 5] = ["availability", "retention", "rpo", "encryption.at_rest", "encryption.in_transit"];

fn is_said_elsewhere(stated: &Stated, kind: &Kind<'_>) -> bool {
    let is_embedded = kind.database().is_some_and(|database| database.hosting == Hosting::Embedded);
    ELSEWHERE.contains(&&*stated.field) && !(is_embedded && stated.field.starts_with("encryption."))
}

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    // What a vendor runs, a vendor sees to.
    let here = |kind: &&Kind<'_>| kind.database().is_none_or(|database| database.hosting != Hosting::Managed);
    for kind in system.kinds.iter().filter(here) {
        let open = realised::open(kind.selected, system.selection, system.catalog);
        let open: Vec<Stated> = open.into_iter().filter(|stated| !is_said_elsewhere(stated, kind)).collect();
        if open.is_empty() {
            continue;
        }
        let fields: Vec<String> = open.iter().map(|stated| format!("`{}`", stated.field)).collect();
        let message = format!("`{}` states what nothing in the stack realises: {}", kind.name, fields.join(", "));
        let mut violation = Violation::new(kind.about(), system.at(kind.data.key, "up to you"), message);
        for stated in &open {
            violation = violation.also(system.at(stated.place, stated.outcome.text()));
        }
        violations
            .push(violation.help("see to it, and allow the finding with what you did; or take the statement away"));
    }
}
