//! `cache-without-ttl`

use catalog::vocabulary::Durability;

use super::prelude::*;
use crate::requirements::{Capped, Collection};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("cache-without-ttl"),
    group: Group::Requirements,
    level: Some(Level::Warning),
    summary: "Nothing in a cache ever goes stale.",
    why: "An entry without a time to live is served until memory runs out or somebody remembers to delete it, however \
          often its source has changed since. A time to live is the upper bound for how wrong an answer can be when an \
          invalidation is lost.",
    source: "https://learn.microsoft.com/azure/architecture/patterns/cache-aside",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              sessions:
                durability: cache
                collections:
                  sessions: { data_structure: hashes }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              pages:
                kind: realtime_state
                durability: cache
                collections: { pages: { data_structure: strings }, views: { data_structure: sorted_sets } }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(unrealised-statement) the application gives each key its expiry
              sessions:
                durability: cache
                collections:
                  sessions: { data_structure: hashes, ttl: 1d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              sessions:
                durability: primary
                backup: { every: 1d, keep: 7d }
                collections:
                  sessions: { data_structure: hashes }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let cache = kind.data.durability.as_ref().filter(|durability| durability.value == Durability::Cache);
        let Some((cache, (name, first))) = cache.zip(kind.collections().next()) else { continue };
        if kind.collections().any(|(_, collection)| makes_room(collection)) {
            continue;
        }
        let message = format!("nothing in the cache `{}` has a time to live", kind.name);
        let violation = Violation::new(kind.about(), system.at(first.key, "stays until memory runs out"), message);
        let violation = violation.also(system.at(cache.place, "a cache"));
        violations.push(violation.help(format!("say how old an answer may be: `{name}: {{ ttl: 1h }}`")));
    }
}

fn makes_room(collection: &Collection) -> bool {
    let capped = collection.capped.as_ref().is_some_and(|capped| capped.value != Capped::No);
    collection.ttl.is_some() || capped
}
