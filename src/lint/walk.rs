//! Finding the files to look at: in the paths that are given, and in the folders under them.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::requirements::FILE_NAMES;

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its path, as it was reached.
    pub path: PathBuf,
    /// What it is.
    pub kind: FoundKind,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundKind {
    /// A requirements file.
    Requirements,
    /// A compose file.
    Compose,
}

/// How much of a file is looked at to see what it is.
const LOOKED_AT: u64 = 64 << 10;

/// The files of some paths, in order, each once: a file that is named is taken, in a folder what looks like one of ours.
/// What `.gitignore` leaves out is left out, and so are hidden folders.
///
/// # Errors
/// A path that is not there, or a folder that cannot be listed, with its path.
pub fn walk(paths: &[PathBuf]) -> Result<Vec<Found>, (PathBuf, io::Error)> {
    let mut found = Vec::new();
    for path in paths {
        let metadata = path.metadata().map_err(|error| (path.clone(), error))?;
        if metadata.is_dir() {
            in_folder(path, &mut found)?;
        } else {
            found.push(Found { path: path.clone(), kind: named(path) });
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn in_folder(folder: &Path, found: &mut Vec<Found>) -> Result<(), (PathBuf, io::Error)> {
    // A folder that is no repository obeys its `.gitignore` too.
    for entry in WalkBuilder::new(folder).require_git(false).build() {
        let entry = entry.map_err(|error| {
            let message = io::Error::other(error.to_string());
            (folder.to_owned(), error.into_io_error().unwrap_or(message))
        })?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            let path = entry.into_path();
            let path = path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
            found.extend(kind_of(&path).map(|kind| Found { path, kind }));
        }
    }
    Ok(())
}

/// What a file that is named is: a compose file where it looks like one, else what its name promises.
fn named(path: &Path) -> FoundKind {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_ours = FILE_NAMES.contains(&name.as_ref());
    if !is_ours && (is_compose(&name) || looks_like(path) == Some(FoundKind::Compose)) {
        return FoundKind::Compose;
    }
    FoundKind::Requirements
}

/// What a file of a folder is, if it is any of ours.
fn kind_of(path: &Path) -> Option<FoundKind> {
    let name = path.file_name()?.to_string_lossy();
    let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    match name.as_ref() {
        _ if !is_yaml => None,
        name if FILE_NAMES.contains(&name) => Some(FoundKind::Requirements),
        name if is_compose(name) => Some(FoundKind::Compose),
        _ => looks_like(path).filter(|kind| *kind == FoundKind::Requirements),
    }
}

/// Whether compose would take a file of this name for one of its own.
pub fn is_compose(name: &str) -> bool {
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or_default();
    let stem = stem.strip_prefix("docker-").unwrap_or(stem);
    stem == "compose" || stem.strip_prefix("compose").is_some_and(|rest| rest.starts_with(['.', '-']))
}

/// What the keys at the left edge of a file say that it is.
fn looks_like(path: &Path) -> Option<FoundKind> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(LOOKED_AT).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let has = |key: &str| text.lines().any(|line| line.trim_start_matches('\u{feff}').starts_with(key));
    match (has("version:"), has("data:"), has("services:")) {
        (true, true, false) => Some(FoundKind::Requirements),
        (_, false, true) => Some(FoundKind::Compose),
        _ => None,
    }
}
