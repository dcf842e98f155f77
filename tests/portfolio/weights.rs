//! The weights: each database of ours has its own, and a polyglot.toml can override each.

use catalog::{Hosting, Overrides};

#[test]
fn every_database_of_ours_says_what_running_it_takes() {
    let catalog = polyglot::embedded::catalog();
    for database in catalog.databases() {
        let operate = database.operate.as_ref().unwrap_or_else(|| panic!("{} has no [operate]", database.id));
        assert_eq!(operate.base_memory.is_some(), database.hosting == Hosting::Container, "{}", database.id);
        assert!(operate.family.as_ref().is_none_or(|kin| catalog.get(kin).is_some()), "{}", database.id);
    }
}

#[test]
fn a_weight_is_a_number_and_not_below_zero() {
    for text in ["copy = -1", "copy = nan", "copy = inf", "copy = \"1\"", "copy = 1001", "operating = { redis = -0.1 }"]
    {
        assert!(toml::from_str::<Overrides>(text).is_err(), "{text}");
    }
    let overrides: Overrides = toml::from_str("copy = 2\noperating = { redis = 0 }").unwrap();
    let weights = polyglot::embedded::weights().with(&overrides);
    assert!((weights.copy.get() - 2.0).abs() < 1e-9);
    assert!(weights.operating["redis"].get().abs() < 1e-9);
    assert_eq!(overrides.named(), [(String::from("copy"), 2.0), (String::from("operating.redis"), 0.0)]);
}
