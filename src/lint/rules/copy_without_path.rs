//! `copy-without-path`

use catalog::vocabulary::Durability;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("copy-without-path"),
    group: Group::Architecture,
    level: Some(Level::Warning),
    summary: "A copy in another database does not say how it is fed.",
    why: "A copy does not follow its source by itself. As long as nobody has said what carries each change \
          over, every team builds its own way, and nobody can say how stale the copy may be or how it is \
          filled again.",
    source: "https://learn.microsoft.com/azure/architecture/patterns/materialized-view",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              products: { kind: user_profile }
              product_search: { kind: log, records: 50M, durability: derived, source: products }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              readings: { kind: time_series, durability: primary, retention: 90d, backup: { every: 1d, keep: 30d } }
              last_readings: { kind: realtime_state, source: readings }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              products: { kind: user_profile }
              # polyglot: allow(unrealised-statement) what feeds it runs beside the stack
              product_search: { full_text: true, search_heavy: true, durability: derived, source: products, sync: cdc }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              products: { kind: user_profile }
              best_sellers: { complex_relations: true, durability: derived, source: products }
              product_pages: { key_lookup: true, durability: cache, source: products }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for (kind, source) in system.copies() {
        // A cache is filled when somebody asks for what it lacks.
        let is_cache = kind.profile.durability == Some(Durability::Cache);
        let Some(named) = kind.data.source.as_ref().filter(|_| kind.data.sync.is_none() && !is_cache) else { continue };
        if kind.shares_with(source) {
            continue;
        }
        let (copy, original) = (kind.database_name(), source.database_name());
        let message = format!("nothing says how `{}` in {copy} follows `{}` in {original}", kind.name, source.name);
        let violation = Violation::new(kind.about(), system.at(named.place, "carried over by what?"), message);
        violations.push(violation.also(system.at(source.data.key, "the source")).help(
            "say what feeds it: `sync: outbox` for a table that a relay reads, `sync: cdc` for the source's log, or \
             `sync: batch` for a job",
        ));
    }
}
