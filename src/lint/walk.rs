//! Finding the files to look at: in the paths that are given, and in the folders under them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use catalog::units::Bytes;
use ignore::WalkBuilder;

use crate::files::{self, FileError, Folder};
use crate::requirements::FILE_NAMES;

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its path, as it was reached.
    pub path: PathBuf,
    /// What it is.
    pub kind: FoundKind,
    /// Whether the person named it, and so means it to be read.
    pub is_named: bool,
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
const LOOKED_AT: Bytes = Bytes(64 << 10);

/// The files that leave files out, and how large one may be.
const IGNORES: [&str; 2] = [".gitignore", ".ignore"];
const MAX_IGNORE: Bytes = Bytes(1 << 20);

/// The files of some paths, in order, each once: a file that is named is taken, in a folder what looks like one of ours.
/// What `.gitignore` leaves out is left out, and so are hidden folders.
///
/// A folder in them that cannot be looked into, for itself or for an ignore file that is none, is told beside them.
///
/// # Errors
/// A path that is not there, or whose ignore files are none.
pub fn walk(paths: &[PathBuf]) -> Result<(Vec<Found>, Vec<FileError>), FileError> {
    let (mut found, mut unseen) = (Vec::new(), Vec::new());
    for path in paths {
        match Folder::open(path) {
            Ok(_) => in_folder(path, &mut found, &mut unseen)?,
            Err(_) if files::standing(path).is_some() => {
                // A lock is checked with the file that it belongs to.
                let path = of_lock(path).unwrap_or_else(|| path.clone());
                found.push(Found { kind: named(&path), path, is_named: true });
            }
            Err(error) => return Err(FileError::of("read", path, error)),
        }
    }
    found.sort_unstable_by(|one, other| (&one.path, other.is_named).cmp(&(&other.path, one.is_named)));
    found.dedup_by(|next, first| next.path == first.path);
    Ok((found, unseen))
}

fn in_folder(folder: &Path, found: &mut Vec<Found>, unseen: &mut Vec<FileError>) -> Result<(), FileError> {
    let real = files::real(folder).map_err(|error| FileError::of("read", folder, error))?;
    real.ancestors().try_for_each(check_ignores)?;
    let (tell, told) = mpsc::channel();
    // A folder that is no repository obeys its `.gitignore` too. What only this checkout excludes is not for us.
    let mut walk = WalkBuilder::new(folder);
    walk.require_git(false).git_exclude(false).git_global(false).filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let checked = if is_folder { check_ignores(entry.path()) } else { Ok(()) };
        // Whoever is told has the walk; it is there.
        checked.map_err(|error| tell.send(error)).is_ok()
    });
    for entry in walk.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = path_of(&error).unwrap_or(folder).to_owned();
                let message = io::Error::other(error.to_string());
                unseen.push(FileError::of("read", &path, error.into_io_error().unwrap_or(message)));
                continue;
            }
        };
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            let path = entry.into_path();
            let path = path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
            found.extend(kind_of(&path).map(|kind| Found { path, kind, is_named: false }));
        }
    }
    unseen.extend(told.try_iter());
    Ok(())
}

/// Where a walk could not go on.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// Refuses ignore files that the walk could not read to an end, for it reads them by itself. It only takes patterns from
/// them, so one may be a link.
fn check_ignores(folder: &Path) -> Result<(), FileError> {
    IGNORES.iter().try_for_each(|name| files::check_bearable(&folder.join(name), MAX_IGNORE))
}

/// The requirements file that a lock lies beside.
fn of_lock(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?.strip_suffix("polyglot.lock")?;
    let beside = |name: &str| Some(path.with_file_name(name)).filter(|path| files::standing(path).is_some());
    match name.strip_suffix('.') {
        Some(stem) => ["yaml", "yml"].iter().find_map(|end| beside(&format!("{stem}.{end}"))),
        None if name.is_empty() => FILE_NAMES.iter().find_map(|name| beside(name)),
        None => None,
    }
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
        _ => looks_like(path),
    }
}

/// Whether compose would take a file of this name for one of its own.
pub fn is_compose(name: &str) -> bool {
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or_default();
    let stem = stem.strip_prefix("docker-").unwrap_or(stem);
    stem == "compose" || stem.strip_prefix("compose").is_some_and(|rest| rest.starts_with(['.', '-']))
}

/// What the keys of a file say that it is.
fn looks_like(path: &Path) -> Option<FoundKind> {
    let bytes = files::read_head(path, LOOKED_AT).ok()?;
    kind_of_text(&String::from_utf8_lossy(&bytes))
}

/// What the keys of a text say that it is: `version` and `data` at its left edge make a requirements file. A compose file has
/// no keys there but those that compose knows, and under `services` something that is run from an image or a build.
fn kind_of_text(text: &str) -> Option<FoundKind> {
    const COMPOSE: [&str; 9] =
        ["version", "name", "services", "volumes", "networks", "configs", "secrets", "include", "models"];
    let mut keys = Vec::new();
    let mut is_in_services = false;
    let mut runs = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') || matches!(content, "---" | "...") {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            let names =
                |key: &str| content.trim_start_matches("- ").starts_with(key) || content.contains(&format!("{{ {key}"));
            runs |= is_in_services && ["image:", "build:"].into_iter().any(names);
            continue;
        }
        // What stands at the left edge and is no key goes on from the line before: the end of a text or of a bracket.
        let Some((key, rest)) = content.split_once(':').filter(|(key, _)| is_key(key)) else { continue };
        let key = key.trim_matches(['"', '\'']);
        is_in_services = key == "services";
        runs |= is_in_services && ["image:", "build:"].iter().any(|key| rest.contains(key));
        keys.push(key);
    }
    let has = |key: &str| keys.contains(&key);
    let is_known = |key: &&str| COMPOSE.contains(key) || key.starts_with("x-");
    if has("version") && has("data") && !has("services") {
        return Some(FoundKind::Requirements);
    }
    (has("services") && runs && keys.iter().all(is_known)).then_some(FoundKind::Compose)
}

/// Whether a text before a colon is a plain key.
fn is_key(text: &str) -> bool {
    let text = text.trim_matches(['"', '\'']);
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::{FoundKind, kind_of_text};

    #[test]
    fn a_compose_file_is_known_by_its_keys() {
        let compose = |text: &str| kind_of_text(text) == Some(FoundKind::Compose);
        assert!(compose("services:\n  db:\n    image: postgres\n"));
        assert!(compose("# x\nversion: '3'\nx-a: &a\n  b: 1\nservices:\n  db:\n    build: .\nvolumes: { a: }\n"));
        assert!(compose("services: { db: { image: postgres } }\n"));
        assert!(!compose("services:\n  App\\Service:\n    autowire: true\n"), "those of a program");
        assert!(!compose("kind: pipeline\nservices:\n  - name: db\n    image: postgres\n"), "a pipeline's");
        assert!(!compose("jobs:\n  a:\n    services:\n      db:\n        image: postgres\n"));
        assert!(!compose("image: x\n") && !compose(""));
        assert_eq!(kind_of_text("version: 1\ndata:\n  a: {}\n"), Some(FoundKind::Requirements));
    }
}
