//! The way where the folder cannot be exchanged as a whole: everything is made ready within it, a journal says what is
//! to be done with it, and from then on it is done, by the next run if need be.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::compare::{State, look, orphan};
use super::disk;
use super::error::WriteError;
use super::interrupted::{FILE, FOLDER, Interrupted, left, staged};
use super::model::{Kept, Written};
use super::place::{check_path, obstacle};
use crate::files::{Folder, Metadata, Mode, PathText, folders_of};

/// The journal that is still being written.
const DRAFT: &str = "draft.json";
/// Tells git that nothing here is for it.
const IGNORE: &str = ".gitignore";
/// A folder that is still to be put in place.
const NEW: &str = "folder";
/// What this version writes and understands.
const VERSION: u32 = 1;

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Journal {
    version: u32,
    /// Folders that must be there, the outermost first.
    folders: Vec<NewFolder>,
    /// Files to be put in place.
    files: Vec<Ready>,
    /// Secrets to be put in place, unless one is there by then.
    secrets: Vec<Ready>,
    /// Files to be removed, unless they are edited by then.
    remove: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFolder {
    path: String,
    private: bool,
}

/// A file that lies ready beside the journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ready {
    file: usize,
    path: String,
}

/// Finishes what an interrupted run had made ready, and discards what it had not.
pub(super) fn recover(root: &Folder) -> Result<Option<(Interrupted, Vec<Kept>)>, WriteError> {
    let wrong = |why| WriteError::Journal { path: root.join(Path::new(FOLDER)), why };
    let Some(interrupted) = left(root)? else { return Ok(None) };
    if root.folder(Path::new(FOLDER)).is_err() {
        return Err(wrong(String::from("it is not a folder")));
    }
    let kept = match interrupted {
        Interrupted::Uncommitted => Vec::new(),
        Interrupted::Committed => Journal::read(root).map_err(wrong)?.follow(root)?,
    };
    remove(root)?;
    Ok(Some((interrupted, kept)))
}

/// Makes everything ready, commits it and does it.
pub(super) fn write(root: &Folder, change: &Change<'_>) -> Result<Written, WriteError> {
    root.create_folder(Path::new(FOLDER), disk::PRIVATE_MODE).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => WriteError::Busy { path: root.path().to_owned() },
        _ => WriteError::of("create", &root.join(Path::new(FOLDER)), error),
    })?;
    let journal = prepare(root, change).inspect_err(|_| {
        // Where even that fails, the next run does it.
        let _ = remove(root);
    })?;
    let kept = journal.follow(root)?;
    remove(root)?;
    Ok(Written { kept, ..change.written.clone() })
}

/// Makes everything ready, and at the end commits to it.
fn prepare(root: &Folder, change: &Change<'_>) -> Result<Journal, WriteError> {
    let artifacts = change.files.iter().map(|artifact| {
        let mode = if artifact.executable { disk::PROGRAM_MODE } else { disk::FILE_MODE };
        (&artifact.path, &artifact.content, mode)
    });
    let secrets = change.secrets.iter().map(|secret| (&secret.path, &secret.content, disk::secret_mode(secret)));
    // A killed run must not put secrets into somebody's repository.
    let create = |name: &str, content: &[u8], mode| {
        let path = staged(name);
        root.create_file(&path, content, mode).map_err(WriteError::on("write", &root.join(&path)))
    };
    create(IGNORE, b"*\n", disk::FILE_MODE)?;
    let mut ready = Vec::new();
    for (file, (path, content, mode)) in artifacts.chain(secrets).enumerate() {
        create(&file.to_string(), content.as_bytes(), mode)?;
        ready.push(Ready { file, path: path.clone() });
    }
    let secrets = ready.split_off(change.files.len());
    let folders = change.folders().into_iter();
    let folders = folders.map(|(path, private)| NewFolder { path: path.to_string_lossy().into_owned(), private });
    let remove = change.written.removed.clone();
    let journal = Journal { version: VERSION, folders: folders.collect(), files: ready, secrets, remove };
    journal.commit(root)?;
    Ok(journal)
}

/// Removes a journal: first the file, so that what is left by a kill is not followed.
fn remove(root: &Folder) -> Result<(), WriteError> {
    let (folder, file) = (Path::new(FOLDER), staged(FILE));
    if !root.is_free(&file) {
        root.remove_file(&file).map_err(WriteError::on("remove", &root.join(&file)))?;
    }
    root.remove_all(folder).map_err(WriteError::on("remove", &root.join(folder)))
}

