//! Faults that lint had on public compose files, each as a small folder: what is printed there now is right.
//!
//! A case is a folder of `field/`: the files, the command, and what it prints, with all help; `tracked.txt` is what it
//! prints where git tracks the files. `SNAPSHOTS=overwrite` writes what is printed anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use snapbox::{Data, assert_data_eq};

use super::lint;
use crate::support::project;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            let _ = fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What a command prints, a line for each finding and for each help.
pub(super) fn printed(folder: &Path, arguments: &[&str]) -> String {
    let all: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
    let (text, errors, code) = lint(folder, &all);
    let document: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {errors}"));
    let mut printed = format!("exit code {code}\n");
    for finding in document["findings"].as_array().unwrap() {
        let text = |key: &str| finding[key].as_str().unwrap();
        let (line, column) = (&finding["line"], &finding["column"]);
        let (level, rule, file, message) = (text("level"), text("rule"), text("file"), text("message"));
        let _ = writeln!(printed, "{level}[{rule}] {file}:{line}:{column} {message}");
        for help in finding["help"].as_array().into_iter().flatten() {
            let _ = writeln!(printed, "  help: {}", help.as_str().unwrap());
        }
        if let Some(help) = finding["help"].as_str() {
            for help in help.lines() {
                let _ = writeln!(printed, "  help: {help}");
            }
        }
    }
    printed
}

/// Makes a folder a repository that tracks all that is in it; not where there is no git.
fn track(folder: &Path) -> bool {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(folder).args(arguments).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
        git.output()
    };
    match git(&["init", "--quiet"]) {
        Ok(_) => git(&["add", "--all", "--force"]).unwrap().status.success(),
        Err(_) => false,
    }
}

#[test]
fn what_public_files_showed_is_right() {
    let cases = fs::read_dir(project("tests/lint/field")).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = cases.filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= 18, "{cases:?}");
    for case in cases {
        let command = fs::read_to_string(case.join("command.txt")).unwrap();
        let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
        for (expected, is_tracked) in [("printed.txt", false), ("tracked.txt", true)] {
            let expected = case.join(expected);
            if is_tracked && !expected.exists() {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            copy(&case.join("files"), folder.path());
            if is_tracked && !track(folder.path()) {
                crate::live::missing("git");
                continue;
            }
            assert_data_eq!(printed(folder.path(), &arguments), Data::read_from(&expected, None).raw());
        }
    }
}
