//! `vectors-without-dimension`

use catalog::vocabulary::{Flag, Quantity};

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("vectors-without-dimension"),
    group: Group::Requirements,
    level: Some(Level::Warning),
    summary: "Embeddings are searched, and nothing says how many dimensions they have.",
    why: "The memory of a vector index is the number of embeddings times their dimension, and every store ends at some \
          dimension: pgvector's index at 2,000. Without it neither can be checked, and no index is rendered. It is a \
          property of the model, so it is known.",
    source: "https://github.com/pgvector/pgvector#hnsw",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              answers:
                kind: vector
                vectors: 200k
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              answers:
                kind: vector
                collections:
                  answers: { embedding_function: bge-m3, count: 200k }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              answers:
                kind: vector
                vectors: 200k
                dimension: 1024
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              answers:
                kind: vector
                collections:
                  answers: { embedding_function: bge-m3, dimension: 1024, count: 200k }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let searched = system.kinds.iter().filter(|kind| kind.flag(Flag::VectorSearch));
    for kind in searched.filter(|kind| kind.profile.quantity(Quantity::Dimension).is_none()) {
        let message = format!("`{}` is searched by embeddings of unknown dimension", kind.name);
        let violation = Violation::new(kind.about(), system.at(kind.data.key, "how many dimensions?"), message);
        let violation = violation.also(system.at(kind.flag_place(Flag::VectorSearch), "searched by embeddings"));
        violations.push(violation.help("say what the model yields: `dimension: 768`, here or in each collection"));
    }
}
