//! `nothing-fits`

use super::conflicting_flags::is_contradictory;
use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("nothing-fits"),
    group: Group::Decision,
    level: Some(Level::Error),
    summary: "No database does all that is asked of it.",
    why: "The tree's own answer stays, with what it cannot do: somebody has to give way, the requirement or the idea that \
          one store meets it. Often two kinds of data stand under one name, a record and a copy of it for one sort of \
          query.",
    source: "https://learn.microsoft.com/azure/architecture/guide/technology-choices/data-store-overview",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              films:
                kind: file
                search_heavy: true
                vector_search: true
                dimension: 512
                object_size: 2GB
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              friends:
                kind: graph
                traversal_depth: 6
                vector_search: true
                dimension: 384
                event_stream: true
                retention: 30d
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              films: { kind: file, object_size: 2GB }
              scenes:
                kind: vector
                dimension: 512
                durability: derived
                source: films
                sync: batch
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              friends:
                kind: graph
                traversal_depth: 6
                vector_search: true
                dimension: 384
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| !kind.selected.pinned && !is_contradictory(kind)) {
        let Some(breach) = kind.breach() else { continue };
        let trouble = breach.trouble();
        let message = format!(
            "no database does all that `{}` asks for, and {} stays: {}",
            kind.name,
            breach.database.name,
            trouble.trim_end_matches('.'),
        );
        let place = kind.field_place(breach.name());
        let location = system.at(place.unwrap_or(kind.data.key), "this is too much");
        let violation = Violation::new(kind.about(), location, message);
        let violation = match breach.evidence() {
            Some(evidence) => violation.help(format!("that is from {}", evidence.address)),
            None => violation,
        };
        violations.push(
            violation.help("ask for less, or make two kinds of data of it, the one with the other as its `source`"),
        );
    }
}
