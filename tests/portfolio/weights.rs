//! The weights: each database of ours has its own, and a polyglot.toml can override each.

use catalog::{Hosting, Overrides};

#[test]
fn every_database_of_ours_says_what_running_it_takes() {
    let catalog = polyglot::embedded::catalog();
    for database in catalog.databases() {
        let operate = database.operate.as_ref().unwrap_or_else(|| panic!("{} has no [operate]", database.id));
        assert_eq!(operate.base_memory.is_some(), database.hosting == Hosting::Container, "{}", database.id);
    }
}

#[test]
fn a_weight_is_a_number_and_not_below_zero() {
    for text in [
        "strained = -1",
        "strained = nan",
        "strained = inf",
        "strained = \"1\"",
        "strained = 1001",
        "operating = { redis = -0.1 }",
    ] {
        assert!(toml::from_str::<Overrides>(text).is_err(), "{text}");
    }
    let overrides: Overrides = toml::from_str("strained = 2\noperating = { redis = 0 }").unwrap();
    let weights = polyglot::embedded::weights().with(&overrides);
    assert!((weights.strained.get() - 2.0).abs() < 1e-9);
    assert!(weights.operating["redis"].get().abs() < 1e-9);
    assert_eq!(overrides.named(), [(String::from("strained"), 2.0), (String::from("operating.redis"), 0.0)]);
}
