//! `vector-mismatch`

use std::collections::BTreeMap;

use super::prelude::*;
use crate::source::Place;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("vector-mismatch"),
    group: Group::Requirements,
    level: Some(Level::Warning),
    summary: "One embedding model stands in the file with two dimensions.",
    why: "A model yields one dimension, so one of the figures is a mistake: inserts into that index fail. Where the model \
          can shorten its embeddings and both are meant, a query embedded for the one collection cannot be asked of the \
          other; then the models deserve two names.",
    source: "https://www.sbert.net/docs/sentence_transformer/pretrained_models.html",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              knowledge:
                kind: vector
                collections:
                  passages: { embedding_function: bge-m3, dimension: 1024 }
                  questions: { embedding_function: bge-m3, dimension: 768 }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              passages:
                kind: vector
                collections: { passages: { embedding_function: all-MiniLM-L6-v2, dimension: 384 } }
              answers:
                kind: vector
                collections: { answers: { embedding_function: all-MiniLM-L6-v2, dimension: 768 } }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              knowledge:
                kind: vector
                durability: primary
                backup: { every: 1d, keep: 30d }
                collections:
                  passages: { embedding_function: bge-m3, dimension: 1024 }
                  questions: { embedding_function: bge-m3, dimension: 1024 }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              knowledge:
                kind: vector
                collections:
                  passages: { embedding_function: custom, dimension: 1024 }
                  questions: { embedding_function: custom, dimension: 768 }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// What stands for any model of a maker or a library: two of them may well differ.
const NO_MODEL: [&str; 14] = [
    "custom",
    "default",
    "openai",
    "cohere",
    "google",
    "gemini",
    "mistral",
    "voyage",
    "voyageai",
    "jina",
    "ollama",
    "huggingface",
    "sentence-transformers",
    "sentence-transformer",
];

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let mut models: BTreeMap<&str, (u64, Place)> = BTreeMap::new();
    for kind in &system.kinds {
        for (name, collection) in kind.collections() {
            let stated = collection.embedding_function.as_ref().zip(collection.dimension.as_ref());
            let Some((model, dimension)) = stated.filter(|(model, _)| is_model(&model.value)) else { continue };
            let (first, place) = *models.entry(&model.value).or_insert((dimension.value.0, dimension.place));
            if first == dimension.value.0 {
                continue;
            }
            let message =
                format!("`{}` yields {first} dimensions elsewhere, and {} here", model.value, dimension.value);
            let violation =
                Violation::new(kind.about_collection(name), system.at(dimension.place, "another dimension"), message);
            let violation = violation.also(system.at(place, "the same model"));
            violations.push(violation.help("give both the dimension of the model, or each model its own name"));
        }
    }
}

/// Whether a name is that of a model.
fn is_model(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase().replace('_', "-");
    !NO_MODEL.contains(&name.as_str())
}
