//! Where the folder is, and whether the paths that are to stand in it do stand in it.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::error::WriteError;
use super::header::is_sealed;
use super::interrupted;
use super::model;
use super::part::is_parted;
use crate::files::{Folder, Lock, Stamp, folders_of, or_here, real};

/// Where the folder is, and itself where it is there.
pub(super) struct Place {
    /// Its path.
    pub(super) path: PathBuf,
    /// The folder.
    pub(super) root: Option<Folder>,
    /// What it is in, and its name there; nothing where it was named by where it is, such as `.`.
    pub(super) beside: Option<Beside>,
}

/// The folder that the folder is in, and its name there.
pub(super) struct Beside {
    /// The outer folder; nothing where it is still to be made.
    pub(super) parent: Option<Folder>,
    /// Its path.
    pub(super) path: PathBuf,
    /// The name.
    pub(super) name: PathBuf,
}

/// What an interrupted run, or one that is under way, left beside the folder.
pub(super) struct Stray {
    pub(super) name: PathBuf,
    process: String,
}

/// Whether the process that made a stray folder still works in it.
pub(super) enum Life {
    Over(Lock),
    Running,
    Unknown,
}

impl Place {
    /// Finds the folder.
    pub(super) fn of(root: &Path) -> Result<Self, WriteError> {
        let path: PathBuf = root.components().collect();
        let failed = |error: io::Error| WriteError::of("look at", &path, error);
        let Some(name) = path.file_name().map(PathBuf::from) else {
            let root = Folder::open(&path).map_err(failed)?;
            return Ok(Self { path, root: Some(root), beside: None });
        };
        let outer = path.parent().unwrap_or(Path::new("")).to_owned();
        let parent = match Folder::open(&outer) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            opened => Some(opened.map_err(|error| match error.kind() {
                ErrorKind::NotADirectory => WriteError::NotAFolder { path: not_a_folder(&outer) },
                _ => failed(error),
            })?),
        };
        let standing = parent.as_ref().map(|parent| parent.standing(&name)).transpose().map_err(failed)?.flatten();
        let root = match standing {
            None => None,
            Some(found) if found.is_symlink() => return Err(WriteError::Link { path }),
            Some(found) if !found.is_dir() => return Err(WriteError::NotAFolder { path }),
            Some(_) => parent.as_ref().map(|parent| parent.folder(&name)).transpose().map_err(failed)?,
        };
        Ok(Self { beside: Some(Beside { parent, path: outer, name }), root, path })
    }

    /// Keeps other runs out of the folder while this one looks at it and writes. A folder that is still to be made
    /// needs no lock: whoever makes it first has made it.
    pub(super) fn lock(&self) -> Result<Option<Lock>, WriteError> {
        let Some(root) = &self.root else { return Ok(None) };
        let lock = match &self.beside {
            Some(Beside { parent: Some(parent), name, .. }) => Lock::take_in(parent, name, root),
            _ => Lock::take(root),
        };
        let busy = || WriteError::Busy { path: self.path.clone() };
        lock.map_err(WriteError::on("open", &self.path))?.ok_or_else(busy).map(Some)
    }

    /// Whether another folder cannot take its place: a file system is mounted there, or this process works in it.
    pub(super) fn is_fixed(&self) -> bool {
        let (Some(root), Some(Beside { parent: Some(parent), .. })) = (&self.root, &self.beside) else { return true };
        let device = |folder: &Folder| folder.metadata().ok().map(|found| Stamp::of(&found).place.0);
        device(parent) != device(root) || self.is_underfoot()
    }

    fn is_underfoot(&self) -> bool {
        match (real(Path::new(".")), real(&self.path)) {
            (Ok(here), Ok(root)) => here.starts_with(root),
            _ => true,
        }
    }
}

/// The first part of a path that is no folder.
fn not_a_folder(path: &Path) -> PathBuf {
    let found = path.ancestors().map(or_here).find(|path| crate::files::standing(path).is_some());
    found.unwrap_or(path).to_owned()
}

