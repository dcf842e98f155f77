//! Why a file was not read or written.

use std::io;
use std::path::{Path, PathBuf};

use catalog::units::Bytes;

/// Why a file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It, or a folder on the way to it, is a symbolic link.
    #[error("{0} is a symbolic link; links are not followed")]
    Link(PathBuf),
    /// It is a folder.
    #[error("{0} is a folder, not a file")]
    Folder(PathBuf),
    /// A folder on the way to it is none.
    #[error("{0} is not a folder")]
    NotAFolder(PathBuf),
    /// It is a pipe, a socket or a device.
    #[error("{0} is not a regular file")]
    Special(PathBuf),
    /// There is more of it than is read.
    #[error("{0} is larger than {1}")]
    TooLarge(PathBuf, Bytes),
    /// The path is absolute, or has `..` in it, where it is to stay in a folder.
    #[error("{path} is outside of the folder {folder}")]
    Outside { path: PathBuf, folder: PathBuf },
    /// Something stands there already.
    #[error("{0} is there already; it is not overwritten")]
    Taken(PathBuf),
    /// The system refuses.
    #[error("cannot {action} {path}")]
    Failed {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl FileError {
    /// What the system said, with what was tried and where.
    pub(crate) fn of(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Failed { action, path: path.to_owned(), source }
    }
}
