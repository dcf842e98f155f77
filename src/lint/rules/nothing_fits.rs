//! `nothing-fits`

use catalog::vocabulary::Need;
use catalog::{Database, Level as Served};

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
              # polyglot: allow(unrealised-statement) what feeds it runs beside the stack
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

/// Which needs to part: two that no database serves together, or else whatever is too much.
fn split(system: &System<'_>, kind: &Kind<'_>) -> String {
    let needs: Vec<Need> = kind.profile.needs().needs().collect();
    let serves = |database: &Database, need: &Need| database.level(*need) != Served::No;
    let apart = |one: &Need, other: &Need| {
        !system.catalog.databases().any(|database| serves(database, one) && serves(database, other))
    };
    let pairs = needs
        .iter()
        .enumerate()
        .flat_map(|(index, one)| needs.iter().skip(index.saturating_add(1)).map(move |other| (one, other)));
    match pairs.into_iter().find(|(one, other)| apart(one, other)) {
        Some((one, other)) => format!(
            "no database serves both `{}` and `{}`: make two datasets of it, one for each, the copy with the other as its \
             `source`",
            one.name(),
            other.name()
        ),
        None => String::from("ask for less, or make two datasets of it, the one with the other as its `source`"),
    }
}

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| !kind.selected.pinned && !is_contradictory(kind)) {
        let Some(breach) = kind.breach() else { continue };
        let trouble = breach.trouble();
        if kind.selected.needs_several_nodes {
            violations.push(several_nodes(system, kind, &trouble));
            continue;
        }
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
        violations.push(violation.help(split(system, kind)));
    }
}

/// What one node does not carry, and several do.
fn several_nodes(system: &System<'_>, kind: &Kind<'_>, trouble: &str) -> Violation {
    let message = format!(
        "`{}` needs more than one node of {}: {}",
        kind.name,
        kind.database_name(),
        trouble.trim_end_matches('.')
    );
    let violation = Violation::new(kind.about(), system.at(kind.data.key, "more than one node carries"), message);
    violation.help("say so with `scale: multi_node`, and plan for the nodes")
}
