//! The old folder, after the new one took its place: what is known of it goes, and what somebody put there between the
//! last look and the exchange is brought over, for it is nobody's but theirs.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::change::Change;
use super::disk;
use super::model::Kept;
use super::walk::{Entry, Kind, Walk};
use crate::files::{Folder, folders_of};

/// How often what comes in while the folder is taken apart is looked for.
const ROUNDS: usize = 3;

/// The work on the old folder, and what of it got another name.
pub(super) struct Rescue<'a> {
    old: &'a Folder,
    new: &'a Folder,
    change: &'a Change<'a>,
    /// What there was at the last look.
    known: BTreeMap<&'a Path, &'a Entry>,
    pub(super) kept: Vec<Kept>,
}

impl<'a> Rescue<'a> {
    pub(super) fn new(old: &'a Folder, new: &'a Folder, walk: &'a Walk, change: &'a Change<'a>) -> Self {
        let mut known = BTreeMap::new();
        known.extend(walk.entries.iter().map(|entry| (entry.path.as_path(), entry)));
        Self { old, new, change, known, kept: Vec::new() }
    }

    /// Empties the old folder, which lies in `parent`, and removes it.
    pub(super) fn take_apart(&mut self, parent: &Folder, name: &Path) -> io::Result<()> {
        for _ in 1..ROUNDS {
            self.empty()?;
            match parent.remove_folder(name) {
                Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {}
                result => return result,
            }
        }
        self.empty()?;
        parent.remove_folder(name)
    }

    /// Removes what is known and brings over what is not, what is in a folder before the folder.
    fn empty(&mut self) -> io::Result<()> {
        let now = Walk::of(self.old).map_err(io::Error::other)?;
        let dropped = self.change.dropped();
        for entry in now.entries.iter().rev().filter(|entry| !entry.path.as_os_str().is_empty()) {
            let path = entry.path.as_path();
            let then = self.known.get(path).copied();
            // A file that is in the new folder too is the same file, whatever was written to it since.
            let is_same = |then: &Entry| {
                if dropped.contains(path) { then == entry } else { then.kind == entry.kind && then.is_at(entry) }
            };
            match entry.kind {
                Kind::Folder if then.is_some_and(|then| then.kind == Kind::Folder) => self.remove_folder(path)?,
                Kind::Folder => {
                    self.make_way(&path.join("inside"))?;
                    self.remove_folder(path)?;
                }
                _ if then.is_some_and(is_same) => self.old.remove_file(path)?,
                _ => self.bring(entry, then)?,
            }
        }
        Ok(())
    }

    /// Removes a folder, unless something came into it.
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        match self.old.remove_folder(path) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
            result => result,
        }
    }

    /// Moves something to where it would be had it been seen: to its own name where that is free or an older state of
    /// it is there, else to another.
    fn bring(&mut self, entry: &Entry, then: Option<&Entry>) -> io::Result<()> {
        let to = self.change.place_of(&entry.path);
        let there = self.new.standing(&to)?;
        let is_older = |then: &Entry| there.as_ref().is_some_and(|there| then.is_of(there));
        if then.is_some_and(is_older) {
            return self.old.move_over(&entry.path, self.new, &to);
        }
        self.make_way(&to)?;
        match self.old.move_to_free(&entry.path, self.new, &to) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            result => return result,
        }
        let name = disk::free_name(&to, |name| self.new.is_free(name));
        self.old.move_to_free(&entry.path, self.new, &name)?;
        self.kept.push(Kept { path: to, name });
        Ok(())
    }

    /// Makes the folders that a path leads through.
    fn make_way(&self, path: &Path) -> io::Result<()> {
        for folder in folders_of(path) {
            let folder: PathBuf = self.change.place_of(folder);
            match self.new.create_folder(&folder, disk::FOLDER_MODE) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}
