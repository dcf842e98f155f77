//! The usual way: the whole new folder is built beside the old one, and takes its place in one step.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::change::Change;
use super::disk::{self, Lock};
use super::error::WriteError;
use super::place::{Life, Place, or_here};
use super::walk::{Entry, Kind, Walk};
use super::{Artifact, Secret, Written, journal};

/// The folder that is being built; if that fails, it goes.
struct Stage {
    path: PathBuf,
    _lock: Lock,
    /// Whether it must stay where it is, because it may still be needed.
    stays: bool,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !self.stays {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

impl Stage {
    /// Makes the folder. Its lock tells other runs that it is in use, and when it takes the old one's place, too.
    fn create(place: &Place) -> Result<Self, WriteError> {
        let path =
            place.stage(std::process::id()).ok_or_else(|| WriteError::NotAFolder { path: place.root.clone() })?;
        disk::create_folder(&path).map_err(WriteError::on("create", &path))?;
        let busy = || WriteError::Busy { path: place.root.clone() };
        let lock = Lock::take(&path).map_err(|error| match error.kind() {
            // Another run has taken it for one that was left, in the moment before the lock.
            ErrorKind::NotFound => busy(),
            _ => WriteError::of("open", &path, error),
        })?;
        Ok(Self { path, _lock: lock.ok_or_else(busy)?, stays: false })
    }

    /// Takes the old folder away.
    fn clear(mut self) -> Option<PathBuf> {
        self.stays = true;
        fs::remove_dir_all(&self.path).is_err().then(|| self.path.clone())
    }
}

/// Removes what runs that were killed have left beside the folder.
pub(super) fn remove_strays(place: &Place) {
    for stray in place.strays() {
        if let Life::Over(_lock) = stray.life() {
            let _ = fs::remove_dir_all(&stray.path);
        }
    }
}

/// Builds the new folder and lets it take the old one's place.
pub(super) fn write(place: &Place, walk: &Walk, change: &Change<'_>) -> Result<Written, WriteError> {
    let parent = place.parent().unwrap_or(&place.root);
    create_parents(parent)?;
    let mut stage = Stage::create(place)?;
    // What could go wrong with it must go wrong now, not after the exchange.
    disk::sync_folder(parent).map_err(WriteError::on("sync", parent))?;
    Building { root: &place.root, stage: &stage.path, change, folders: Vec::new() }.build(walk)?;
    let mut written = change.written.clone();
    if !place.exists {
        let to = &place.root;
        disk::move_to_free(&stage.path, to).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => WriteError::Changed { path: to.clone() },
            _ => WriteError::of("create", to, error),
        })?;
        stage.stays = true;
        disk::sync_folder(parent).map_err(WriteError::on("sync", parent))?;
        return Ok(written);
    }
    check_again(place, walk, change)?;
    disk::exchange(&stage.path, &place.root).map_err(WriteError::on("exchange", &place.root))?;
    // Until the exchange is on the disk, the old folder may come back after a power cut.
    stage.stays = true;
    disk::sync_folder(parent).map_err(WriteError::on("sync", parent))?;
    written.left = stage.clear();
    Ok(written)
}

/// Checks that the folder is as it was when the work began.
fn check_again(place: &Place, walk: &Walk, change: &Change<'_>) -> Result<(), WriteError> {
    if journal::left(&place.root)?.is_some() {
        return Err(WriteError::Busy { path: place.root.clone() });
    }
    let now = Walk::of(&place.root)?;
    let ours = change.dropped();
    let is_ours = |entry: &&Entry| ours.contains(entry.path.as_path());
    if !now.entries.iter().filter(is_ours).eq(walk.entries.iter().filter(is_ours)) {
        return Err(WriteError::Changed { path: place.root.clone() });
    }
    if now.is_as(walk) { Ok(()) } else { Err(unsuited(&place.root)) }
}

/// Makes the folders that the folder is to be in.
fn create_parents(parent: &Path) -> Result<(), WriteError> {
    let missing: Vec<_> =
        parent.ancestors().take_while(|path| path.parent().is_some() && disk::is_free(path)).collect();
    for path in missing.into_iter().rev() {
        match fs::create_dir(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(WriteError::of("create", path, error));
            }
            _ => {}
        }
        let Some(outer) = path.parent().map(or_here) else { continue };
        disk::sync_folder(outer).map_err(WriteError::on("sync", outer))?;
    }
    Ok(())
}

