//! What a person and a CI job rely on: order, completeness, exit codes, comments, the baseline, fixes.

use std::fs;

use serde_json::Value;

use super::{FAULTY, folder, lint, write};

fn findings(text: &str) -> Vec<(String, String, u64)> {
    let document: Value = serde_json::from_str(text).unwrap();
    let findings = document["findings"].as_array().unwrap().iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    findings.map(|one| (text(one, "file"), text(one, "rule"), one["line"].as_u64().unwrap())).collect()
}

/// 300 kinds of data that say the same, a line each.
fn three_hundred(fields: &str) -> String {
    let kinds: Vec<String> = (0..300).map(|i| format!("  kind_{i}: {{ {fields} }}\n")).collect();
    kinds.concat()
}

#[test]
fn three_hundred_faults_are_three_hundred_findings_in_order() {
    let kinds = three_hundred("search_heavy: true, full_text: true, durability: derived");
    let folder = folder(&[("polyglot.yaml", &format!("version: 1\ndata:\n{kinds}"))]);
    let (first, _, code) = lint(folder.path(), &["--format", "json"]);
    let mut found = findings(&first);
    found.retain(|(_, rule, _)| rule == "derived-without-source");
    assert_eq!((code, found.len()), (1, 300));
    assert!(found.is_sorted_by_key(|(_, _, line)| *line));
    found.dedup();
    assert_eq!(found.len(), 300);
    for _ in 0..3 {
        assert_eq!(lint(folder.path(), &["--format", "json"]).0, first);
    }
    let unknown = three_hundred("nothing: true");
    write(folder.path(), "polyglot.yaml", &format!("version: 1\ndata:\n{unknown}"));
    let (text, _, code) = lint(folder.path(), &["--format", "json"]);
    assert_eq!((code, findings(&text).len()), (2, 300), "faults of the file too");
}

#[test]
fn a_file_that_cannot_be_read_hides_no_other() {
    let folder = folder(&[
        ("a/polyglot.yaml", "version: 1\ndata: [\n"),
        ("b/polyglot.yaml", FAULTY),
        ("d/compose.yaml", "services: [\n"),
        ("e/polyglot.toml", "[lint]\nno-such-rule = \"error\"\n"),
        ("e/polyglot.yaml", FAULTY),
        ("f/polyglot.yaml", FAULTY),
        ("f/polyglot.lock", "version = 1\n[data.x]\n"),
    ]);
    fs::create_dir_all(folder.path().join("c")).unwrap();
    fs::write(folder.path().join("c/req.yaml"), b"version: 1\ndata:\n  a: \xff\n").unwrap();
    let (text, _, code) = lint(folder.path(), &["--format", "json"]);
    assert_eq!(code, 2);
    let found: Vec<(String, String)> = findings(&text).into_iter().map(|(file, rule, _)| (file, rule)).collect();
    for (file, rule) in [
        ("a/polyglot.yaml", "invalid-requirements"),
        ("b/polyglot.yaml", "derived-without-source"),
        ("c/req.yaml", "unreadable-file"),
        ("d/compose.yaml", "invalid-compose"),
        ("e/polyglot.toml", "invalid-config"),
        ("f/polyglot.lock", "invalid-lock"),
    ] {
        assert!(found.contains(&(file.into(), rule.into())), "{file} {rule}: {found:?}");
    }
}

#[test]
fn gitignore_is_obeyed_and_hidden_folders_are_left_out() {
    let folder = folder(&[
        (".gitignore", "ignored/\n"),
        ("ignored/polyglot.yaml", FAULTY),
        (".hidden/polyglot.yaml", FAULTY),
        ("other/notes.yaml", "version: 1\nservices: none\n"),
        ("good/polyglot.yaml", "version: 1\ndata:\n  a: { key_lookup: true, durability: cache }\n"),
    ]);
    let (text, errors, code) = lint(folder.path(), &[]);
    assert_eq!((text.as_str(), errors.as_str(), code), ("nothing to report in 1 file\n", "", 0));
    let (_, _, code) = lint(folder.path(), &["ignored/polyglot.yaml"]);
    assert_eq!(code, 1, "a file that is named is looked at");
    let (_, errors, code) = lint(folder.path(), &["other"]);
    assert_eq!(code, 2, "nothing to look at is no success: {errors}");
    assert_eq!(lint(folder.path(), &["nowhere"]).2, 2);
}

