//! `index-as-record`

use catalog::vocabulary::{Durability, Need};
use catalog::{Category, Database, Level as ServiceLevel};

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("index-as-record"),
    group: Group::Architecture,
    level: Some(Level::Error),
    summary: "A search index, vector store or cache holds the only copy of something.",
    why: "These stores are built to be filled again from somewhere else: a new mapping, another embedding \
          model or a damaged shard means loading everything once more. Where they are the only copy there is \
          nothing to load it from.",
    source: "https://learn.microsoft.com/en-us/azure/architecture/guide/technology-choices/data-store-overview",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              articles:
                full_text: true
                search_heavy: true
                durability: primary
                backup: { every: 1d, keep: 30d }
                database: elasticsearch
                justification: readers search more than they read
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              articles: { full_text: true, search_heavy: true }
              summaries: { kind: conversation, durability: derived, source: articles, sync: batch }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              notes:
                kind: vector
                dimension: 768
                durability: primary
                backup: { every: 1d, keep: 30d }
                database: chromadb
                justification: the team knows it
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              articles:
                kind: conversation
                durability: primary
                backup: { every: 1d, keep: 30d }
              # polyglot: allow(unrealised-statement) what feeds it runs beside the stack
              article_search: { full_text: true, search_heavy: true, durability: derived, source: articles, sync: cdc }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              articles: { kind: conversation }
              article_search: { full_text: true, search_heavy: true, durability: derived, source: articles, sync: cdc }
              suggestions: { search_heavy: true, full_text: true, durability: derived, source: article_search, sync: batch }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let Some(database) = kind.database().filter(|database| !keeps_records(database)) else { continue };
        let copy = system.copies().find(|(_, source)| source.name == kind.name).map(|(copy, _)| copy);
        let stated = kind.data.durability.as_ref();
        let (place, label) = match (stated, copy.and_then(|copy| copy.data.source.as_ref())) {
            (Some(stated), _) if stated.value == Durability::Primary => (stated.place, "it exists nowhere else"),
            (None, Some(source)) => (source.place, "made again from it"),
            _ => continue,
        };
        let message = format!("`{}` is the only copy, and {} is not made to keep one", kind.name, database.name);
        let service = database.serves.get(&Need::DurabilityPrimary);
        let why = service.map_or("", |service| service.why.as_str());
        let violation = Violation::new(kind.about(), system.at(place, label), message)
            .also(system.decided(kind, "made to be filled again"));
        violations.push(violation.help(why).help(
            "keep the record in another kind of data, and make this one a copy of it: `durability: derived` and \
             `source: NAME`",
        ));
    }
}

/// Whether it can be the only copy: all but some search indexes, vector stores and caches can.
fn keeps_records(database: &Database) -> bool {
    let is_index = matches!(database.category, Category::Search | Category::Vector | Category::InMemory);
    let level = database.serves.get(&Need::DurabilityPrimary).map(|service| service.level);
    !is_index || level.is_none_or(|level| level < ServiceLevel::Strained)
}
