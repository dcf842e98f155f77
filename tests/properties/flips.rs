//! Flips are true: each is applied to the file. None of a flag or a class is missed, and of a quantity the nearest one that
//! what holds it, what was proposed or the core turns at.

use catalog::vocabulary::{Consistency, Durability, Flag, Scale, Tenancy};
use polyglot::config::Policy;
use polyglot::decide::{Depth, Flip};
use proptest::prelude::{TestCaseError, prop_assert, prop_assert_eq, proptest};

use super::system::{Answer, System, answers, system, tried};
use crate::support::decide_with;

/// The databases of a kind of data after a change of one field.
fn after(system: &System, index: usize, field: &str, value: &str) -> Vec<String> {
    answers(&system.with(index, field, Some(value)), Depth::Choice)[&system.kinds[index].0].databases.clone()
}

/// Every change of a flag or class that is not among the flips changes nothing.
fn single_changes(system: &System, index: usize) -> Vec<(String, String)> {
    let fields = &system.kinds[index].1;
    let flag = |flag: &Flag| {
        let set = fields.get(flag.name()).is_some_and(|value| value == "true");
        (flag.to_string(), (!set).to_string())
    };
    let classes = Durability::ALL.iter().map(|word| ("durability".to_owned(), word.to_string()));
    let classes = classes.chain(Consistency::ALL.iter().map(|word| ("consistency".to_owned(), word.to_string())));
    let classes = classes.chain(Scale::ALL.iter().map(|word| ("scale".to_owned(), word.to_string())));
    let classes = classes.chain(Tenancy::ALL.iter().map(|word| ("tenancy".to_owned(), word.to_string())));
    Flag::ALL.iter().map(flag).chain(classes).collect()
}

fn check(system: &System, index: usize, answer: &Answer) -> Result<(), TestCaseError> {
    let (text, name) = (system.text(), &system.kinds[index].0);
    for Flip { change, databases, .. } in &answer.flips {
        let then = after(system, index, change.field(), &change.value());
        prop_assert_eq!(&then, databases, "{} of {} in\n{}", change.show(), name, &text);
        prop_assert!(*databases != answer.databases, "{} of {name} changes nothing in\n{text}", change.show());
    }
    for (field, value) in single_changes(system, index) {
        if answer.flips.iter().any(|flip| flip.change.field() == field && flip.change.value() == value) {
            continue;
        }
        let then = after(system, index, &field, &value);
        prop_assert_eq!(&then, &answer.databases, "missed: {} = {} of {} in\n{}", field, value, name, &text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(tried(60))]

    #[test]
    fn each_flip_is_true_and_none_of_a_flag_or_a_class_is_missed(system in system()) {
        let all = answers(&system, Depth::Flips);
        for (index, (name, _)) in system.kinds.iter().enumerate().filter(|(_, (name, _))| !all[name].pinned) {
            check(&system, index, &all[name])?;
        }
    }
}

fn flips_of(text: &str) -> Vec<String> {
    let chosen = decide_with(text, &Policy::default(), Depth::Flips).selections.remove(0);
    let value = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), String::from);
    let shown = |flip: &polyglot::report::document::Flip| {
        format!("{} = {} ▶ {}", flip.field, value(&flip.value), flip.databases.join(" + "))
    };
    chosen.flips.iter().map(shown).collect()
}

#[test]
fn the_flips_that_everybody_would_name_are_there() {
    let flips = flips_of("version: 1\ndata:\n  it: { real_time: true, data_size: 512MB }\n");
    assert!(flips.iter().any(|flip| flip.starts_with("data_size = ")), "it ends to fit in memory: {flips:#?}");
    assert!(flips.contains(&"needs_transactions = true ▶ mysql".to_owned()), "{flips:#?}");
    let flips = flips_of("version: 1\ndata:\n  it: { kind: user_profile }\n");
    assert!(flips.contains(&"complex_relations = false ▶ mysql".to_owned()), "{flips:#?}");
    let flips = flips_of("version: 1\ndata:\n  it: { real_time: true }\n");
    assert!(flips.contains(&"needs_transactions = true ▶ mysql".to_owned()), "{flips:#?}");
    let host = "version: 1\ntarget: { memory: 44GB }\ndata:\n  it: { kind: vector, vectors: 1M, dimension: 1024 }\n";
    let flips = flips_of(host);
    let many = |flip: &String| flip.starts_with("vectors = ") && flip.ends_with("▶ chromadb");
    assert!(flips.iter().any(many), "few stand beside their rows: {flips:#?}");
    let flips = flips_of("version: 1\ndata:\n  it: { kind: file }\n");
    assert!(flips.contains(&"object_size = 256kB ▶ postgresql".to_owned()), "small files: {flips:#?}");
}

/// An index beside the record searches it, and a pooler takes clients; more nodes of SQL help neither.
#[test]
fn what_more_nodes_do_not_help_is_no_reason_for_distributed_sql() {
    for search in [
        "full_text: true, records: 90M",
        "vector_search: true, vectors: 300M",
        "graph_relations: true, traversal_depth: 6",
    ] {
        let orders = format!("needs_transactions: true, complex_relations: true, {search}");
        let text = format!("version: 1\ndata:\n  orders: {{ {orders} }}\n");
        let chosen = decide_with(&text, &Policy::default(), Depth::Answer).selections.remove(0);
        assert!(
            !["cockroachdb", "yugabytedb", "tidb"].contains(&&*chosen.databases[0]),
            "{search}: {:?}",
            chosen.databases
        );
    }
}

#[test]
fn a_pin_has_no_flips() {
    assert!(flips_of("version: 1\ndata:\n  it: { kind: file, database: minio }\n").is_empty());
}

#[test]
fn what_the_collections_say_is_not_offered_as_a_flip() {
    let text = "version: 1\ntarget: { memory: 64GB }\ndata:\n  it:\n    kind: vector\n    collections:\n      c: { dimension: 768, count: 1M }\n";
    assert!(flips_of(text).iter().all(|flip| !flip.starts_with("vectors") && !flip.starts_with("dimension")));
}