#[test]
fn the_exit_code_follows_the_level_that_is_asked_for() {
    let folder =
        folder(&[("polyglot.yaml", FAULTY), ("polyglot.toml", "[lint]\nderived-without-source = \"warning\"\n")]);
    for (arguments, expected) in [(&[][..], 0), (&["--fail-on", "warning"], 1), (&["--fail-on", "note"], 1)] {
        for format in ["human", "json", "sarif", "github", "junit"] {
            let all = [arguments, &["--format", format]].concat();
            assert_eq!(lint(folder.path(), &all).2, expected, "{all:?}");
        }
    }
    write(folder.path(), "polyglot.toml", "[lint]\nderived-without-source = \"allow\"\n");
    assert_eq!(lint(folder.path(), &["--fail-on", "note"]).2, 0);
}

#[test]
fn a_comment_allows_and_one_too_many_is_found_and_removed() {
    let text = FAULTY.replace(
        "durability: derived",
        "durability: derived  # polyglot: allow(derived-without-source, dual-write) made by hand",
    );
    let folder = folder(&[("polyglot.yaml", &text)]);
    let (json, _, code) = lint(folder.path(), &["--format", "json"]);
    let found = findings(&json);
    assert_eq!(code, 0, "{found:?}");
    assert_eq!(found, [(String::from("polyglot.yaml"), String::from("unused-suppression"), 6)]);
    let (diff, _, code) = lint(folder.path(), &["--fix", "--dry-run"]);
    assert!(
        diff.contains("+    durability: derived  # polyglot: allow(derived-without-source) made by hand"),
        "{diff}"
    );
    assert_eq!((code, fs::read_to_string(folder.path().join("polyglot.yaml")).unwrap()), (1, text.clone()));
    let (_, said, code) = lint(folder.path(), &["--fix"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("polyglot.yaml")).unwrap(), text.replace(", dual-write", ""));
    let (human, ..) = lint(folder.path(), &[]);
    assert_eq!(human, "nothing to report in 1 file; 1 allowed by comments\n");
}

#[test]
fn a_baseline_counts_what_was_there_and_only_that() {
    let folder = folder(&[("polyglot.yaml", FAULTY)]);
    let (text, _, code) = lint(folder.path(), &["--write-baseline"]);
    assert_eq!((text.as_str(), code), ("wrote polyglot.baseline.toml: 1 findings no longer count\n", 0));
    let (text, _, code) = lint(folder.path(), &[]);
    assert_eq!((text.as_str(), code), ("nothing to report in 1 file; 1 in the baseline\n", 0));
    let more = format!("# moved\n{FAULTY}  more: {{ search_heavy: true, full_text: true, durability: derived }}\n");
    write(folder.path(), "polyglot.yaml", &more);
    let (text, _, code) = lint(folder.path(), &["--format", "json"]);
    assert_eq!((findings(&text).len(), code), (1, 1), "what is new counts: {text}");
    write(folder.path(), "polyglot.yaml", "version: 1\ndata:\n  a: { key_lookup: true, durability: cache }\n");
    let (text, _, code) = lint(folder.path(), &["--format", "json"]);
    assert_eq!(code, 0);
    assert_eq!(findings(&text)[0].1, "stale-baseline");
    write(folder.path(), "polyglot.toml", "[lint]\nstale-baseline = \"error\"\n");
    assert_eq!(lint(folder.path(), &[]).2, 1, "its level is that of polyglot.toml");
    write(folder.path(), "polyglot.baseline.toml", "version = 2\n");
    let (_, errors, code) = lint(folder.path(), &[]);
    assert!(code == 2 && errors.contains("has format 2"), "{errors}");
}

#[test]
fn results_go_to_standard_output_and_nothing_else_does() {
    let folder = folder(&[("polyglot.yaml", FAULTY)]);
    let (text, errors, code) = lint(folder.path(), &["--format", "json"]);
    assert!(serde_json::from_str::<Value>(&text).is_ok() && errors.is_empty(), "{errors}");
    assert_eq!(code, 1);
    let (list, ..) = lint(folder.path(), &["--list"]);
    assert!(list.lines().all(|line| line.len() <= 160), "{list}");
}
