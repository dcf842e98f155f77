//! Every rule is broken by its bad examples and by none of its good ones, and says what a person needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use polyglot::lint::{Check, Example, Group, RULES, Rule};
use serde_json::Value;

use crate::support::project;

/// The day that rules about dates are checked on.
const TODAY: &str = "2026-11-22";

/// The findings of an example, as the program prints them.
fn findings(example: &Example) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in *example {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let run = Command::new(env!("CARGO_BIN_EXE_polyglot"))
        .args(["lint", "--format", "json", "--today", TODAY])
        .current_dir(&folder)
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&run.stderr)));
    document["findings"].as_array().unwrap().clone()
}

/// The names of the rules that an example breaks.
fn broken(example: &Example) -> BTreeSet<String> {
    findings(example).iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

/// The rules, and of a comma-separated list in `RULE` only those: to try one.
fn rules() -> impl Iterator<Item = &'static Rule> {
    let only = std::env::var("RULE").unwrap_or_default();
    RULES.iter().copied().filter(move |rule| only.is_empty() || only.split(',').any(|name| name == rule.id.as_str()))
}

/// Whether an example shows the rule at its usual level, or has to switch it on.
fn is_off(rule: &Rule) -> bool {
    rule.level.is_none()
}

#[test]
fn every_rule_finds_its_bad_examples_and_not_its_good_ones() {
    let mut wrong = Vec::new();
    for rule in rules() {
        for (index, example) in rule.bad.iter().enumerate() {
            let broken = broken(example);
            if !broken.contains(rule.id.as_str()) {
                wrong.push(format!("{}: bad example {index} is not found; found {broken:?}", rule.id));
            }
        }
        for (index, example) in rule.good.iter().enumerate() {
            let broken = broken(example);
            if broken.contains(rule.id.as_str()) {
                wrong.push(format!("{}: good example {index} is found", rule.id));
            }
        }
        let shown = rule.good.first().map(broken).unwrap_or_default();
        if !shown.is_empty() && rule.id.as_str() != "unused-suppression" {
            wrong.push(format!("{}: the good example that is shown breaks {shown:?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_two_examples_of_each_sort_and_says_why() {
    for rule in rules() {
        let id = rule.id.as_str();
        assert!(rule.bad.len() >= 2 && rule.good.len() >= 2, "{id}: fewer than two examples");
        assert!(rule.summary.ends_with('.') && rule.summary.len() <= 100, "{id}: {}", rule.summary);
        assert!(rule.why.ends_with('.') && rule.why.len() >= 80, "{id}: {}", rule.why);
        assert!(rule.source.is_empty() || rule.source.starts_with("https://"), "{id}: {}", rule.source);
        assert!(id.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase())), "{id}");
        if is_off(rule) {
            let on = |example: &Example| {
                example.iter().any(|(path, text)| path.ends_with("polyglot.toml") && text.contains(id))
            };
            assert!(rule.bad.iter().all(on), "{id} is off: its bad examples switch it on in polyglot.toml");
        }
        if matches!(rule.check, Check::Comment(_) | Check::Baseline(_) | Check::Reading) {
            assert!(rule.group == Group::Linting, "{id}: about the linting, and in another group");
        }
    }
}

#[test]
fn every_file_of_a_rule_is_in_the_list_under_its_name() {
    let folder = project("src/lint/rules");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| Some(Path::new(&path).file_stem()?.to_str()?.replace('_', "-")))
        .filter(|name| name != "mod" && name != "prelude" && name != "shared")
        .collect();
    let listed: BTreeSet<String> = RULES.iter().map(|rule| rule.id.to_string()).collect();
    assert_eq!(files, listed);
    assert_eq!(listed.len(), RULES.len(), "a name stands twice");
    let order: Vec<_> = RULES.iter().map(|rule| (rule.group, rule.id)).collect();
    assert!(order.is_sorted(), "the list is by group and name");
}

#[test]
fn no_rule_finds_anything_in_the_examples() {
    let run = Command::new(env!("CARGO_BIN_EXE_polyglot"))
        .args(["lint", "requirements-examples", "--today", TODAY, "--fail-on", "note"])
        .current_dir(project(""))
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}
