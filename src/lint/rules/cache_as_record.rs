//! `cache-as-record`

use catalog::vocabulary::Durability;

use super::prelude::*;
use crate::source::Placed;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("cache-as-record"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "Data that may be lost at any time is relied upon like a record.",
    why: "`durability: cache` lets the store evict what it holds and start empty after a restart. A backup, an `rpo` or \
          another kind of data that is rebuilt from it say the opposite, and find out when the memory is full.",
    source: "https://redis.io/docs/latest/develop/reference/eviction/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              carts:
                durability: cache
                backup: { every: 1d, keep: 7d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              products: { durability: cache }
              product_search:
                search_heavy: true
                full_text: true
                durability: derived
                source: products
                sync: cdc
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, rpo: 1s }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              carts:
                durability: primary
                backup: { every: 1d, keep: 7d }
              carts_cache:
                durability: cache
                source: carts
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              shared_pages: { durability: cache }
              local_pages: { durability: cache, source: shared_pages }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let cache = kind.data.durability.as_ref().filter(|durability| durability.value == Durability::Cache);
        let Some(cache) = cache else { continue };
        let mut reasons = own_reasons(system, kind);
        reasons.extend(copies(system, kind));
        let Some((what, _)) = reasons.first() else { continue };
        let message = format!("`{}` may be lost at any time, but {what}", kind.name);
        let violation = Violation::new(kind.about(), system.at(cache.place, "a cache is no record"), message);
        let violation = reasons.into_iter().fold(violation, |violation, (_, location)| violation.also(location));
        violations.push(violation.help("make it `durability: primary`, or take away what relies on it"));
    }
}

/// What the kind itself says that only makes sense of a record.
fn own_reasons(system: &System<'_>, kind: &Kind<'_>) -> Vec<(String, Location)> {
    let backup = kind.data.backup.as_ref().map(|backup| (String::from("it is backed up"), backup.place));
    let rpo = kind.data.rpo.as_ref();
    let rpo = rpo.map(|Placed { value, place }| (format!("its `rpo` is {value}"), *place));
    let said = backup.into_iter().chain(rpo);
    said.map(|(what, place)| (what, system.at(place, "this is for what must not be lost"))).collect()
}

/// The kinds that are rebuilt from it and are not caches themselves.
fn copies(system: &System<'_>, kind: &Kind<'_>) -> Vec<(String, Location)> {
    let mut copies = Vec::new();
    for copy in system.kinds.iter().filter(|copy| copy.profile.durability != Some(Durability::Cache)) {
        if let Some(source) = copy.data.source.as_ref().filter(|source| source.value == kind.name) {
            let location = system.at(source.place, "rebuilt from what may be gone");
            copies.push((format!("`{}` is rebuilt from it", copy.name), location));
        }
    }
    copies
}