impl Beside {
    /// Where a process builds the new folder: beside the old one, so on the same file system.
    pub(super) fn stage(&self, process: u32) -> PathBuf {
        let mut stage = stage_prefix(&self.name);
        stage.push(process.to_string());
        PathBuf::from(stage)
    }

    /// The stages that are there, in the order of their names.
    pub(super) fn strays(&self) -> Vec<Stray> {
        let prefix = stage_prefix(&self.name);
        let Some(Ok(entries)) = self.parent.as_ref().map(|parent| parent.list(Path::new(""))) else {
            return Vec::new();
        };
        let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let strays = folders.filter_map(|entry| {
            let process = process_of(&entry.file_name(), &prefix)?;
            Some(Stray { name: PathBuf::from(entry.file_name()), process })
        });
        let mut strays: Vec<_> = strays.collect();
        strays.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        strays
    }
}

impl Stray {
    /// Whether somebody still works in it. A lock tells, and where there is none the list of processes.
    pub(super) fn life(&self, parent: &Folder) -> Life {
        match parent.folder(&self.name).and_then(|folder| Lock::take_in(parent, &self.name, &folder)) {
            Ok(None) => Life::Running,
            Ok(Some(lock)) if lock.holds() || self.is_unlisted() => Life::Over(lock),
            _ => Life::Unknown,
        }
    }

    fn is_unlisted(&self) -> bool {
        let there = |name: &str| Folder::open(&Path::new("/proc").join(name)).is_ok();
        there("self") && !there(&self.process)
    }
}

fn stage_prefix(name: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".polyglot-");
    prefix
}

fn process_of(name: &OsStr, prefix: &OsStr) -> Option<String> {
    let rest = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes())?;
    let number = !rest.is_empty() && rest.iter().all(u8::is_ascii_digit);
    number.then(|| String::from_utf8_lossy(rest).into_owned())
}

/// What stands where a folder of the path should be: the path of the first part, but the last, that is no folder.
pub(super) fn obstacle<'p>(root: &Folder, path: &'p Path) -> Result<Option<&'p Path>, WriteError> {
    let found = root.obstacle(path).map_err(WriteError::on("look at", &root.join(path)))?;
    Ok(found.map(|(part, _)| part))
}

/// Checks that every file stays in the folder and out of the way of the others, and that each is sealed.
pub(super) fn check(folder: &model::Folder<'_>) -> Result<(), WriteError> {
    let artifacts = folder.artifacts.iter().map(|artifact| &artifact.path);
    let paths: Vec<_> = artifacts.chain(folder.secrets.iter().map(|secret| &secret.path)).collect();
    let mut known = BTreeSet::new();
    for path in &paths {
        check_path(path)?;
        // Some file systems do not tell upper case from lower case.
        if !known.insert(path.to_lowercase()) {
            return Err(WriteError::Path { path: (*path).clone(), why: "there is another of this path" });
        }
    }
    for path in &paths {
        let lower = path.to_lowercase();
        if folders_of(Path::new(&lower)).iter().any(|part| part.to_str().is_some_and(|part| known.contains(part))) {
            return Err(WriteError::Path { path: (*path).clone(), why: "a file stands where its folder should be" });
        }
    }
    let is_ours = |text: &str| is_sealed(text) || is_parted(text);
    let unsealed = folder.artifacts.iter().find(|artifact| !is_ours(&artifact.content));
    unsealed.map_or(Ok(()), |artifact| Err(WriteError::Unsealed { path: artifact.path.clone() }))
}

/// Checks that a path stays in the folder, on every system.
pub(super) fn check_path(path: &str) -> Result<(), WriteError> {
    let wrong = |why| Err(WriteError::Path { path: path.to_owned(), why });
    if path.chars().any(|c| c.is_control() || matches!(c, '\\' | ':')) {
        return wrong("it holds a character that not every system allows");
    }
    for part in path.split('/') {
        match part {
            "" => return wrong("a part of it is empty"),
            "." | ".." => return wrong("it is not plain"),
            interrupted::FOLDER => return wrong("the journal has this name"),
            _ => {}
        }
    }
    Ok(())
}
