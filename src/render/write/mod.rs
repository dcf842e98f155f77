//! The writer of a rendered folder: headers that show edits, the comparison, and writing all of it or nothing.
//!
//! The new folder is built beside the old one and takes its place in one step; where the file system cannot do that,
//! a journal in the folder leads from the old files to the new. Secrets and files that are not ours stay as they are, and
//! so does a person's own text in a file that is ours only in parts.

mod change;
mod compare;
pub mod diff;
mod disk;
mod error;
mod header;
mod journal;
pub mod part;
mod place;
mod stage;
mod walk;

use std::path::{Path, PathBuf};

pub use compare::{Compared, Comparison, Interrupted, Orphan, State, compare, is_ours};
pub use error::{InTheWay, WriteError};
pub use header::{SealState, seal, seal_state};

use change::Change;
use compare::Survey;
use place::Place;

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where, relative to the folder, with `/` between the parts.
    pub path: String,
    /// The text, with the header that [`seal`] gives it; or one that is ours in [parts](part).
    pub content: String,
    /// Whether it is run.
    pub executable: bool,
}

/// A secret: made once, then never touched.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// Where, relative to the folder, such as `secrets/postgresql_admin`.
    pub path: String,
    /// What it becomes if it is not there yet.
    pub content: String,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A folder and what is to be in it.
#[derive(Debug, Clone, Copy)]
pub struct Folder<'a> {
    /// Where it is; it must not be a symbolic link.
    pub root: &'a Path,
    /// The generated files.
    pub artifacts: &'a [Artifact],
    /// The secrets.
    pub secrets: &'a [Secret],
    /// Whether the artifacts are all generated files that belong there: only then is another one of ours an orphan.
    pub whole: bool,
}

/// What becomes of files that somebody has edited or that are not ours, where generated ones are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// Nothing is written.
    No,
    /// They are kept as `NAME.orig`, or the first of `NAME.orig.1` and so on that is free.
    Yes,
}

/// Something that was in the way, and what it is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it was called, relative to the folder.
    pub path: PathBuf,
    /// What it is called now.
    pub name: PathBuf,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were not there.
    pub created: Vec<String>,
    /// Files that were replaced.
    pub updated: Vec<String>,
    /// Files of ours that no longer belonged there.
    pub removed: Vec<String>,
    /// Secrets that were made.
    pub secrets: Vec<String>,
    /// What was in the way.
    pub kept: Vec<Kept>,
    /// Files of ours that no longer belong there, but are kept because somebody has edited them.
    pub edited_orphans: Vec<String>,
    /// What an interrupted run had left, which was finished or discarded first.
    pub recovered: Option<Interrupted>,
    /// The old folder, if it could not be removed.
    pub left: Option<PathBuf>,
}

impl Written {
    /// Whether the folder was as it should be.
    pub fn is_nothing(&self) -> bool {
        let files = [&self.created, &self.updated, &self.removed, &self.secrets];
        files.iter().all(|files| files.is_empty()) && self.recovered.is_none()
    }
}

/// Writes a folder: all of it or nothing. Where nothing would change, nothing is written. What an interrupted run has
/// left is finished or removed first.
///
/// # Errors
/// [`WriteError`] where files that are not ours or were edited are in the way, or the folder cannot be written. The
/// folder is then as it was; only where a journal was needed and something failed half-way, the next run finishes it.
pub fn write(folder: &Folder<'_>, force: Force) -> Result<Written, WriteError> {
    place::check(folder)?;
    let place = Place::of(folder.root)?;
    let _lock = place.lock()?;
    stage::remove_strays(&place);
    let recovered = place.root.as_ref().map(journal::recover).transpose()?.flatten();
    let Survey { comparison, walk } = Survey::of(folder, &place)?;
    let change = Change::of(&place, &comparison, force)?;
    let mut written = if change.is_empty() { change.written.clone() } else { carry_out(&place, &walk, &change)? };
    if let Some((interrupted, kept)) = recovered {
        written.recovered = Some(interrupted);
        written.kept.splice(..0, kept);
    }
    Ok(written)
}

/// Exchanges the folder as a whole if that can be done, else by a journal.
fn carry_out(place: &Place, walk: &walk::Walk, change: &Change<'_>) -> Result<Written, WriteError> {
    let Some(root) = &place.root else { return stage::write(place, walk, change) };
    if walk.is_portable && !place.is_fixed() {
        match stage::write(place, walk, change) {
            Err(error) if error.forbids_the_exchange() => {}
            result => return result,
        }
    }
    journal::write(root, change)
}