/// The work on the new folder.
struct Building<'a> {
    root: &'a Path,
    stage: &'a Path,
    change: &'a Change<'a>,
    /// The folders, each after the one that it is in, with the mode that it gets, and what it is a copy of.
    folders: Vec<(PathBuf, u32, Option<&'a Entry>)>,
}

impl<'a> Building<'a> {
    fn build(mut self, walk: &'a Walk) -> Result<(), WriteError> {
        if walk.entries.is_empty() {
            self.folders.push((self.stage.to_owned(), disk::FOLDER_MODE, None));
        }
        for entry in carried(walk, self.change) {
            let to = within(self.stage, &self.change.place_of(&entry.path));
            let from = within(self.root, &entry.path);
            self.carry(entry, &from, to).map_err(|error| match error.kind() {
                ErrorKind::NotFound => unsuited(&from),
                _ => WriteError::of("copy", &from, error),
            })?;
        }
        self.create_folders()?;
        for Artifact { path, content, executable } in self.change.files.iter().copied() {
            let mode = if *executable { disk::PROGRAM_MODE } else { disk::FILE_MODE };
            self.create(path, content, mode)?;
        }
        for Secret { path, content } in self.change.secrets.iter().copied() {
            self.create(path, content, disk::SECRET_MODE)?;
        }
        self.finish()
    }

    /// Puts something of the old folder into the new one.
    fn carry(&mut self, entry: &'a Entry, from: &Path, to: PathBuf) -> io::Result<()> {
        match entry.kind {
            Kind::Folder => {
                if !entry.path.as_os_str().is_empty() {
                    disk::create_folder(&to)?;
                }
                let (_, _, mode) = entry.stamp.rights;
                self.folders.push((to, mode, Some(entry)));
                Ok(())
            }
            Kind::File => fs::hard_link(from, to),
            Kind::Link => disk::copy_link(from, &to),
            Kind::Special => Err(ErrorKind::Unsupported.into()),
        }
    }

    /// Makes the folders that only the new files need.
    fn create_folders(&mut self) -> Result<(), WriteError> {
        let mut known = BTreeSet::new();
        known.extend(self.folders.iter().map(|(path, ..)| path.clone()));
        for (path, private) in self.change.folders() {
            let path = self.stage.join(path);
            if known.contains(&path) {
                continue;
            }
            disk::create_folder(&path).map_err(WriteError::on("create", &path))?;
            let mode = if private { disk::PRIVATE_MODE } else { disk::FOLDER_MODE };
            self.folders.push((path, mode, None));
        }
        Ok(())
    }

    fn create(&self, path: &str, content: &str, mode: u32) -> Result<(), WriteError> {
        let path = self.stage.join(path);
        disk::create_file(&path, content.as_bytes(), mode).map_err(WriteError::on("write", &path))
    }

    /// Gives the folders their modes, the innermost first, and checks that each copy is one.
    fn finish(self) -> Result<(), WriteError> {
        for (path, mode, original) in self.folders.iter().rev() {
            disk::finish_folder(path, *mode).map_err(WriteError::on("sync", path))?;
            let meta = fs::symlink_metadata(path).map_err(WriteError::on("look at", path))?;
            let rights = disk::Stamp::of(&meta).rights;
            if original.is_some_and(|entry| entry.stamp.rights != rights) {
                return Err(unsuited(path));
            }
        }
        Ok(())
    }
}

/// What is said where the folder cannot be exchanged, but something else will do.
fn unsuited(path: &Path) -> WriteError {
    WriteError::of("copy", path, ErrorKind::Unsupported.into())
}

/// A path in a folder; the empty one is the folder itself.
fn within(folder: &Path, path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { folder.to_owned() } else { folder.join(path) }
}

/// What of the old folder is in the new one, too, each folder before what is in it. A folder goes when all that was
/// in it goes.
fn carried<'a>(walk: &'a Walk, change: &Change<'_>) -> Vec<&'a Entry> {
    if walk.entries.is_empty() {
        return Vec::new();
    }
    let folders = change.folders();
    let mut needed = BTreeSet::from([Path::new("")]);
    needed.extend(folders.keys().map(PathBuf::as_path));
    let dropped = change.dropped();
    let mut filled: BTreeSet<&Path> = BTreeSet::new();
    let mut carried = Vec::new();
    for entry in walk.entries.iter().rev() {
        let path = entry.path.as_path();
        let stays = match entry.kind {
            Kind::Folder => needed.contains(path) || !filled.contains(path),
            _ => !dropped.contains(path),
        };
        let parent = path.parent();
        filled.extend(parent);
        if stays {
            needed.extend(parent);
            carried.push(entry);
        }
    }
    carried.reverse();
    carried
}
