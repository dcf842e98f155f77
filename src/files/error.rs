//! Why a file was not read or written.

use std::io;
use std::path::{Path, PathBuf};

use catalog::units::Bytes;

use super::path::PathText;

/// Why a file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It, or a folder on the way to it, is a symbolic link.
    #[error("{} is a symbolic link; links are not followed", .0.shown())]
    Link(PathBuf),
    /// It is a folder.
    #[error("{} is a folder, not a file", .0.shown())]
    Folder(PathBuf),
    /// A folder on the way to it is none.
    #[error("{} is not a folder", .0.shown())]
    NotAFolder(PathBuf),
    /// It is a pipe, a socket or a device.
    #[error("{} is not a regular file", .0.shown())]
    Special(PathBuf),
    /// There is more of it than is read.
    #[error("{} is larger than {}", .0.shown(), .1)]
    TooLarge(PathBuf, Bytes),
    /// The path is absolute, or has `..` in it, where it is to stay in a folder.
    #[error("{} is outside of the folder {}", path.shown(), folder.shown())]
    Outside { path: PathBuf, folder: PathBuf },
    /// Something stands there already.
    #[error("{} is there already; it is not overwritten", .0.shown())]
    Taken(PathBuf),
    /// The system refuses.
    #[error("cannot {action} {}", path.shown())]
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
    /// Where it happened.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Link(path)
            | Self::Folder(path)
            | Self::NotAFolder(path)
            | Self::Special(path)
            | Self::TooLarge(path, _)
            | Self::Outside { path, .. }
            | Self::Taken(path)
            | Self::Failed { path, .. } => path,
        }
    }

    /// What the system said, with what was tried and where.
    pub(crate) fn of(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Failed { action, path: path.to_owned(), source }
    }
}
