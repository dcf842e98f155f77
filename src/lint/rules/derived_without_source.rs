//! `derived-without-source`

use super::prelude::*;
use crate::vocabulary::Durability;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("derived-without-source"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "Data that can be rebuilt does not say from what.",
    why: "`durability: derived` promises that a lost copy is made again from its source. Without a `source` nobody can \
          keep the promise, and the only copy stands in a store that was chosen because it may lose it.",
    source: "https://learn.microsoft.com/azure/architecture/patterns/materialized-view",
    bad: examples![
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  product_search:\n    full_text: true\n    search_heavy: true\n    durability: derived\n",
        )],
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  products: { kind: user_profile }\n  answers: { kind: vector, dimension: 768, durability: derived }\n",
        )],
    ],
    good: examples![
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  products:\n    kind: user_profile\n  product_search:\n    full_text: true\n    search_heavy: true\n    durability: derived\n    source: products\n    sync: outbox\n",
        )],
        &[("polyglot.yaml", "version: 1\ndata:\n  sessions: { key_lookup: true, durability: cache }\n")],
    ],
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
