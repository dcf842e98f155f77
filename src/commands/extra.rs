//! Further catalog folders, named by `[catalog] extra` in polyglot.toml: a database is added without building.

use std::path::Path;

use anyhow::{Context, Result, bail};
use catalog::Catalog;

use super::error::InputError;
use super::text;
use crate::extra;
use crate::files::{Folder, PathText};

const FILE: &str = "database.toml";

/// Adds the databases of a folder: its own `database.toml`, or those of the folders in it. One with the id of a known
/// database replaces it.
pub(super) fn add(catalog: &mut Catalog, home: &Folder, path: &Path) -> Result<()> {
    home.contain(path)?;
    let shown = || home.join(path).shown();
    let unreadable = || format!("cannot read the catalog at {}", shown());
    let folder = home.folder(path).with_context(unreadable)?;
    if is_there(&folder) {
        return add_one(catalog, &folder);
    }
    let mut is_empty = true;
    for name in folder.names().with_context(unreadable)? {
        if let Ok(inner) = folder.folder(Path::new(&name))
            && is_there(&inner)
        {
            is_empty = false;
            add_one(catalog, &inner)?;
        }
    }
    if is_empty {
        bail!("{} holds no `{FILE}`, nor does a folder in it", shown());
    }
    Ok(())
}

fn is_there(folder: &Folder) -> bool {
    folder.standing(Path::new(FILE)).is_ok_and(|found| found.is_some())
}

/// Adds the database of a folder, with the files beside it.
fn add_one(catalog: &mut Catalog, folder: &Folder) -> Result<()> {
    let source = text::source_in(folder, Path::new(FILE))?;
    let names = folder.names().with_context(|| format!("cannot read the catalog at {}", folder.path().shown()))?;
    let mut files = Vec::new();
    for name in names.into_iter().filter(|name| catalog::Folder::takes(name)) {
        let text = text::source_in(folder, Path::new(&name))?.text;
        files.push((name, text));
    }
    Ok(extra::add(catalog, &source, files).map_err(InputError::Faulty)?)
}
