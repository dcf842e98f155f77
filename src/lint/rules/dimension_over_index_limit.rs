//! `dimension-over-index-limit`

use catalog::vocabulary::{Amount, Quantity};

use super::prelude::*;
use crate::decide::Verdict;
use crate::source::Place;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("dimension-over-index-limit"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "Embeddings have more dimensions than the database can index.",
    why: "The index is refused when it is created, or the insert fails. Where only the index is missing, each search \
          reads every embedding: fine with a thousand of them, an outage with a million.",
    source: "https://github.com/pgvector/pgvector#hnsw",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              pages:
                kind: vector
                dimension: 4096
                database: postgresql
                justification: beside the pages themselves
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              pages:
                kind: vector
                database: elasticsearch
                justification: it searches the words too
                collections:
                  pages: { dimension: 1024 }
                  chapters: { dimension: 8192 }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              pages:
                kind: vector
                dimension: 1024
                database: postgresql
                justification: beside the pages themselves
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              pages: { kind: vector, dimension: 4096 }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let trouble = kind.trouble_of(Quantity::Dimension).filter(|check| check.verdict == Verdict::Exceeds);
        let Some((trouble, (_, figure))) = trouble.and_then(|check| Some((check, check.figure()?))) else { continue };
        let (about, place) = stated(kind, figure.value);
        let (Amount(bound), Amount(dimension)) = (figure.exceeds, figure.value);
        let name = &trouble.database.name;
        let message = format!("{dimension} dimensions, and {name} indexes up to {bound}");
        let violation = Violation::new(about, system.at(place, "too many for the index"), message);
        let violation = match &kind.data.database {
            Some(pin) => violation.also(system.at(pin.place, "pinned here")),
            None => violation,
        };
        let help = format!("take another database, or a model or a shortening of at most {bound} dimensions");
        let violation = match trouble.evidence() {
            Some(evidence) => violation.help(format!("that is from {}", evidence.address)),
            None => violation,
        };
        violations.push(violation.help(help));
    }
}

/// Where the dimension stands, and what it belongs to.
fn stated(kind: &Kind<'_>, dimension: Amount) -> (String, Place) {
    let collections = kind.collections().filter_map(|(name, collection)| Some((name, collection.dimension.as_ref()?)));
    let largest = collections.into_iter().find(|(_, stated)| stated.value.0 == dimension.0);
    match largest {
        Some((name, stated)) => (kind.about_collection(name), stated.place),
        None => (kind.about(), kind.data.dimension.as_ref().map_or(kind.data.key, |stated| stated.place)),
    }
}
