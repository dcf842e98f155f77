//! Flips are true, and none is missed: each is applied to the file, and what lies between is tried too.

use catalog::vocabulary::{Amount, Consistency, Durability, Flag, Quantity, Scale};
use proptest::prelude::{ProptestConfig, Rng as _, TestCaseError, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRng};

use polyglot::config::Policy;
use polyglot::decide::Depth;
use polyglot::report::document::{Chosen, Document, Flip};

use crate::support::{Fields, cases, decide, decide_with, file, random};

fn with_flips(text: &str) -> Document {
    decide_with(text, &Policy::default(), Depth::Flips)
}

fn value(flip: &Flip) -> String {
    flip.value.as_str().map_or_else(|| flip.value.to_string(), String::from)
}

/// The databases of a kind of data after a change of one field.
fn after(target: &str, kinds: &[Fields], index: usize, field: &str, value: &str) -> Vec<String> {
    let mut changed = kinds.to_vec();
    changed[index].insert(field.to_owned(), value.to_owned());
    decide(&file(target, &changed)).selections.swap_remove(index).databases
}

/// Every change of a flag or class that is not among the flips changes nothing.
fn single_changes(kinds: &[Fields], index: usize) -> Vec<(String, String)> {
    let flag = |flag: &Flag| {
        let set = kinds[index].get(flag.name()).is_some_and(|value| value == "true");
        (flag.to_string(), (!set).to_string())
    };
    let classes = Durability::ALL.iter().map(|word| ("durability".to_owned(), word.to_string()));
    let classes = classes.chain(Consistency::ALL.iter().map(|word| ("consistency".to_owned(), word.to_string())));
    let classes = classes.chain(Scale::ALL.iter().map(|word| ("scale".to_owned(), word.to_string())));
    Flag::ALL.iter().map(flag).chain(classes).collect()
}

/// The stretches of amounts that must leave the answer as it is: between the flips on either side of what is now. Where
/// nothing is known now, a flip may lie below or above what changes nothing; `same` tells which.
fn unflipped(quantity: Quantity, now: Option<u64>, flips: &[u64], same: impl Fn(u64) -> bool) -> Option<(u64, u64)> {
    const LARGEST: u64 = 1 << 52;
    let step = quantity.step();
    match (now, flips) {
        (Some(now), flips) => {
            let below = flips.iter().filter(|flip| **flip < now).max().map_or(0, |flip| flip + step);
            let above = flips.iter().filter(|flip| **flip > now).min().map_or(LARGEST, |flip| flip - step);
            Some((below, above))
        }
        (None, []) => Some((0, LARGEST)),
        (None, [flip]) if same(flip + step) => Some((flip + step, LARGEST)),
        (None, [flip]) if *flip >= step && same(flip - step) => Some((0, flip - step)),
        (None, [_]) => None,
        (None, [low, high]) => Some((low + step, high - step)),
        (None, _) => unreachable!("at most two flips a quantity"),
    }
}

fn check(
    target: &str,
    kinds: &[Fields],
    index: usize,
    chosen: &Chosen,
    seed: &mut TestRng,
) -> Result<(), TestCaseError> {
    let text = file(target, kinds);
    for flip in &chosen.flips {
        let value = value(flip);
        let then = after(target, kinds, index, &flip.field, &value);
        prop_assert_eq!(&then, &flip.databases, "{} = {} of kind{} in\n{}", &flip.field, value, index, &text);
        prop_assert!(flip.databases != chosen.databases, "{} = {} changes nothing in\n{}", &flip.field, value, &text);
    }
    for (field, value_tried) in single_changes(kinds, index) {
        if chosen.flips.iter().any(|flip| flip.field == field && value(flip) == value_tried) {
            continue;
        }
        let then = after(target, kinds, index, &field, &value_tried);
        prop_assert_eq!(&then, &chosen.databases, "missed: {} = {} of kind{} in\n{}", field, value_tried, index, &text);
    }
    let mut random = |low: u64, high: u64| {
        // As likely near the one end as near the other, whatever the magnitudes.
        let spread = (high - low).max(1);
        let width = 1 + seed.next_u64() % (64 - u64::from(spread.leading_zeros()));
        let offset = seed.next_u64() % spread.min(1 << (width - 1)).max(1);
        if seed.next_u64().is_multiple_of(2) { low + offset } else { high - offset }
    };
    for quantity in Quantity::ALL {
        let now = kinds[index].get(quantity.name()).map(|amount| quantity.parse(amount).unwrap().0);
        let of_quantity = chosen.flips.iter().filter(|flip| flip.field == quantity.name());
        let flips: Vec<u64> = of_quantity.map(|flip| quantity.parse(&value(flip)).unwrap().0).collect();
        let answer = |amount: u64| after(target, kinds, index, quantity.name(), &quantity.print(Amount(amount)));
        let same = |amount: u64| answer(amount) == chosen.databases;
        let Some((low, high)) = unflipped(*quantity, now, &flips, same) else { continue };
        let mut tried = vec![low, high];
        tried.extend((0..4).map(|_| (random(low, high) / quantity.step() * quantity.step()).clamp(low, high)));
        for amount in tried {
            let then = answer(amount);
            let amount = quantity.print(Amount(amount));
            prop_assert_eq!(
                &then,
                &chosen.databases,
                "missed: {} = {} of kind{} in\n{}",
                quantity,
                amount,
                index,
                &text
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(7), ..cases(60) })]

    #[test]
    fn each_flip_is_true_and_none_is_missed((target, kinds) in random::system()) {
        let mut seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let document = with_flips(&file(&target, &kinds));
        for (index, chosen) in document.selections.iter().enumerate() {
            check(&target, &kinds, index, chosen, &mut seed)?;
        }
    }
}

fn flips_of(text: &str) -> Vec<String> {
    let chosen = with_flips(text).selections.remove(0);
    chosen
        .flips
        .iter()
        .map(|flip| format!("{} = {} ▶ {}", flip.field, value(flip), flip.databases.join(" + ")))
        .collect()
}

#[test]
fn the_flips_that_everybody_would_name_are_there() {
    let flips = flips_of("version: 1\ndata:\n  it: { real_time: true, data_size: 512MB }\n");
    assert!(flips.contains(&"data_size = 1GB ▶ kafka + redis".to_owned()), "{flips:#?}");
    assert!(flips.contains(&"needs_transactions = true ▶ mysql".to_owned()), "{flips:#?}");
    let flips = flips_of("version: 1\ndata:\n  it: { kind: user_profile }\n");
    assert!(flips.contains(&"complex_relations = false ▶ mysql".to_owned()), "{flips:#?}");
    let flips = flips_of("version: 1\ndata:\n  it: { real_time: true }\n");
    assert!(flips.contains(&"needs_transactions = true ▶ mysql".to_owned()), "{flips:#?}");
    let host = "version: 1\ntarget: { memory: 44GB }\ndata:\n  it: { kind: vector, vectors: 1M, dimension: 1024 }\n";
    let flips = flips_of(host);
    assert!(flips.contains(&"vectors = 10_780_001 ▶ qdrant".to_owned()), "{flips:#?}");
    let flips = flips_of("version: 1\ndata:\n  it: { kind: file }\n");
    assert!(flips.contains(&"object_size = 256kB ▶ postgresql".to_owned()), "{flips:#?}");
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
