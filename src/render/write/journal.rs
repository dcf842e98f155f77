//! The way where the folder cannot be exchanged as a whole: everything is made ready within it, a journal says what is
//! to be done with it, and from then on it is done, by the next run if need be.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::compare::{Interrupted, State, look, orphan};
use super::disk::{self, Text};
use super::error::WriteError;
use super::place::{Place, check_path, folders_of, obstacle};
use super::{Kept, Written};

/// The folder in the folder that holds the journal and the new files.
pub(super) const FOLDER: &str = ".polyglot-journal";
/// The journal: while there is one, it is to be followed.
const FILE: &str = "journal.json";
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

/// Whether an interrupted run has left a journal.
pub(super) fn left(root: &Path) -> Result<Option<Interrupted>, WriteError> {
    let folder = root.join(FOLDER);
    let look = WriteError::on("look at", &folder);
    if disk::standing(&folder).map_err(&look)?.is_none() {
        return Ok(None);
    }
    let journal = disk::standing(&folder.join(FILE)).map_err(look)?;
    Ok(Some(if journal.is_some() { Interrupted::Committed } else { Interrupted::Uncommitted }))
}

/// Finishes what an interrupted run had made ready, and discards what it had not.
pub(super) fn recover(place: &Place) -> Result<Option<(Interrupted, Vec<Kept>)>, WriteError> {
    let folder = place.root.join(FOLDER);
    let Some(meta) = disk::standing(&folder).map_err(WriteError::on("look at", &folder))? else { return Ok(None) };
    if !meta.is_dir() {
        return Err(WriteError::Journal { path: folder, why: String::from("it is not a folder") });
    }
    let file = folder.join(FILE);
    if disk::standing(&file).map_err(WriteError::on("look at", &file))?.is_none() {
        remove(&folder)?;
        return Ok(Some((Interrupted::Uncommitted, Vec::new())));
    }
    let journal = Journal::read(&file).map_err(|why| WriteError::Journal { path: folder.clone(), why })?;
    let kept = journal.follow(&place.root)?;
    remove(&folder)?;
    Ok(Some((Interrupted::Committed, kept)))
}

/// Makes everything ready, commits it and does it.
pub(super) fn write(place: &Place, change: &Change<'_>) -> Result<Written, WriteError> {
    let folder = place.root.join(FOLDER);
    disk::create_folder(&folder).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => WriteError::Busy { path: place.root.clone() },
        _ => WriteError::of("create", &folder, error),
    })?;
    let journal = prepare(&place.root, &folder, change).inspect_err(|_| {
        // Where even that fails, the next run does it.
        let _ = remove(&folder);
    })?;
    let kept = journal.follow(&place.root)?;
    remove(&folder)?;
    Ok(Written { kept, ..change.written.clone() })
}

/// Makes everything ready, and at the end commits to it.
fn prepare(root: &Path, folder: &Path, change: &Change<'_>) -> Result<Journal, WriteError> {
    let artifacts = change.files.iter().map(|artifact| {
        let mode = if artifact.executable { disk::PROGRAM_MODE } else { disk::FILE_MODE };
        (&artifact.path, &artifact.content, mode)
    });
    let secrets = change.secrets.iter().map(|secret| (&secret.path, &secret.content, disk::SECRET_MODE));
    // A killed run must not put secrets into somebody's repository.
    let ignore = folder.join(IGNORE);
    disk::create_file(&ignore, b"*\n", disk::FILE_MODE).map_err(WriteError::on("write", &ignore))?;
    let mut ready = Vec::new();
    for (file, (path, content, mode)) in artifacts.chain(secrets).enumerate() {
        let staged = folder.join(file.to_string());
        disk::create_file(&staged, content.as_bytes(), mode).map_err(WriteError::on("write", &staged))?;
        ready.push(Ready { file, path: path.clone() });
    }
    let secrets = ready.split_off(change.files.len());
    let folders = change.folders().into_iter();
    let folders = folders.map(|(path, private)| NewFolder { path: path.to_string_lossy().into_owned(), private });
    let remove = change.written.removed.clone();
    let journal = Journal { version: VERSION, folders: folders.collect(), files: ready, secrets, remove };
    journal.commit(root, folder)?;
    Ok(journal)
}

/// Removes a journal: first the file, so that what is left by a kill is not followed.
fn remove(folder: &Path) -> Result<(), WriteError> {
    let file = folder.join(FILE);
    if !disk::is_free(&file) {
        fs::remove_file(&file).map_err(WriteError::on("remove", &file))?;
    }
    fs::remove_dir_all(folder).map_err(WriteError::on("remove", folder))
}

impl Journal {
    /// Puts the journal in place: from here on it will be followed.
    fn commit(&self, root: &Path, folder: &Path) -> Result<(), WriteError> {
        let (draft, file) = (folder.join(DRAFT), folder.join(FILE));
        let failed = WriteError::on("write", &file);
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(io::Error::other(error)))?;
        disk::create_file(&draft, &text, 0o600).map_err(&failed)?;
        disk::sync_folder(folder).map_err(&failed)?;
        disk::sync_folder(root).map_err(&failed)?;
        fs::rename(&draft, &file).map_err(&failed)?;
        disk::sync_folder(folder).map_err(failed)
    }

    /// Reads a journal, and trusts it no more than any other file.
    fn read(file: &Path) -> Result<Self, String> {
        let text = match disk::read(file, |_| true) {
            Ok(Text::Whole(text)) => text,
            Ok(_) => return Err(String::from("it is no text")),
            Err(error) => return Err(error.to_string()),
        };
        let journal: Self = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if journal.version != VERSION {
            return Err(format!("it was written by another version, in the form {}", journal.version));
        }
        let files = journal.files.iter().chain(&journal.secrets).map(|ready| &ready.path);
        let folders = journal.folders.iter().map(|folder| &folder.path);
        let mut paths = files.chain(folders).chain(&journal.remove);
        paths.try_for_each(|path| check_path(path)).map_err(|error| error.to_string())?;
        Ok(journal)
    }

    /// Does what is to be done and is not done yet.
    fn follow(&self, root: &Path) -> Result<Vec<Kept>, WriteError> {
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
        for folder in folders.into_iter().map(|path| root.join(path)).chain([root.to_owned()]) {
            match disk::sync_folder(&folder) {
                Err(error) if !disk::is_free(&folder) => return Err(WriteError::of("sync", &folder, error)),
                _ => {}
            }
        }
        Ok(kept)
    }
}

