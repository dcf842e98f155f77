//! `unrealised-statement`

use catalog::Hosting;

use super::prelude::*;
use crate::plan::realised::{self, Stated};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unrealised-statement"),
    group: Group::Operations,
    level: Some(Level::Note),
    summary: "Something that the file promises is realised by nothing in the stack.",
    why: "An encryption, a tenancy or a recovery time that is written down reads as if it were so. What is rendered for \
          one host realises some of these statements; the others need a disk that is encrypted, a standby, a job or a \
          setting that somebody has to make. `polyglot select --explain -v` and the README of the stack list each \
          statement and what realises it.",
    source: "https://gdpr-info.eu/art-5-gdpr/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              accounts:
                kind: user_profile
                encryption: { at_rest: true }
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
              # polyglot: allow(unrealised-statement) the disk under the volumes is encrypted
              accounts:
                kind: user_profile
                encryption: { at_rest: true }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// The fields of which another rule says more.
const ELSEWHERE: [&str; 3] = ["availability", "retention", "rpo"];

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    // What a vendor runs, a vendor sees to.
    let here = |kind: &&Kind<'_>| kind.database().is_none_or(|database| database.hosting != Hosting::Managed);
    for kind in system.kinds.iter().filter(here) {
        let open = realised::open(kind.selected, system.selection, system.catalog);
        let open: Vec<Stated> = open.into_iter().filter(|stated| !ELSEWHERE.contains(&stated.field.as_str())).collect();
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
