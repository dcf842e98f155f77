//! A missing figure never wins: a database that loses a row wins nothing that it did not hold before.

use std::collections::BTreeMap;

use catalog::vocabulary::{Facts, Quantity};
use catalog::{Catalog, Database, Entry};
use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Selection};
use polyglot::requirements::{Profile, Requirements};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, proptest};
use proptest::sample::Index;

use super::system::{Answers, answers_with, known, system, tried};
use crate::choice::{decisions, file, systems};
use crate::support::{knowledge, parse};

/// The requirements of all cases.
fn requirements() -> Vec<Requirements> {
    let decisions =
        ["decisions.json", "decisions-2.json"].into_iter().flat_map(decisions).map(|case| file(&case, |_| true));
    let texts = decisions.chain(systems().into_iter().map(|system| system.text));
    texts.map(|text| parse(&text, &known().0).unwrap_or_else(|_| panic!("{text}"))).collect()
}

/// The databases of each kind of data.
fn choices(requirements: &Requirements, catalog: &Catalog) -> Vec<Vec<String>> {
    let policy = Policy::default();
    let context = DecisionContext::new(knowledge(catalog, &known().1, &policy), requirements);
    let selection = Selection::of(requirements, &context, Depth::Choice);
    let ids = |databases: &[&Database]| databases.iter().map(|database| database.id.to_string()).collect();
    selection.kinds.iter().map(|selected| ids(&selected.databases)).collect()
}

/// Whether a row says something of some kind of data in a file.
fn concerns(requirements: &Requirements, of: Quantity, when: Facts) -> bool {
    requirements.data.values().any(|data| {
        let profile = Profile::of(data, &known().0);
        profile.amount(of).is_some() && when.is_within(profile.bound_facts())
    })
}

/// The rows of a database without which something is unknown: the default rows, and those of one use.
fn decisive(database: &Database) -> impl Iterator<Item = usize> + '_ {
    (0..database.bounds.len()).filter(|row| database.bounds[*row].when.count() <= 1)
}

#[test]
fn deleting_a_row_never_makes_a_database_win() {
    let all = requirements();
    let mut catalog = known().0.clone();
    let before: Vec<_> = all.iter().map(|requirements| choices(requirements, &catalog)).collect();
    let mut wins: BTreeMap<String, usize> = BTreeMap::new();
    for database in known().0.databases() {
        let recipe = known().0.recipe(&database.id).unwrap();
        for row in decisive(database) {
            let mut poorer = database.clone();
            let bound = poorer.bounds.remove(row);
            catalog.add(Entry { database: poorer, recipe: recipe.clone() });
            for (requirements, before) in all.iter().zip(&before) {
                if !concerns(requirements, bound.of, bound.when) {
                    continue;
                }
                for (was, is) in before.iter().zip(choices(requirements, &catalog)) {
                    if is.contains(&database.id.to_string()) && !was.contains(&database.id.to_string()) {
                        let when = bound.when.names().collect::<Vec<_>>().join(" ");
                        *wins.entry(format!("{} without {} [{when}]", database.id, bound.of)).or_default() += 1;
                    }
                }
            }
        }
        catalog.add(Entry { database: database.clone(), recipe: recipe.clone() });
    }
    assert!(wins.is_empty(), "{wins:#?}");
}

/// The databases that won something that they did not hold before.
fn won(before: &Answers, after: &Answers, id: &str) -> Vec<String> {
    let holds = |answers: &Answers, name: &str| answers[name].databases.iter().any(|other| other == id);
    before.keys().filter(|name| holds(after, name) && !holds(before, name)).cloned().collect()
}

proptest! {
    #![proptest_config(tried(150))]

    #[test]
    fn a_catalogue_with_holes_wins_nothing_by_them(system in system(), holes in vec((any::<Index>(), any::<Index>()), 1..4)) {
        let policy = Policy::default();
        let before = answers_with(&system, Depth::Choice, &known().0, &policy);
        let databases: Vec<&Database> = known().0.databases().collect();
        let mut poorer = (*holes[0].0.get(&databases)).clone();
        for (_, row) in &holes {
            let row = row.index(poorer.bounds.len());
            if poorer.bounds[row].when.count() <= 1 {
                poorer.bounds.remove(row);
            }
        }
        let id = poorer.id.to_string();
        let recipe = known().0.recipe(&id).unwrap().clone();
        let mut catalog = known().0.clone();
        catalog.add(Entry { database: poorer, recipe });
        let after = answers_with(&system, Depth::Choice, &catalog, &policy);
        let won = won(&before, &after, &id);
        prop_assert!(won.is_empty(), "{id} with holes wins {won:?} in\n{}", system.text());
    }
}
