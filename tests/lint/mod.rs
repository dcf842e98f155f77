//! The linter: every rule with its examples, the formats, and what a person and a CI job rely on.

mod behaviour;
mod docs;
mod field;
mod formats;
mod help;
mod integrations;
mod projects;
mod rules;
mod stack;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use polyglot::compose::{Compose, Reader};
use polyglot::source::Source;
use tempfile::TempDir;

use crate::support::{BUDGET, polyglot, project};

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

/// The compose that `.ci/tools` installs, or that of this machine where it is no dead one.
fn compose() -> Option<PathBuf> {
    let tools = std::env::var_os("POLYGLOT_TOOLS").map_or_else(|| project("target/tools"), PathBuf::from);
    let found = [tools.join("bin/docker-compose"), PathBuf::from("/usr/libexec/docker/cli-plugins/docker-compose")];
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        crate::live::missing("docker-compose");
    }
    found
}

/// The compose files of a folder, put together.
fn merged(folder: &Path, names: &[&str]) -> Compose {
    let catalog = polyglot::embedded::catalog();
    let read = |path: &Path| {
        let text = fs::read_to_string(path).ok()?;
        Some(Source { name: path.display().to_string(), text })
    };
    let sources: Vec<_> = names.iter().map(|name| Arc::new(read(&folder.join(name)).unwrap())).collect();
    Compose::of(&sources, Reader { catalog: &catalog, budget: BUDGET, folder, read: &read }).unwrap()
}
