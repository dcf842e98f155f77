//! The one door to files that are not ours. Each is opened in a folder that is open already: no link is followed on the
//! way, none is opened that is no regular file, and no more is read than is bearable. Only the way to a folder that the
//! person names leads where it leads.

mod error;
mod folder;
mod lock;
mod path;
mod read;
mod save;
mod system;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub(crate) use cap_std::fs::Metadata;
pub use error::FileError;
pub(crate) use folder::Folder;
pub(crate) use lock::Lock;
pub(crate) use path::{PathText, folders_of, is_unseen, or_here};
pub(crate) use read::read_to;
pub(crate) use save::Place;
pub(crate) use system::{Mode, Stamp};

use catalog::units::Bytes;

/// Reads a file that the person names.
pub(crate) fn read(path: &Path, limit: Bytes) -> Result<Vec<u8>, FileError> {
    let (folder, name) = beside(path, "read")?;
    folder.read(name, limit).map_err(|error| match error {
        FileError::Folder(_) => FileError::Folder(path.to_owned()),
        other => other,
    })
}

/// Reads the beginning of a file that the person names, or all of it where it is shorter.
pub(crate) fn read_head(path: &Path, length: Bytes) -> Result<Vec<u8>, FileError> {
    let (folder, name) = beside(path, "read")?;
    let file = folder.open_regular(name)?;
    let mut bytes = Vec::new();
    file.take(length.0).read_to_end(&mut bytes).map_err(|source| FileError::of("read", path, source))?;
    Ok(bytes)
}

/// Puts a text into a file that the person names, all of it or nothing.
pub(crate) fn save(path: &Path, text: &str, place: Place) -> Result<(), FileError> {
    let (folder, name) = beside(path, "write")?;
    folder.save(name, text, place)
}

/// What stands at a path that the person names, if anything does; where that cannot be told, nothing is said to.
pub(crate) fn standing(path: &Path) -> Option<Metadata> {
    let (folder, name) = beside(path, "look at").ok()?;
    folder.standing(name).ok()?
}

/// Checks that what a path leads to could be read to an end by somebody who follows links: nothing, a folder, or a regular
/// file up to a limit.
pub(crate) fn check_bearable(path: &Path, limit: Bytes) -> Result<(), FileError> {
    let Ok(found) = std::fs::metadata(path) else { return Ok(()) };
    if !found.is_file() && !found.is_dir() {
        return Err(FileError::Special(path.to_owned()));
    }
    if found.is_file() && found.len() > limit.0 { Err(FileError::TooLarge(path.to_owned(), limit)) } else { Ok(()) }
}

/// The path without links, `.` and `..`.
pub(crate) fn real(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

/// The folder that a file is in, and its name there.
fn beside<'p>(path: &'p Path, action: &'static str) -> Result<(Folder, &'p Path), FileError> {
    let Some(name) = path.file_name() else { return Err(FileError::Folder(path.to_owned())) };
    let folder = Folder::open(path.parent().unwrap_or(Path::new("")));
    Ok((folder.map_err(|source| FileError::of(action, path, source))?, Path::new(name)))
}
