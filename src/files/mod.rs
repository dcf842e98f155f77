//! The one door to files that are not ours. Each is opened in a folder that is open already: no link is followed on the
//! way, none is opened that is no regular file, and no more is read than is bearable. Only the way to a folder that the
//! person names leads where it leads.

mod error;
mod folder;
mod lock;
mod save;
mod system;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub(crate) use cap_std::fs::Metadata;
pub use error::FileError;
pub(crate) use folder::Folder;
pub(crate) use lock::Lock;
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

/// Reads to the end of something that is open; nothing where that is further than the limit.
pub(crate) fn read_to(reader: impl Read, limit: Bytes) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(limit.0.saturating_add(1)).read_to_end(&mut bytes)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok((length <= limit.0).then_some(bytes))
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

/// The empty path means the current folder.
pub(crate) fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// The folders of a relative path, the outermost first.
pub(crate) fn folders_of(path: &Path) -> Vec<&Path> {
    let mut folders: Vec<_> = path.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty()).collect();
    folders.reverse();
    folders
}
