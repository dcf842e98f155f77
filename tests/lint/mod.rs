//! The linter: every rule with its examples, the formats, and what a person and a CI job rely on.

mod behaviour;
mod docs;
mod formats;
mod integrations;
mod rules;
mod stack;

use std::fs;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::support::polyglot;

/// A folder with some files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What the linter prints, and its exit code.
fn lint(folder: &Path, arguments: &[&str]) -> (String, String, i32) {
    let all: Vec<&str> = std::iter::once("lint").chain(arguments.iter().copied()).collect();
    let Output { stdout, stderr, status } = polyglot(folder, &all);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(stdout), text(stderr), status.code().unwrap())
}

/// A derived kind of data without a source: one error.
const FAULTY: &str =
    "version: 1\ndata:\n  search:\n    full_text: true\n    search_heavy: true\n    durability: derived\n";
