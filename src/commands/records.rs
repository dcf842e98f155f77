//! The decision records of a folder: reading those that stand there, and making what they are to be.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use catalog::Date;

use super::input::{self, Given};
use super::locked::Found;
use crate::decide::Selection;
use crate::render::record::{self, Decided, FOLDER, File, INDEX, number_of};
use crate::render::write::Artifact;

/// The records of a folder as they are to be.
pub(super) fn of(
    root: &Path,
    given: &Given,
    selection: &Selection<'_>,
    lock: &Found,
    date: Option<Date>,
) -> Result<Vec<Artifact>> {
    let Given { requirements, world, .. } = given;
    let standing = read(&root.join(FOLDER))?;
    Ok(record::records(&Decided {
        system: requirements.name(),
        selection,
        catalog: &world.catalog,
        tree: &world.tree,
        accepted: &lock.accepted(),
        date,
        standing: &standing,
    }))
}

/// The records that stand in a folder, and their index, by name.
pub(super) fn read(folder: &Path) -> Result<Vec<File>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if entry.path().is_file() && (name == INDEX || number_of(&name).is_some()) {
            files.push(File { text: input::read_text(&entry.path(), input::MAX_SIZE)?, name });
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}
