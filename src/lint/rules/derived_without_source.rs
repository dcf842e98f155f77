//! `derived-without-source`

use catalog::vocabulary::Durability;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("derived-without-source"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "Data that can be rebuilt does not say from what.",
    why: "`durability: derived` promises that a lost copy is made again from its source. Without a `source` nobody can \
          keep the promise, and the only copy stands in a store that was chosen because it may lose it.",
    source: "https://learn.microsoft.com/azure/architecture/patterns/materialized-view",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              product_search:
                full_text: true
                search_heavy: true
                durability: derived
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              products: { kind: user_profile }
              answers: { kind: vector, dimension: 768, durability: derived }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              products:
                kind: user_profile
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
              sessions: { key_lookup: true, durability: cache }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let derived = kind.data.durability.as_ref().filter(|durability| durability.value == Durability::Derived);
        let Some(derived) = derived.filter(|_| kind.data.source.is_none()) else { continue };
        let message = format!("`{}` can be rebuilt, but not from anything", kind.name);
        let violation = Violation::new(kind.about(), system.at(derived.place, "from what?"), message);
        violations
            .push(violation.help("name the kind of data that it is made of: `source: NAME`, or make it `primary`"));
    }
}