impl Journal {
    /// Puts the journal in place: from here on it will be followed.
    fn commit(&self, root: &Folder) -> Result<(), WriteError> {
        let (folder, draft, file) = (Path::new(FOLDER), staged(DRAFT), staged(FILE));
        let commit = || {
            let text = serde_json::to_vec_pretty(self)?;
            root.create_file(&draft, &text, Mode::Bits(0o600))?;
            root.sync(folder)?;
            root.sync(Path::new(""))?;
            root.rename(&draft, &file)?;
            root.sync(folder)
        };
        commit().map_err(WriteError::on("write", &root.join(&file)))
    }

    /// Reads a journal, and trusts it no more than any other file.
    fn read(root: &Folder) -> Result<Self, String> {
        let text = root.read(&staged(FILE), disk::LARGEST).map_err(|error| error.to_string())?;
        let journal: Self = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        if journal.version != VERSION {
            return Err(format!("it was written by another version, in the form {}", journal.version));
        }
        let files = journal.files.iter().chain(&journal.secrets).map(|ready| &ready.path);
        let folders = journal.folders.iter().map(|folder| &folder.path);
        let mut paths = files.clone().chain(folders).chain(&journal.remove);
        paths.try_for_each(|path| check_path(path)).map_err(|error| error.to_string())?;
        for path in files.map(Path::new) {
            let obstacle = root.obstacle(path).map_err(|error| error.to_string())?;
            // What stands where one of its folders is to be is kept under another name first.
            let is_made = |part: &Path| journal.folders.iter().any(|folder| Path::new(&folder.path) == part);
            if let Some((part, _)) = obstacle.filter(|(part, _)| !is_made(part)) {
                return Err(format!("{} is on the way to one of its files, and no folder", part.shown()));
            }
        }
        Ok(journal)
    }

    /// Does what is to be done and is not done yet.
    fn follow(&self, root: &Folder) -> Result<Vec<Kept>, WriteError> {
        let mut kept = Vec::new();
        for folder in &self.folders {
            kept.extend(folder.ensure(root)?);
        }
        for ready in &self.files {
            kept.extend(ready.put(root)?);
        }
        for ready in &self.secrets {
            ready.put_if_free(root)?;
        }
        for path in &self.remove {
            remove_orphan(root, path)?;
        }
        let paths = self.files.iter().chain(&self.secrets).map(|ready| &ready.path).chain(&self.remove);
        let folders: BTreeSet<_> = paths.flat_map(|path| folders_of(Path::new(path))).collect();
        for folder in folders.into_iter().chain([Path::new("")]) {
            match root.sync(folder) {
                Err(error) if !root.is_free(folder) => return Err(WriteError::of("sync", &root.join(folder), error)),
                _ => {}
            }
        }
        Ok(kept)
    }
}

impl NewFolder {
    /// Makes the folder if it is not there.
    fn ensure(&self, root: &Folder) -> Result<Option<Kept>, WriteError> {
        let path = Path::new(&self.path);
        let standing = root.standing(path).map_err(WriteError::on("look at", &root.join(path)))?;
        if standing.as_ref().is_some_and(Metadata::is_dir) {
            return Ok(None);
        }
        let kept = standing.map(|_| keep(root, path)).transpose()?;
        match self.create(root, path) {
            // It came in this moment: it is looked at.
            Err(error) if kept.is_none() && error.kind() == ErrorKind::AlreadyExists => self.ensure(root),
            Err(error) => Err(WriteError::of("create", &root.join(path), error)),
            Ok(()) => Ok(kept),
        }
    }

    /// Makes the folder, so that it is never seen with another mode than its own.
    fn create(&self, root: &Folder, folder: &Path) -> io::Result<()> {
        let mode = if self.private { disk::PRIVATE_MODE } else { disk::FOLDER_MODE };
        let new = staged(NEW);
        if root.is_free(&new) {
            root.create_folder(&new, disk::PRIVATE_MODE)?;
        }
        root.finish(&new, mode)?;
        match root.move_to_free(&new, root, folder) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {}
            result => return result,
        }
        root.create_folder(folder, disk::PRIVATE_MODE)?;
        root.finish(folder, mode)
    }
}

