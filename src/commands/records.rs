//! The decision records of a folder: reading those that stand there, and making what they are to be.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use catalog::Date;

use super::input::Given;
use super::locked::Found;
use super::text;
use crate::decide::Selection;
use crate::files::{Folder, PathText};
use crate::plan::Capacity;
use crate::render::record::{self, Decided, FOLDER, File, INDEX, number_of};
use crate::render::write::Artifact;
use crate::size::{Host, Reckoner};

/// The records of a folder as they are to be.
pub(super) fn of(
    root: &Path,
    given: &Given,
    selection: &Selection<'_>,
    lock: &Found,
    date: Option<Date>,
) -> Result<Vec<Artifact>> {
    let Given { requirements, world, .. } = given;
    let host = Host::of(&requirements.target, None);
    let capacity = Capacity::of(requirements, selection, &world.catalog, &Reckoner::default(), host)?;
    let standing = read(&root.join(FOLDER))?;
    Ok(record::records(&Decided {
        system: requirements.name(),
        selection,
        capacity: &capacity,
        catalog: &world.catalog,
        tree: &world.tree,
        accepted: &lock.accepted(),
        date,
        standing: &standing,
    }))
}

/// The records that stand in a folder, and their index, by name.
pub(super) fn read(folder: &Path) -> Result<Vec<File>> {
    let unreadable = || format!("cannot read {}", folder.shown());
    let folder = match Folder::named(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        opened => opened.with_context(unreadable)?,
    };
    let mut files = Vec::new();
    for name in folder.names().with_context(unreadable)? {
        if name == INDEX || number_of(&name).is_some() {
            files.push(File { text: text::source_in(&folder, Path::new(&name))?.text, name });
        }
    }
    Ok(files)
}
