//! The usual way: the whole new folder is built beside the old one, and takes its place in one step.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::change::Change;
use super::disk;
use super::error::WriteError;
use super::interrupted;
use super::model::{Artifact, Written};
use super::place::{Beside, Life, Place};
use super::rescue::Rescue;
use super::walk::{Entry, Kind, Walk};
use crate::files::{Folder, Lock, Mode, Stamp};

/// The folder that is being built; if that fails, it goes.
struct Stage<'p> {
    parent: &'p Folder,
    name: PathBuf,
    folder: Folder,
    _lock: Lock,
    /// Whether it must stay where it is, because it may still be needed.
    stays: bool,
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        if !self.stays {
            let _ = self.parent.remove_all(&self.name);
        }
    }
}

impl<'p> Stage<'p> {
    /// Makes the folder. Its lock tells other runs that it is in use, and when it takes the old one's place, too.
    fn create(place: &Place, beside: &Beside, parent: &'p Folder) -> Result<Self, WriteError> {
        let name = beside.stage(std::process::id());
        let path = parent.join(&name);
        parent.create_folder(&name, disk::PRIVATE_MODE).map_err(WriteError::on("create", &path))?;
        let busy = || WriteError::Busy { path: place.path.clone() };
        let failed = |error: io::Error| match error.kind() {
            // Another run has taken it for one that was left, in the moment before the lock.
            ErrorKind::NotFound => busy(),
            _ => WriteError::of("open", &path, error),
        };
        let folder = parent.folder(&name).map_err(failed)?;
        let lock = Lock::take_in(parent, &name, &folder).map_err(failed)?.ok_or_else(busy)?;
        Ok(Self { parent, name, folder, _lock: lock, stays: false })
    }

    /// Takes the old folder away, which has this name now. What somebody put there meanwhile is in the new one then.
    fn clear(mut self, old: &Folder, walk: &Walk, change: &Change<'_>, written: &mut Written) {
        self.stays = true;
        let mut rescue = Rescue::new(old, &self.folder, walk, change);
        if rescue.take_apart(self.parent, &self.name).is_err() {
            written.left = Some(self.parent.join(&self.name));
        }
        written.kept.append(&mut rescue.kept);
    }
}

/// Removes what runs that were killed have left beside the folder.
pub(super) fn remove_strays(place: &Place) {
    let Some(beside) = &place.beside else { return };
    let Some(parent) = &beside.parent else { return };
    for stray in beside.strays() {
        if let Life::Over(_lock) = stray.life(parent) {
            let _ = parent.remove_all(&stray.name);
        }
    }
}

/// Builds the new folder and lets it take the old one's place.
pub(super) fn write(place: &Place, walk: &Walk, change: &Change<'_>) -> Result<Written, WriteError> {
    let Some(beside) = &place.beside else { return Err(WriteError::NotAFolder { path: place.path.clone() }) };
    let made = if beside.parent.is_none() { Some(create_parents(&beside.path)?) } else { None };
    let Some(parent) = beside.parent.as_ref().or(made.as_ref()) else { return Err(unsuited(&beside.path)) };
    let mut stage = Stage::create(place, beside, parent)?;
    let sync = || parent.sync(Path::new("")).map_err(WriteError::on("sync", parent.path()));
    // What could go wrong with it must go wrong now, not after the exchange.
    sync()?;
    Building { root: place.root.as_ref(), stage: &stage.folder, change, folders: Vec::new() }.build(walk)?;
    let mut written = change.written.clone();
    let Some(root) = &place.root else {
        parent.move_to_free(&stage.name, parent, &beside.name).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => WriteError::Changed { path: place.path.clone() },
            _ => WriteError::of("create", &place.path, error),
        })?;
        stage.stays = true;
        sync()?;
        return Ok(written);
    };
    check_again(root, walk, change)?;
    parent.exchange(&stage.name, &beside.name).map_err(WriteError::on("exchange", &place.path))?;
    // Until the exchange is on the disk, the old folder may come back after a power cut.
    stage.stays = true;
    sync()?;
    stage.clear(root, walk, change, &mut written);
    Ok(written)
}

/// Checks that the folder is as it was when the work began.
fn check_again(root: &Folder, walk: &Walk, change: &Change<'_>) -> Result<(), WriteError> {
    if interrupted::left(root)?.is_some() {
        return Err(WriteError::Busy { path: root.path().to_owned() });
    }
    let now = Walk::of(root)?;
    let ours = change.dropped();
    let is_ours = |entry: &&Entry| ours.contains(entry.path.as_path());
    if !now.entries.iter().filter(is_ours).eq(walk.entries.iter().filter(is_ours)) {
        return Err(WriteError::Changed { path: root.path().to_owned() });
    }
    if now.is_as(walk) { Ok(()) } else { Err(unsuited(root.path())) }
}