impl Ready {
    /// Where the file lies ready, unless it is in its place already.
    fn staged(&self, root: &Folder) -> Result<Option<PathBuf>, WriteError> {
        let staged = staged(&self.file.to_string());
        let standing = root.standing(&staged).map_err(WriteError::on("look at", &root.join(&staged)))?;
        Ok(standing.filter(Metadata::is_file).map(|_| staged))
    }

    /// Puts a generated file in its place. What stands there and is not ours, or was edited, is kept beside it.
    fn put(&self, root: &Folder) -> Result<Option<Kept>, WriteError> {
        let Some(staged) = self.staged(root)? else { return Ok(None) };
        let path = Path::new(&self.path);
        let standing = root.standing(path).map_err(WriteError::on("look at", &root.join(path)))?;
        let kept = if standing.is_some() && !is_intact(root, path, &staged)? { Some(keep(root, path)?) } else { None };
        let is_free = standing.is_none() || kept.is_some();
        let moved = move_in(root, &staged, path, |from, to| {
            if is_free { root.move_to_free(from, root, to) } else { root.rename(from, to) }
        });
        match moved {
            // It came in this moment: it is looked at, and kept.
            Err(error) if is_free && kept.is_none() && error.kind() == ErrorKind::AlreadyExists => self.put(root),
            Err(error) => Err(WriteError::of("write", &root.join(path), error)),
            Ok(()) => Ok(kept),
        }
    }

    /// Puts a secret in its place, if nothing is there.
    fn put_if_free(&self, root: &Folder) -> Result<(), WriteError> {
        let Some(staged) = self.staged(root)? else { return Ok(()) };
        let path = Path::new(&self.path);
        match move_in(root, &staged, path, |from, to| root.move_to_free(from, root, to)) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                Err(WriteError::of("write", &root.join(path), error))
            }
            _ => Ok(()),
        }
    }
}

/// Moves a file that lies ready to its place; where that is on another file system, a copy beside the place is moved.
fn move_in(
    root: &Folder,
    staged: &Path,
    path: &Path,
    rename: impl Fn(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    match rename(staged, path) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {}
        result => return result,
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".polyglot-new");
    let copy = path.with_file_name(name);
    if !root.is_free(&copy) {
        root.remove_file(&copy)?;
    }
    let mode = root.standing(staged)?.map_or(disk::FILE_MODE, |found| Mode::of(&found));
    root.create_file(&copy, &root.read(staged, disk::LARGEST).map_err(io::Error::other)?, mode)?;
    rename(&copy, path).inspect_err(|_| {
        let _ = root.remove_file(&copy);
    })?;
    root.remove_file(staged)
}

/// Whether a file of ours that nobody has edited stands where another lies ready for.
fn is_intact(root: &Folder, path: &Path, staged: &Path) -> Result<bool, WriteError> {
    let wanted = root.read(staged, disk::LARGEST).map_err(io::Error::other);
    let wanted = wanted.and_then(|wanted| String::from_utf8(wanted).map_err(io::Error::other));
    match look(root, path, &wanted.map_err(WriteError::on("read", &root.join(staged)))?) {
        Ok((state, _)) => Ok(state == State::Outdated),
        // A symbolic link: it is not followed.
        Err(_) if root.standing(path).is_ok_and(|found| found.is_some_and(|found| !found.is_file())) => Ok(false),
        Err(error) => Err(WriteError::of("read", &root.join(path), error)),
    }
}

/// Gives what stands in the way another name.
fn keep(root: &Folder, path: &Path) -> Result<Kept, WriteError> {
    let name = disk::free_name(path, |name| root.is_free(name));
    root.move_to_free(path, root, &name).map_err(WriteError::on("keep", &root.join(path)))?;
    Ok(Kept { path: path.to_owned(), name })
}

/// Removes a file of ours that nobody has edited, and the folders that are empty then.
fn remove_orphan(root: &Folder, path: &str) -> Result<(), WriteError> {
    let file = Path::new(path);
    if obstacle(root, file)?.is_some() {
        return Ok(());
    }
    if let Some((false, _)) = orphan(root, path) {
        root.remove_file(file).map_err(WriteError::on("remove", &root.join(file)))?;
    }
    let folders = folders_of(file).into_iter().rev();
    folders.map_while(|folder| root.remove_folder(folder).ok()).for_each(drop);
    Ok(())
}
