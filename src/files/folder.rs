//! A folder that is open, and what is done in it.

use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, File, Metadata, OpenOptions};
use catalog::units::Bytes;

use super::error::FileError;
use super::path::{folders_of, or_here};
use super::read::read_to;

/// A folder that is open. All paths that its methods take are relative to it, stay in it, and lead over no link.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(super) dir: Dir,
    path: PathBuf,
}

impl Folder {
    /// Opens a folder that the person names; a link on the way, and the folder itself, is followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(or_here(path), ambient_authority())?;
        Ok(Self { dir, path: path.to_owned() })
    }

    /// Opens a folder that the person names, unless it is itself a link.
    pub(crate) fn named(path: &Path) -> io::Result<Self> {
        let Some(name) = path.file_name() else { return Self::open(path) };
        let inner = Self::open(path.parent().unwrap_or(Path::new("")))?.folder(Path::new(name))?;
        Ok(Self { path: path.to_owned(), ..inner })
    }

    /// Opens a folder in it.
    pub(crate) fn folder(&self, path: &Path) -> io::Result<Self> {
        let dir = self.within(path, |dir, name| dir.open_dir_nofollow(name))?;
        Ok(Self { dir, path: self.join(path) })
    }

    /// A path in it, for messages.
    pub(crate) fn join(&self, path: &Path) -> PathBuf {
        if path.as_os_str().is_empty() { self.path.clone() } else { self.path.join(path) }
    }

    /// Its own path, for messages.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Does something with what a path leads to: in the folder that this is in, by its name there.
    pub(super) fn within<T>(&self, path: &Path, act: impl FnOnce(&Dir, &Path) -> io::Result<T>) -> io::Result<T> {
        let mut parts = path.components().filter(|part| *part != Component::CurDir).peekable();
        let mut inner = None;
        if parts.peek().is_none() {
            return act(&self.dir, Path::new("."));
        }
        while let Some(part) = parts.next() {
            let (Component::Normal(name), folder) = (part, inner.as_ref().unwrap_or(&self.dir)) else { break };
            if parts.peek().is_none() {
                return act(folder, Path::new(name));
            }
            inner = Some(folder.open_dir_nofollow(name)?);
        }
        Err(io::Error::new(ErrorKind::InvalidInput, "it leads out of the folder"))
    }

    /// What the folder itself is.
    pub(crate) fn metadata(&self) -> io::Result<Metadata> {
        self.dir.dir_metadata()
    }

    /// What stands at a path, if anything does.
    pub(crate) fn standing(&self, path: &Path) -> io::Result<Option<Metadata>> {
        match self.within(path, |dir, name| dir.symlink_metadata(name)) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether a name can be given; where that cannot be seen, giving it will tell.
    pub(crate) fn is_free(&self, path: &Path) -> bool {
        self.standing(path).map_or(true, |found| found.is_none())
    }

    /// What stands where a folder of the path should be: the path of the first part, but the last, that is no folder.
    pub(crate) fn obstacle<'p>(&self, path: &'p Path) -> io::Result<Option<(&'p Path, Metadata)>> {
        for part in folders_of(path) {
            match self.standing(part)? {
                None => return Ok(None),
                Some(found) if found.is_dir() => {}
                Some(found) => return Ok(Some((part, found))),
            }
        }
        Ok(None)
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &Path, limit: Bytes) -> Result<Vec<u8>, FileError> {
        let bytes = read_to(self.open_regular(path)?, limit);
        let bytes = bytes.map_err(|source| FileError::of("read", &self.join(path), source))?;
        bytes.ok_or_else(|| FileError::TooLarge(self.join(path), limit))
    }

    /// Opens a file to read it, if it is a regular one.
    pub(super) fn open_regular(&self, path: &Path) -> Result<File, FileError> {
        let failed = |source| self.why(path, source);
        let standing = self.within(path, |dir, name| dir.symlink_metadata(name)).map_err(failed)?;
        self.check(path, &standing)?;
        let file = self.open_to_look(path).map_err(failed)?;
        // Another may stand there by now.
        self.check(path, &file.metadata().map_err(failed)?)?;
        Ok(file)
    }

    /// Opens whatever stands at a path, but a link: neither waiting for the other end of a pipe.
    pub(crate) fn open_to_look(&self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        self.within(path, |dir, name| dir.open_with(name, &options))
    }

    /// Refuses what is no regular file.
    pub(super) fn check(&self, path: &Path, found: &Metadata) -> Result<(), FileError> {
        let path = || self.join(path);
        match found.file_type() {
            kind if kind.is_file() => Ok(()),
            kind if kind.is_symlink() => Err(FileError::Link(path())),
            kind if kind.is_dir() => Err(FileError::Folder(path())),
            _ => Err(FileError::Special(path())),
        }
    }

    /// The path of a folder in it, there already or still to be made, where the way to it stays in this one.
    pub(crate) fn contain(&self, path: &Path) -> Result<PathBuf, FileError> {
        let inside = path.join("inside");
        match self.obstacle(&inside).map_err(|source| self.why(path, source))? {
            None => Ok(self.join(path)),
            Some(_) => Err(self.why(&inside, ErrorKind::NotADirectory.into())),
        }
    }

    /// Why a path leads nowhere: what stands in the way says it better than the system.
    pub(super) fn why(&self, path: &Path, source: io::Error) -> FileError {
        if path.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
            return FileError::Outside { path: path.to_owned(), folder: or_here(&self.path).to_owned() };
        }
        match self.obstacle(path) {
            Ok(Some((part, found))) if found.is_symlink() => FileError::Link(self.join(part)),
            Ok(Some((part, _))) => FileError::NotAFolder(self.join(part)),
            _ => FileError::of("read", &self.join(path), source),
        }
    }

    /// What is in a folder, in no order.
    pub(crate) fn list(&self, path: &Path) -> io::Result<impl Iterator<Item = io::Result<DirEntry>>> {
        self.within(path, |dir, name| dir.open_dir_nofollow(name))?.entries()
    }

    /// The names of the files in the folder itself, in their order, as far as they are texts.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        let names: io::Result<Vec<_>> =
            self.dir.entries()?.map(|entry| Ok(entry?.file_name().into_string().ok())).collect();
        let mut names: Vec<String> = names?.into_iter().flatten().collect();
        names.sort_unstable();
        Ok(names)
    }
}