/// Makes the folders that the folder is to be in, and opens the innermost.
fn create_parents(path: &Path) -> Result<Folder, WriteError> {
    match Folder::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        opened => return opened.map_err(WriteError::on("open", path)),
    }
    let (Some(outer), Some(name)) = (path.parent(), path.file_name().map(Path::new)) else {
        return Err(WriteError::of("create", path, ErrorKind::NotFound.into()));
    };
    let outer = create_parents(outer)?;
    match outer.create_folder(name, Mode::Usual) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(WriteError::of("create", path, error)),
        _ => {}
    }
    outer.sync(Path::new("")).map_err(WriteError::on("sync", outer.path()))?;
    outer.folder(name).map_err(WriteError::on("open", path))
}

/// The work on the new folder.
struct Building<'a> {
    /// The old one.
    root: Option<&'a Folder>,
    stage: &'a Folder,
    change: &'a Change<'a>,
    /// The folders, each after the one that it is in, with the mode that it gets, and what it is a copy of.
    folders: Vec<(PathBuf, Mode, Option<&'a Entry>)>,
}

impl<'a> Building<'a> {
    fn build(mut self, walk: &'a Walk) -> Result<(), WriteError> {
        if walk.entries.is_empty() {
            self.folders.push((PathBuf::new(), disk::FOLDER_MODE, None));
        }
        if let Some(root) = self.root {
            for entry in carried(walk, self.change) {
                self.carry(root, entry).map_err(|error| match error.kind() {
                    ErrorKind::NotFound => unsuited(&root.join(&entry.path)),
                    _ => WriteError::of("copy", &root.join(&entry.path), error),
                })?;
            }
        }
        self.create_folders()?;
        for Artifact { path, content, executable } in self.change.files.iter().copied() {
            let mode = if *executable { disk::PROGRAM_MODE } else { disk::FILE_MODE };
            self.create(path, content, mode)?;
        }
        for secret in self.change.secrets.iter().copied() {
            self.create(&secret.path, &secret.content, disk::secret_mode(secret))?;
        }
        self.finish()
    }

    /// Puts something of the old folder into the new one.
    fn carry(&mut self, root: &Folder, entry: &'a Entry) -> io::Result<()> {
        let to = self.change.place_of(&entry.path);
        match entry.kind {
            Kind::Folder => {
                if !entry.path.as_os_str().is_empty() {
                    self.stage.create_folder(&to, disk::PRIVATE_MODE)?;
                }
                let (_, _, mode) = entry.stamp.rights;
                self.folders.push((to, Mode::Bits(mode), Some(entry)));
                Ok(())
            }
            Kind::File | Kind::Special => root.link(&entry.path, self.stage, &to),
            Kind::Link => root.copy_link(&entry.path, self.stage, &to),
        }
    }

    /// Makes the folders that only the new files need.
    fn create_folders(&mut self) -> Result<(), WriteError> {
        let mut known = BTreeSet::new();
        known.extend(self.folders.iter().map(|(path, ..)| path.clone()));
        for (path, private) in self.change.folders() {
            if known.contains(&path) {
                continue;
            }
            let created = self.stage.create_folder(&path, disk::PRIVATE_MODE);
            created.map_err(WriteError::on("create", &self.stage.join(&path)))?;
            let mode = if private { disk::PRIVATE_MODE } else { disk::FOLDER_MODE };
            self.folders.push((path, mode, None));
        }
        Ok(())
    }

    fn create(&self, path: &str, content: &str, mode: Mode) -> Result<(), WriteError> {
        let path = Path::new(path);
        let created = self.stage.create_file(path, content.as_bytes(), mode);
        created.map_err(WriteError::on("write", &self.stage.join(path)))
    }

    /// Gives the folders their modes, the innermost first, and checks that each copy is one.
    fn finish(self) -> Result<(), WriteError> {
        for (path, mode, original) in self.folders.iter().rev() {
            let full = self.stage.join(path);
            self.stage.finish(path, *mode).map_err(WriteError::on("sync", &full))?;
            let found = self.stage.folder(path).and_then(|folder| folder.metadata());
            let rights = Stamp::of(&found.map_err(WriteError::on("look at", &full))?).rights;
            if original.is_some_and(|entry| entry.stamp.rights != rights) {
                return Err(unsuited(&full));
            }
        }
        Ok(())
    }
}

/// What is said where the folder cannot be exchanged, but something else will do.
fn unsuited(path: &Path) -> WriteError {
    WriteError::of("copy", path, ErrorKind::Unsupported.into())
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
