//! Why a folder could not be compared or written, and what to do.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::files::PathText;

/// A file that would be overwritten, though it is not as we wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InTheWay {
    /// What stands in the way, relative to the folder: the file, or what stands where a folder of it should be.
    pub path: PathBuf,
    /// Whether it is ours and was changed by hand; else it was never ours.
    pub edited: bool,
}

/// Why a folder could not be compared or written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A path would lead out of the folder, or into another file of it: a fault of the caller.
    #[error("`{path}` cannot be the path of a generated file: {why}")]
    Path {
        /// Which.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// A text carries no header, or not its own: a fault of the caller.
    #[error("the text for `{path}` was not sealed")]
    Unsealed {
        /// Which.
        path: String,
    },
    /// Something else has the folder's name.
    #[error("{} is not a folder; name another folder, or move it away", path.shown())]
    NotAFolder {
        /// Which.
        path: PathBuf,
    },
    /// The folder is a symbolic link.
    #[error("{} is a symbolic link; links are not followed: name the folder that it leads to", path.shown())]
    Link {
        /// Which.
        path: PathBuf,
    },
    /// Files that somebody has edited, or that are not ours, would be overwritten.
    #[error(
        "{} {}; nothing was written: move {} away, or use --force, which keeps each as `NAME.orig`",
        root.shown(),
        listed(files),
        if files.len() == 1 { "it" } else { "them" }
    )]
    InTheWay {
        /// The folder.
        root: PathBuf,
        /// Which.
        files: Vec<InTheWay>,
    },
    /// A missing secret has no place, and nothing of the secrets' folder is ever moved away.
    #[error("{} stands where the folder of `{secret}` should be; make the secret there, or move it away", path.shown())]
    SecretInTheWay {
        /// What stands there.
        path: PathBuf,
        /// The secret that is missing.
        secret: String,
    },
    /// Another run writes the same folder at this moment.
    #[error("another polyglot is writing {}; run again when it is done", path.shown())]
    Busy {
        /// Which.
        path: PathBuf,
    },
    /// Something else changed the folder while it was being written.
    #[error("{} was changed by somebody else in this moment; nothing was written: run again", path.shown())]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// The journal of an interrupted run is not one.
    #[error("{} was left by an interrupted run and cannot be used: {why}; remove it, then run again", path.shown())]
    Journal {
        /// Its folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The disk is full, or the quota.
    #[error("there is no room to {action} {}; make room, then run again", path.shown())]
    Full {
        /// For what.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// It is not permitted.
    #[error("not permitted to {action} {}; change its owner or mode, or name another folder", path.shown())]
    Denied {
        /// What.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Something else went wrong.
    #[error("cannot {action} {}", path.shown())]
    Failed {
        /// What.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl WriteError {
    /// What the system said, with what was tried and where.
    pub(super) fn of(action: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full { path, action, source },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::Denied { path, action, source },
            _ => Self::Failed { path, action, source },
        }
    }

    /// The same, to be handed to `map_err`.
    pub(super) fn on<'a>(action: &'static str, path: &'a Path) -> impl Fn(io::Error) -> Self + 'a {
        move |source| Self::of(action, path, source)
    }

    /// Whether it only says that here a folder cannot be built beside the old one and take its place.
    pub(super) fn forbids_the_exchange(&self) -> bool {
        let (Self::Denied { source, .. } | Self::Failed { source, .. }) = self else { return false };
        matches!(
            source.kind(),
            ErrorKind::PermissionDenied
                | ErrorKind::ReadOnlyFilesystem
                | ErrorKind::Unsupported
                | ErrorKind::InvalidInput
                | ErrorKind::ResourceBusy
                | ErrorKind::CrossesDevices
                | ErrorKind::TooManyLinks
                | ErrorKind::InvalidFilename
                | ErrorKind::AlreadyExists
        )
    }
}

/// `has a.conf, edited by hand, and b.sql, not written by polyglot`.
fn listed(files: &[InTheWay]) -> String {
    let one = |file: &InTheWay| {
        let why = if file.edited { "edited by hand" } else { "not written by polyglot" };
        format!("{}, {why}", file.path.shown())
    };
    format!("has {}", files.iter().map(one).collect::<Vec<_>>().join("; "))
}
