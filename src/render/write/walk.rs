//! What stands in the folder, as far as it can be seen.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::error::WriteError;
use super::interrupted;
use crate::files::{Folder, Metadata, Stamp};

/// A folder with more in it is more than ours; it is not copied.
const MOST: usize = 20_000;
/// Mode bits without which the owner cannot take a folder apart.
const OWNER: u32 = 0o700;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File,
    Link,
    /// A socket, a pipe or a device.
    Special,
}

/// Something in the folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where, relative to the folder; empty for the folder itself.
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    pub(super) stamp: Stamp,
}

/// All that stands in the folder: each folder before what is in it, the names in their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Walk {
    pub(super) entries: Vec<Entry>,
    /// Whether a copy beside it could take its place: all was seen, and all can be carried.
    pub(super) is_portable: bool,
}

impl Entry {
    fn of(path: PathBuf, meta: &Metadata) -> Self {
        let kind = match meta.file_type() {
            kind if kind.is_dir() => Kind::Folder,
            kind if kind.is_file() => Kind::File,
            kind if kind.is_symlink() => Kind::Link,
            _ => Kind::Special,
        };
        Self { path, kind, stamp: Stamp::of(meta) }
    }

    /// Whether it is the file or folder that another entry was.
    pub(super) fn is_at(&self, other: &Self) -> bool {
        self.stamp.place == other.stamp.place
    }

    /// Whether that is what stands somewhere.
    pub(super) fn is_of(&self, found: &Metadata) -> bool {
        self.stamp.place == Stamp::of(found).place
    }

    /// Whether it can be carried over into a copy of the folder that is on the given device.
    fn is_portable(&self, root: &Folder, device: u64) -> bool {
        let (on, _) = self.stamp.place;
        let (_, _, mode) = self.stamp.rights;
        match self.kind {
            // A repository may have processes that work in it.
            Kind::Folder => {
                let is_repository = self.path.file_name() == Some(OsStr::new(".git"));
                on == device && mode & OWNER == OWNER && !is_repository && !root.has_attributes(&self.path)
            }
            Kind::File | Kind::Special => on == device,
            Kind::Link => true,
        }
    }
}

impl Walk {
    /// Looks at all that is in a folder. What cannot be seen is left out.
    pub(super) fn of(root: &Folder) -> Result<Self, WriteError> {
        let failed = WriteError::on("look at", root.path());
        let first = Entry::of(PathBuf::new(), &root.metadata().map_err(&failed)?);
        let (device, _) = first.stamp.place;
        let mut walk = Self { is_portable: first.is_portable(root, device), entries: vec![first] };
        let mut folders: VecDeque<_> = [PathBuf::new()].into();
        while let Some(folder) = folders.pop_front() {
            let found = match list(root, &folder) {
                Err(error) if folder.as_os_str().is_empty() => return Err(failed(error)),
                Err(_) => {
                    walk.is_portable = false;
                    continue;
                }
                Ok(found) => found,
            };
            for entry in found {
                if walk.entries.len() >= MOST {
                    walk.is_portable = false;
                    return Ok(walk);
                }
                walk.is_portable = walk.is_portable && entry.is_portable(root, device);
                if entry.kind == Kind::Folder && entry.stamp.place.0 == device {
                    folders.push_back(entry.path.clone());
                }
                walk.entries.push(entry);
            }
        }
        Ok(walk)
    }

    /// Whether the same stands there as at another time. What is in the files may differ.
    pub(super) fn is_as(&self, then: &Self) -> bool {
        let what = |entry: &Entry| (entry.kind, entry.stamp.place, entry.stamp.rights);
        let same = |(a, b): (&Entry, &Entry)| a.path == b.path && what(a) == what(b);
        self.entries.len() == then.entries.len() && self.entries.iter().zip(&then.entries).all(same)
    }

    /// The files whose path is a text.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|entry| entry.kind == Kind::File).filter_map(|entry| entry.path.to_str())
    }
}

/// What is in one folder, in the order of the names, but for the journal.
fn list(root: &Folder, folder: &Path) -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    for entry in root.list(folder)? {
        let entry = entry?;
        let is_journal = folder.as_os_str().is_empty() && entry.file_name() == interrupted::FOLDER;
        if !is_journal {
            found.push(Entry::of(folder.join(entry.file_name()), &entry.metadata()?));
        }
    }
    found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}
