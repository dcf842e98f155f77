//! What an interrupted run left in the folder.

use std::path::{Path, PathBuf};

use super::error::WriteError;
use crate::files::Folder;

/// The folder in the folder that holds the journal and the new files.
pub(super) const FOLDER: &str = ".polyglot-journal";
/// The journal: while there is one, it is to be followed.
pub(super) const FILE: &str = "journal.json";

/// What an interrupted run left in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupted {
    /// It had everything ready; the next run finishes it.
    Committed,
    /// It had not; the next run discards it.
    Uncommitted,
}

/// Whether an interrupted run has left a journal.
pub(super) fn left(root: &Folder) -> Result<Option<Interrupted>, WriteError> {
    let standing = |path: &Path| root.standing(path).map_err(WriteError::on("look at", &root.join(path)));
    Ok(match (standing(Path::new(FOLDER))?, standing(&staged(FILE))?) {
        (None, _) => None,
        (Some(_), None) => Some(Interrupted::Uncommitted),
        (Some(_), Some(_)) => Some(Interrupted::Committed),
    })
}

/// A file beside the journal.
pub(super) fn staged(name: &str) -> PathBuf {
    Path::new(FOLDER).join(name)
}
