//! Putting a text in the place of a file in one step: the old text stays until the new one is whole and on the disk.

use std::path::{Path, PathBuf};

use super::error::FileError;
use super::folder::Folder;
use super::system::Mode;

/// What may stand where a file is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing.
    Free,
    /// Nothing, or a file, whose mode the new one gets.
    FreeOrFile,
}

impl Folder {
    /// Puts a text into a file of the folder, all of it or nothing.
    pub(crate) fn save(&self, name: &Path, text: &str, place: Place) -> Result<(), FileError> {
        let failed = |source| FileError::of("write", &self.join(name), source);
        let standing = self.standing(name).map_err(failed)?;
        let mode = match &standing {
            None => Mode::Usual,
            Some(_) if place == Place::Free => return Err(FileError::Taken(self.join(name))),
            Some(found) => {
                self.check(name, found)?;
                Mode::of(found)
            }
        };
        let fresh = fresh(name);
        // What has this name is of a process that was killed.
        let _ = self.remove_file(&fresh);
        let written = self.create_file(&fresh, text.as_bytes(), mode).and_then(|()| match place {
            Place::Free => self.move_to_free(&fresh, self, name),
            Place::FreeOrFile => self.rename(&fresh, name),
        });
        let written = written.and_then(|()| self.sync(Path::new("")));
        if written.is_err() {
            let _ = self.remove_file(&fresh);
        }
        written.map_err(failed)
    }
}

/// A name in the same folder that nobody else uses.
fn fresh(name: &Path) -> PathBuf {
    PathBuf::from(format!(".{}.polyglot-{}", name.display(), std::process::id()))
}
