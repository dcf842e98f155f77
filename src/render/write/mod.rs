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
mod interrupted;
mod journal;
mod model;
pub mod part;
mod place;
mod rescue;
mod stage;
mod walk;

pub use compare::{Compared, Comparison, Orphan, State, compare, is_ours};
pub use error::{InTheWay, WriteError};
pub use header::{HEADER_LENGTH, SealState, seal, seal_state};
pub use interrupted::Interrupted;
pub use model::{Artifact, Folder, Force, Kept, Secret, Written};

use change::Change;
use compare::Survey;
use place::Place;

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
