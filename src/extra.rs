//! Further catalog folders, named by `[catalog] extra` in polyglot.toml: a database is added without building.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use catalog::vocabulary::Quantity;
use catalog::{Bound, Catalog, Database, Entry, EntryError, Folder, Text};

use crate::diagnostic::{Diagnostic, Faults};
use crate::embedded;
use crate::expression::{Formulas, Names};
use crate::source::Source;

/// Why a further folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExtraError {
    /// A folder or file cannot be read.
    #[error("cannot read the catalog at {path}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder holds no database.
    #[error("{path} holds no `database.toml`, nor does a folder in it")]
    Empty {
        /// Which.
        path: PathBuf,
    },
    /// A file is not what it should be.
    #[error("a catalog file is wrong")]
    Wrong(Box<Faults>),
}

const FILE: &str = "database.toml";

/// Adds the databases of a folder to a catalog: its own `database.toml`, or those of the folders in it. One with the id of a
/// known database replaces it.
///
/// # Errors
/// [`ExtraError`] where the folder cannot be read, is empty or holds a file that is wrong.
pub fn add_folder(catalog: &mut Catalog, folder: &Path) -> Result<(), ExtraError> {
    let files = files_of(folder)?;
    if files.is_empty() {
        return Err(ExtraError::Empty { path: folder.to_owned() });
    }
    for path in files {
        let text = fs::read_to_string(&path).map_err(|source| ExtraError::Unreadable { path: path.clone(), source })?;
        let source = Source { name: path.display().to_string(), text };
        let wrong = |diagnostic| ExtraError::Wrong(Box::new(Faults::new(source.clone(), vec![diagnostic])));
        let folder = Folder { database: source.text.clone().leak(), files: beside(&path)? };
        let entry = Entry::read(&folder, embedded::folder).map_err(|error| match error {
            EntryError::Toml(error) => wrong(Diagnostic::from_toml(&error)),
            EntryError::Wrong(error) => wrong(Diagnostic::error(error)),
        })?;
        let checked = entry.check().and_then(|()| check_formulas(&entry.database));
        checked.map_err(|error| wrong(Diagnostic::error(error)))?;
        catalog.add(entry);
    }
    Ok(())
}

/// The files beside a `database.toml` that the catalog takes, by name.
fn beside(file: &Path) -> Result<Vec<(Text, Text)>, ExtraError> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| ExtraError::Unreadable { path, source }
    };
    let entries = fs::read_dir(folder).map_err(unreadable(folder))?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(unreadable(folder))?;
    paths.sort_unstable();
    let files = paths.into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str().filter(|name| Folder::takes(name))?.to_owned();
        let text = fs::read_to_string(&path).map_err(unreadable(&path));
        Some(text.map(|text| (Text::from(name), Text::from(text))))
    });
    files.collect()
}

/// Checks that every formula of a database can be compiled, and speaks only of what there is.
fn check_formulas(database: &Database) -> Result<(), String> {
    let formulas = Formulas::default();
    let bounds = database.limits.iter().flat_map(|limit| limit.strained.iter().chain(&limit.exceeds));
    for bound in bounds {
        let Bound::Formula(text) = bound else { continue };
        let mut names = Names::new();
        ["mem", "disk", "cpus"].into_iter().for_each(|name| names.set(name, 1 << 40));
        Quantity::ALL.iter().for_each(|quantity| names.set(quantity.name(), 1_000));
        let value = formulas.compile(text).and_then(|formula| formula.evaluate(&names));
        value.map_err(|error| format!("{}: {error}", database.id))?;
    }
    Ok(())
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, ExtraError> {
    let own = folder.join(FILE);
    if own.is_file() {
        return Ok(vec![own]);
    }
    let unreadable = |source| ExtraError::Unreadable { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path().join(FILE))).collect();
    let mut files: Vec<_> = paths.map_err(unreadable)?.into_iter().filter(|path| path.is_file()).collect();
    files.sort_unstable();
    Ok(files)
}
