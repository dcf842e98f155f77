//! `idle-quantity`

use catalog::vocabulary::{Flag, Quantity};

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("idle-quantity"),
    group: Group::Requirements,
    level: Some(Level::Warning),
    summary: "An amount is given of something that the dataset does not do.",
    why: "The number of embeddings counts only where they are searched, the hops of a query only where it follows \
          relationships. Without the flag the amount says nothing: mostly the flag was forgotten, and the database is \
          chosen as if there were neither.",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              films: { needs_transactions: true, vectors: 40M, dimension: 768 }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              friends: { complex_relations: true, traversal_depth: 4 }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              films: { needs_transactions: true, vector_search: true, vectors: 4k, dimension: 768 }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              friends: { complex_relations: true, records: 4M }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// The amounts that count only beside one of some flags.
const BESIDE: [(Quantity, &[Flag]); 5] = [
    (Quantity::Vectors, &[Flag::VectorSearch]),
    (Quantity::Dimension, &[Flag::VectorSearch]),
    (Quantity::TraversalDepth, &[Flag::GraphRelations]),
    (Quantity::ObjectSize, &[Flag::BinaryObjects]),
    (Quantity::Series, &[Flag::TimeSeries, Flag::Metrics]),
];

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        for (quantity, flags) in BESIDE {
            let Some(stated) = kind.data.quantity(quantity) else { continue };
            if flags.iter().any(|flag| kind.flag(*flag)) {
                continue;
            }
            let named: Vec<String> = flags.iter().map(|flag| format!("`{flag}`")).collect();
            let message = format!("`{quantity}` of `{}` says nothing without {}", kind.name, named.join(" or "));
            let location = system.at(stated.place, "counts for nothing");
            let help = format!("set {}, or remove `{quantity}`", named.join(" or "));
            violations.push(Violation::new(kind.about(), location, message).help(help));
        }
    }
}
