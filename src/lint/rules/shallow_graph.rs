//! `shallow-graph`

use catalog::Category;
use catalog::vocabulary::Flag;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("shallow-graph"),
    group: Group::Architecture,
    level: Some(Level::Warning),
    summary: "A graph database is run for relationships of two hops at most.",
    why: "Up to two hops are joins, which a relational database answers in about the same time: 16 ms against \
          10 ms over a million people. The third hop is where a graph database pays, 30 s against 0.17 s in the \
          same measurement, which is of 2012 and against an untuned MySQL; below, it is one more engine to run, \
          back up and upgrade.",
    source: "https://neo4j.com/news/how-much-faster-is-a-graph-database-really/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              follows:
                kind: graph
                traversal_depth: 2
                durability: primary
                backup: { every: 1d, keep: 30d }
                database: neo4j
                justification: following is a graph
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              parts: { kind: graph, traversal_depth: 1, database: arangodb, justification: parts are made of parts }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              follows:
                kind: graph
                traversal_depth: 4
                durability: primary
                backup: { every: 1d, keep: 30d }
                database: neo4j
                justification: following is a graph
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              follows: { kind: graph, traversal_depth: 2 }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              follows: { kind: graph, traversal_depth: 2, database: neo4j, justification: it stands beside the routes }
              routes: { kind: graph, traversal_depth: 6, database: neo4j, justification: as the tree says }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// The hops up to which joins keep up.
const JOINED: u64 = 2;

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let Some(database) = kind.database().filter(|database| database.category == Category::Graph) else { continue };
        let Some(depth) = kind.data.traversal_depth.as_ref() else { continue };
        // One that is there for deeper queries costs nothing more.
        if !kind.flag(Flag::GraphRelations) || !system.beside(kind).all(is_shallow) {
            continue;
        }
        let hops = if depth.value.0 == 1 { "hop" } else { "hops" };
        let message =
            format!("`{}` follows {} {hops} in {}, which joins do as well", kind.name, depth.value, database.name);
        let violation = Violation::new(kind.about(), system.at(depth.place, "no deeper"), message);
        violations.push(
            violation
                .also(system.decided(kind, "a graph database"))
                .help("keep them in tables: `database: postgresql`, or state the depth that queries really have"),
        );
    }
}

fn is_shallow(kind: &Kind<'_>) -> bool {
    kind.data.traversal_depth.as_ref().is_some_and(|depth| depth.value.0 <= JOINED)
}
