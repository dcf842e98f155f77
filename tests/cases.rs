//! How often the answer is the one that experts published; see tests/cases/README.md for the method.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use catalog::Catalog;

use polyglot::decide::Tree;
use polyglot::requirements::Profile;
use serde::Deserialize;

use crate::given_tree::FLAGS;
use crate::support::{decide, parse, project};

/// A published decision.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    group: String,
    pub(crate) requirement: BTreeMap<String, serde_json::Value>,
    pub(crate) categories: Vec<String>,
    pub(crate) one_postgres_is_enough: bool,
    contested: bool,
}

/// The decisions that the sources agree on.
pub(crate) fn uncontested() -> Vec<Case> {
    let text = fs::read_to_string(project("tests/cases/decisions.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    cases.into_iter().filter(|case| !case.contested).collect()
}

/// The share of agreement that is promised in the README.
const PROMISED: f64 = 0.999;

#[test]
fn the_answer_is_the_experts() {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).unwrap();
    let cases = uncontested();
    let mut misses = Vec::new();
    let score = share(&cases, |case| {
        let answer = decide(&file(case, |_| true)).selections.remove(0).databases;
        let right = is_right(case, &answer, &catalog);
        if !right {
            misses.push(format!("  {}: {} is none of {}", case.id, answer.join(" + "), case.categories.join(", ")));
        }
        right
    });
    let postgresql = share(&cases, |case| is_right(case, &[String::from("postgresql")], &catalog));
    let given = share(&cases, |case| {
        let requirements =
            parse(&file(case, |field| FLAGS.contains(&field) || field == "data_size"), &catalog).unwrap();
        let walk = tree.walk(&Profile::of(&requirements.data["it"], &catalog)).unwrap();
        let answer: Vec<String> = walk.answer.databases.iter().map(ToString::to_string).collect();
        is_right(case, &answer, &catalog)
    });
    let report = format!(
        "expert decisions that agree, averaged over groups: {:.1} % (the given tree alone {:.1} %, always PostgreSQL \
         {:.1} %)\n{}\n",
        score * 100.0,
        given * 100.0,
        postgresql * 100.0,
        misses.join("\n")
    );
    std::io::stderr().write_all(report.as_bytes()).unwrap();
    assert!(score >= PROMISED, "{report}");
    assert!(postgresql < given && given < score, "{report}");
}

/// The share of the scored cases that something gets right, averaged within each group and then over the groups.
fn share(cases: &[Case], mut right: impl FnMut(&Case) -> bool) -> f64 {
    let mut groups: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
    for case in cases {
        groups.entry(&case.group).or_default().push(right(case));
    }
    let of = |group: &Vec<bool>| group.iter().filter(|right| **right).count() as f64 / group.len() as f64;
    groups.values().map(of).sum::<f64>() / groups.len() as f64
}

/// A requirements file of a case, with the fields that are wanted.
fn file(case: &Case, wanted: impl Fn(&str) -> bool) -> String {
    format!("version: 1\ndata:\n  it:\n{}", fields(case, wanted))
}

/// The fields of a case that are wanted, as those of a kind of data.
pub(crate) fn fields(case: &Case, wanted: impl Fn(&str) -> bool) -> String {
    let mut text = String::from("    description: a published case\n");
    for (field, value) in case.requirement.iter().filter(|(field, _)| wanted(field)) {
        text.push_str(&format!("    {field}: {}\n", value.as_str().map_or_else(|| value.to_string(), String::from)));
    }
    text
}

fn is_right(case: &Case, answer: &[String], catalog: &Catalog) -> bool {
    let [first, rest @ ..] = answer else { return false };
    if !rest.is_empty() && answer != ["kafka", "redis"] {
        return false;
    }
    let database = catalog.get(first).unwrap();
    let of = |category: &String| {
        let mut categories = std::iter::once(database.category).chain(database.also.iter().copied());
        categories.any(|own| own.to_string() == *category)
    };
    case.categories.iter().any(of) || (case.one_postgres_is_enough && first == "postgresql")
}
