//! `dual-write`

use catalog::vocabulary::{Durability, Sync};

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("dual-write"),
    group: Group::Architecture,
    level: Some(Level::Error),
    summary: "The application writes a record and its copy in two databases, and nothing makes them agree.",
    why: "Between the two writes there is a crash, a timeout or a reordering some day, and from then on the \
          two databases disagree without anybody noticing. An outbox in the source's own transaction, or \
          capture of its log, delivers every change at least once.",
    source: "https://microservices.io/patterns/data/transactional-outbox.html",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              products: { kind: user_profile }
              product_search:
                full_text: true
                search_heavy: true
                records: 50M
                durability: derived
                source: products
                sync: application
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              talks: { kind: conversation }
              memories: { kind: vector, dimension: 768, durability: derived, source: talks, sync: application }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              products: { kind: user_profile }
              # polyglot: allow(unrealised-statement) what feeds it runs beside the stack
              product_search:
                full_text: true
                search_heavy: true
                durability: derived
                source: products
                sync: outbox
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              products: { kind: user_profile }
              best_sellers: { complex_relations: true, durability: derived, source: products, sync: application }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for (kind, source) in system.copies() {
        let Some(sync) = kind.data.sync.as_ref().filter(|sync| sync.value == Sync::Application) else { continue };
        // What a cache has wrong goes away with it, and within one database a transaction spans both.
        if kind.profile.durability == Some(Durability::Cache) || kind.shares_with(source) {
            continue;
        }
        let (copy, original) = (kind.database_name(), source.database_name());
        let message = format!(
            "the application writes `{}` to {original} and `{}` to {copy}, and no commit spans both",
            source.name, kind.name
        );
        let violation = Violation::new(kind.about(), system.at(sync.place, "the second write"), message);
        violations.push(violation.also(system.at(source.data.key, "the first write")).help(
            "write one of them, and let the other follow: `sync: outbox`, or `sync: cdc` where the source's log can be \
             read",
        ));
    }
}
