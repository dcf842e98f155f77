//! How often the answer is the one that experts published; see tests/cases/README.md for the method.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use polyglot::catalog::Catalog;
use serde::Deserialize;

use crate::support::{decide, project};

#[derive(Deserialize)]
struct Case {
    id: String,
    group: String,
    requirement: BTreeMap<String, serde_json::Value>,
    categories: Vec<String>,
    one_postgres_is_enough: bool,
    contested: bool,
}

/// The share of agreement that is promised in the README.
const PROMISED: f64 = 0.96;

#[test]
fn the_answer_is_the_experts() {
    let catalog = Catalog::embedded().unwrap();
    let text = fs::read_to_string(project("tests/cases/decisions.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    let mut groups: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
    let mut misses = Vec::new();
    for case in cases.iter().filter(|case| !case.contested) {
        let answer = answer(case);
        let right = is_right(case, &answer, &catalog);
        groups.entry(&case.group).or_default().push(right);
        if !right {
            misses.push(format!("  {}: {} is none of {}", case.id, answer.join(" + "), case.categories.join(", ")));
        }
    }
    let share = |group: &Vec<bool>| group.iter().filter(|right| **right).count() as f64 / group.len() as f64;
    let score = groups.values().map(share).sum::<f64>() / groups.len() as f64;
    let scored: usize = groups.values().map(Vec::len).sum();
    let report = format!(
        "expert decisions: {:.1} % agree, averaged over {} groups ({scored} cases)\n{}\n",
        score * 100.0,
        groups.len(),
        misses.join("\n")
    );
    std::io::stderr().write_all(report.as_bytes()).unwrap();
    assert!(score >= PROMISED, "{report}");
}

fn answer(case: &Case) -> Vec<String> {
    let mut text = String::from("version: 1\ndata:\n  it:\n");
    for (field, value) in &case.requirement {
        text.push_str(&format!("    {field}: {}\n", value.as_str().map_or_else(|| value.to_string(), String::from)));
    }
    decide(&text).selections.remove(0).databases
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
