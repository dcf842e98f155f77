//! Where the folder is, and whether the paths that are to stand in it do stand in it.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::disk::{self, Lock, Stamp};
use super::error::WriteError;
use super::header::is_sealed;
use super::part::is_parted;
use super::{Folder, journal};

/// The folder itself, behind any symbolic link.
pub(super) struct Place {
    /// Where it is.
    pub(super) root: PathBuf,
    /// The folder that it is in, and its name there; none for the root of the file system.
    beside: Option<(PathBuf, OsString)>,
    /// Whether it is there.
    pub(super) exists: bool,
}

/// What an interrupted run, or one that is under way, left beside the folder.
pub(super) struct Stray {
    pub(super) path: PathBuf,
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
        let mut root: PathBuf = root.components().collect();
        let failed = |path: &Path, error| WriteError::of("look at", path, error);
        let found = disk::standing(&root).map_err(|error| failed(&root, error))?;
        let Some(meta) = found else {
            return Self::to_come(root);
        };
        if meta.is_symlink() || root.file_name().is_none() {
            root = fs::canonicalize(&root).map_err(|error| match error.kind() {
                ErrorKind::NotFound => WriteError::Dangling { path: root.clone() },
                _ => failed(&root, error),
            })?;
        }
        if !fs::metadata(&root).map_err(|error| failed(&root, error))?.is_dir() {
            return Err(WriteError::NotAFolder { path: root });
        }
        Ok(Self { beside: beside(&root), root, exists: true })
    }

    /// A folder that is still to be made; what it is to be in must be a folder, or be made, too.
    fn to_come(root: PathBuf) -> Result<Self, WriteError> {
        let beside = beside(&root);
        let Some((parent, _)) = &beside else { return Err(WriteError::NotAFolder { path: root }) };
        let nearest = parent.ancestors().map(or_here).find(|path| path.exists());
        match nearest {
            Some(path) if !path.is_dir() => Err(WriteError::NotAFolder { path: path.to_owned() }),
            _ => Ok(Self { root, beside, exists: false }),
        }
    }

    /// Keeps other runs out of the folder while this one looks at it and writes. A folder that is still to be made
    /// needs no lock: whoever makes it first has made it.
    pub(super) fn lock(&self) -> Result<Option<Lock>, WriteError> {
        if !self.exists {
            return Ok(None);
        }
        let busy = || WriteError::Busy { path: self.root.clone() };
        Lock::take(&self.root).map_err(WriteError::on("open", &self.root))?.ok_or_else(busy).map(Some)
    }

    /// The folder that the folder is in.
    pub(super) fn parent(&self) -> Option<&Path> {
        self.beside.as_ref().map(|(parent, _)| parent.as_path())
    }

    /// Where a process builds the new folder: beside the old one, so on the same file system.
    pub(super) fn stage(&self, process: u32) -> Option<PathBuf> {
        let (parent, name) = self.beside.as_ref()?;
        let mut stage = stage_prefix(name);
        stage.push(process.to_string());
        Some(parent.join(stage))
    }

    /// The stages that are there, in the order of their names.
    pub(super) fn strays(&self) -> Vec<Stray> {
        let Some((parent, name)) = &self.beside else { return Vec::new() };
        let prefix = stage_prefix(name);
        let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
        let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let strays = folders.filter_map(|entry| {
            let process = process_of(&entry.file_name(), &prefix)?;
            Some(Stray { path: parent.join(entry.file_name()), process })
        });
        let mut strays: Vec<_> = strays.collect();
        strays.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        strays
    }

    /// Whether another folder cannot take its place: a file system is mounted there, or this process works in it.
    pub(super) fn is_fixed(&self) -> bool {
        self.is_mount_point() || self.is_underfoot()
    }

    fn is_mount_point(&self) -> bool {
        let device = |path: &Path| fs::metadata(path).ok().map(|meta| Stamp::of(&meta).place.0);
        self.parent().is_none_or(|parent| device(parent) != device(&self.root))
    }

    fn is_underfoot(&self) -> bool {
        match (fs::canonicalize("."), fs::canonicalize(&self.root)) {
            (Ok(here), Ok(root)) => here.starts_with(root),
            _ => true,
        }
    }
}

impl Stray {
    /// Whether somebody still works in it. A lock tells, and where there is none the list of processes.
    pub(super) fn life(&self) -> Life {
        match Lock::take(&self.path) {
            Ok(None) => Life::Running,
            Ok(Some(lock)) if lock.holds() || self.is_unlisted() => Life::Over(lock),
            _ => Life::Unknown,
        }
    }

    fn is_unlisted(&self) -> bool {
        let processes = Path::new("/proc");
        processes.join("self").exists() && !processes.join(&self.process).exists()
    }
}

fn beside(root: &Path) -> Option<(PathBuf, OsString)> {
    Some((or_here(root.parent()?).to_owned(), root.file_name()?.to_owned()))
}

/// The empty path means the current folder.
pub(super) fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

fn stage_prefix(name: &OsStr) -> OsString {
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
pub(super) fn obstacle(root: &Path, path: &Path) -> Result<Option<PathBuf>, WriteError> {
    for part in folders_of(path) {
        let full = root.join(part);
        match disk::standing(&full).map_err(WriteError::on("look at", &full))? {
            None => return Ok(None),
            Some(meta) if meta.is_dir() => {}
            Some(_) => return Ok(Some(part.to_owned())),
        }
    }
    Ok(None)
}

/// The folders of a relative path, the outermost first.
pub(super) fn folders_of(path: &Path) -> Vec<&Path> {
    let mut folders: Vec<_> = path.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty()).collect();
    folders.reverse();
    folders
}

/// Checks that every file stays in the folder and out of the way of the others, and that each is sealed.
pub(super) fn check(folder: &Folder<'_>) -> Result<(), WriteError> {
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
            journal::FOLDER => return wrong("the journal has this name"),
            _ => {}
        }
    }
    Ok(())
}