impl NewFolder {
    /// Makes the folder if it is not there.
    fn ensure(&self, root: &Path) -> Result<Option<Kept>, WriteError> {
        let folder = root.join(&self.path);
        let standing = disk::standing(&folder).map_err(WriteError::on("look at", &folder))?;
        if standing.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Ok(None);
        }
        let kept = standing.map(|_| keep(root, Path::new(&self.path))).transpose()?;
        self.create(&root.join(FOLDER).join(NEW), &folder).map_err(WriteError::on("create", &folder))?;
        Ok(kept)
    }

    /// Makes the folder, so that it is never seen with another mode than its own.
    fn create(&self, new: &Path, folder: &Path) -> io::Result<()> {
        let mode = if self.private { disk::PRIVATE_MODE } else { disk::FOLDER_MODE };
        if disk::is_free(new) {
            disk::create_folder(new)?;
        }
        disk::finish_folder(new, mode)?;
        match disk::move_to_free(new, folder) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {}
            result => return result,
        }
        disk::create_folder(folder)?;
        disk::finish_folder(folder, mode)
    }
}

impl Ready {
    /// Where the file lies ready, unless it is in its place already.
    fn staged(&self, root: &Path) -> Result<Option<PathBuf>, WriteError> {
        let staged = root.join(FOLDER).join(self.file.to_string());
        let standing = disk::standing(&staged).map_err(WriteError::on("look at", &staged))?;
        Ok(standing.filter(fs::Metadata::is_file).map(|_| staged))
    }

    /// Puts a generated file in its place. What stands there and is not ours, or was edited, is kept beside it.
    fn put(&self, root: &Path) -> Result<Option<Kept>, WriteError> {
        let Some(staged) = self.staged(root)? else { return Ok(None) };
        let path = root.join(&self.path);
        let standing = disk::standing(&path).map_err(WriteError::on("look at", &path))?;
        let kept = if standing.is_some() && !is_intact(&path, &staged)? {
            Some(keep(root, Path::new(&self.path))?)
        } else {
            None
        };
        move_in(&staged, &path, |from, to| fs::rename(from, to)).map_err(WriteError::on("write", &path))?;
        Ok(kept)
    }

    /// Puts a secret in its place, if nothing is there.
    fn put_if_free(&self, root: &Path) -> Result<(), WriteError> {
        let Some(staged) = self.staged(root)? else { return Ok(()) };
        let path = root.join(&self.path);
        match move_in(&staged, &path, disk::move_to_free) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(WriteError::of("write", &path, error)),
            _ => Ok(()),
        }
    }
}

/// Moves a file that lies ready to its place; where that is on another file system, a copy beside the place is moved.
fn move_in(staged: &Path, path: &Path, rename: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    match rename(staged, path) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {}
        result => return result,
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".polyglot-new");
    let copy = path.with_file_name(name);
    if !disk::is_free(&copy) {
        fs::remove_file(&copy)?;
    }
    let mode = disk::mode(&fs::symlink_metadata(staged)?);
    disk::create_file(&copy, &fs::read(staged)?, mode)?;
    rename(&copy, path).inspect_err(|_| {
        let _ = fs::remove_file(&copy);
    })?;
    fs::remove_file(staged)
}

/// Whether a file of ours that nobody has edited stands where another lies ready for.
fn is_intact(path: &Path, staged: &Path) -> Result<bool, WriteError> {
    let wanted = fs::read_to_string(staged).map_err(WriteError::on("read", staged))?;
    match look(path, &wanted) {
        Ok((state, _)) => Ok(state == State::Outdated),
        // A symbolic link: it is not followed.
        Err(_) if fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_file()) => Ok(false),
        Err(error) => Err(WriteError::of("read", path, error)),
    }
}

/// Gives what stands in the way another name.
fn keep(root: &Path, path: &Path) -> Result<Kept, WriteError> {
    let name = disk::free_name(path, |name| disk::is_free(&root.join(name)));
    let (from, to) = (root.join(path), root.join(&name));
    disk::move_to_free(&from, &to).map_err(WriteError::on("keep", &from))?;
    Ok(Kept { path: path.to_owned(), name })
}

/// Removes a file of ours that nobody has edited, and the folders that are empty then.
fn remove_orphan(root: &Path, path: &str) -> Result<(), WriteError> {
    if obstacle(root, Path::new(path))?.is_some() {
        return Ok(());
    }
    if let Some((false, _)) = orphan(root, path) {
        let file = root.join(path);
        fs::remove_file(&file).map_err(WriteError::on("remove", &file))?;
    }
    let folders = folders_of(Path::new(path)).into_iter().rev();
    folders.map_while(|folder| fs::remove_dir(root.join(folder)).ok()).for_each(drop);
    Ok(())
}
