//! Every file of the catalog is whole: what it names exists, what it states has a source, what it recommends is alive.

use std::collections::BTreeSet;
use std::fs;

use catalog::vocabulary::Need;
use catalog::{Catalog, Database, Date, Entry, Folder, State, Surety};

use crate::support::project;

/// The day on which the catalog was last gone through; a default version must outlive it.
const CHECKED: Date = Date { year: 2026, month: 12, day: 1 };

/// The folders that describe a database.
fn folders() -> Vec<String> {
    let folders = fs::read_dir(project("templates")).unwrap().map(|entry| entry.unwrap().path());
    let described = folders.filter(|folder| folder.join("database.toml").exists());
    let mut names: Vec<_> = described.map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn text(id: &str) -> String {
    fs::read_to_string(project(&format!("templates/{id}/database.toml"))).unwrap()
}

fn each(check: impl Fn(&Database, &Catalog)) {
    let catalog = polyglot::embedded::catalog();
    catalog.databases().for_each(|database| check(database, &catalog));
}

#[test]
fn all_of_them_are_there_and_whole() {
    assert_eq!(polyglot::embedded::catalog().ids().collect::<Vec<_>>(), folders());
    each(|database, _| {
        assert_eq!(database.check(), Ok(()));
        assert!(database.homepage.starts_with("https://"), "{}", database.id);
        assert!(!database.summary.is_empty() && !database.role.purpose.is_empty(), "{}", database.id);
        let role = &database.role;
        assert!(
            role.use_cases.len() >= 3 && role.strengths.len() >= 3 && !role.weaknesses.is_empty(),
            "{}",
            database.id
        );
        assert!(!database.optimisation.is_empty() && !database.bounds.is_empty(), "{}", database.id);
    });
}

#[test]
fn what_it_names_exists() {
    each(|database, catalog| {
        assert!(!database.alternatives.is_empty(), "{} has no alternative", database.id);
        let named = database.alternatives.iter().map(|alternative| &alternative.id).chain(&database.upstream.successor);
        for id in named {
            assert!(catalog.get(id).is_some(), "{} names {id}", database.id);
            assert_ne!(*id, database.id);
        }
        for version in database.bounds.iter().flat_map(|bound| bound.since.iter().chain(&bound.until)) {
            assert!(database.version(version).is_some(), "{}: a limit names version {version}", database.id);
        }
    });
}

#[test]
fn every_source_is_used_and_says_enough() {
    each(|database, catalog| {
        let recipe = catalog.recipe(&database.id).unwrap();
        let named = database.named_sources().chain(recipe.sources()).map(|(_, source)| source.as_str());
        let named: Vec<&str> = named.collect();
        for (name, evidence) in database.sources.iter() {
            let id = &database.id;
            assert!(named.contains(&name.as_str()), "{id}: the source {name} is not used");
            assert!(evidence.address.starts_with("https://"), "{id}: {}", evidence.address);
            assert!(evidence.date <= CHECKED && evidence.date.year >= 2000, "{id}: {} is {}", name, evidence.date);
            let explained = evidence.note.as_ref().is_some_and(|note| note.len() > 10);
            assert!(evidence.evidence != Surety::Assumption || explained, "{id}: {name} does not say whose judgement");
        }
    });
}

#[test]
fn nothing_that_has_ended_is_the_default() {
    each(|database, catalog| {
        let id = &database.id;
        let default = database.default_version().unwrap();
        assert!(default.end_of_life.is_none_or(|end| end > CHECKED), "{id} {} has ended", default.major);
        let majors: BTreeSet<_> = database.known_versions().map(|version| &version.major).collect();
        assert_eq!(majors.len(), database.known_versions().count(), "{id} lists a version twice");
        for pair in database.versions.windows(2).chain(database.ended.windows(2)) {
            if let (Some(newer), Some(older)) = (pair[0].released, pair[1].released) {
                assert!(newer >= older, "{id} {} stands before {}", pair[0].major, pair[1].major);
            }
        }
        let is_run = catalog.recipe(id).is_some_and(|recipe| recipe.container.is_some());
        assert!(!is_run || database.ended.iter().all(|version| version.tag.is_none()), "{id}");
        for version in &database.versions {
            let pinned = version.image.is_some() && version.tag.as_ref().is_some_and(|tag| tag != "latest");
            assert!(!is_run || pinned, "{id} {}: image and tag", version.major);
        }
        let ended = matches!(database.upstream.state, State::Archived | State::Dormant);
        if let Some(successor) = database.upstream.successor.as_ref().map(|id| catalog.get(id).unwrap()) {
            assert_eq!(successor.protocol, database.protocol, "{id}");
            assert_eq!(successor.upstream.state, State::Active, "{id}");
        }
        assert!(!ended || (database.upstream.successor.is_some() && database.upstream.note.is_some()), "{id}");
    });
}

#[test]
fn a_worse_file_is_refused() {
    let good = text("postgresql");
    let read = |text: &str| {
        Entry::read(&Folder { database: text.to_owned().leak(), files: Vec::new() }, |_| None)
            .map_err(|error| error.to_string())
            .and_then(|entry| entry.database.check())
    };
    assert_eq!(read(&good), Ok(()));
    let without_source =
        good.replacen("\n[[bounds]]", "\n[[bounds]]\nof = \"records\"\nwhen = []\nunbounded = \"x\"\n\n[[bounds]]", 1);
    assert!(read(&without_source).unwrap_err().contains("missing field `source`"));
    assert!(read(&good.replacen("evidence = \"verified\"", "", 1)).unwrap_err().contains("evidence"));
    assert!(
        read(&good.replacen("\n[upstream]", "\ncolour = \"blue\"\n\n[upstream]", 1)).unwrap_err().contains("colour")
    );
    let unknown = good.replacen("source = \"", "source = \"no-such-", 1);
    assert!(read(&unknown).unwrap_err().contains("which `[sources]` does not have"));
    for need in Need::ALL {
        let start = good.find(&format!("[serves.{need}]")).unwrap();
        let end = start + good[start..].find("\n\n").unwrap();
        let without = format!("{}{}", &good[..start], &good[end..]);
        assert!(read(&without).unwrap_err().contains(&format!("`[serves.{need}]` is missing")), "{need}");
    }
}

#[test]
fn the_given_roles_are_whole() {
    let catalog = polyglot::embedded::catalog();
    let has = |id: &str, use_cases: &[&str], techniques: &[&str]| {
        let database = catalog.get(id).unwrap();
        for name in use_cases {
            assert!(database.role.use_cases.contains_key(*name), "{id} is not used for {name}");
        }
        for name in techniques {
            let named = |technique: &&catalog::Optimisation| technique.name == *name || technique.topic == *name;
            assert!(database.optimisation.iter().any(|t| named(&t)), "{id} has no technique {name}");
        }
    };
    let postgresql = ["CREATE INDEX CONCURRENTLY", "PARTITION BY RANGE", "VACUUM ANALYZE", "pgbouncer"];
    has("postgresql", &["user_accounts", "token_transactions", "contracts", "audit_logs"], &postgresql);
    let redis = ["session_store", "cache_layer", "real_time_state", "pub_sub", "rate_limiting"];
    has("redis", &redis, &["memory", "persistence", "eviction", "clustering"]);
    has("mongodb", &["conversations", "skills", "memories"], &["indexes", "sharding", "aggregation", "projection"]);
    has("chromadb", &["knowledge_base", "memory_embeddings"], &[]);
    let structures = &catalog.get("redis").unwrap().role.data_structures;
    assert!(
        ["strings", "hashes", "lists", "sets", "sorted_sets", "streams"]
            .iter()
            .all(|name| structures.contains_key(*name))
    );
}
