//! Further databases, from folders that `[catalog] extra` in polyglot.toml names: one is added without building.

use catalog::{Catalog, Entry, EntryError, Folder, Text};

use crate::diagnostic::{Diagnostic, Faults};
use crate::embedded;
use crate::source::Source;

/// Adds the database of a `database.toml` to a catalog, with the files beside it that the catalog takes, by name. One with
/// the id of a known database replaces it.
///
/// # Errors
/// [`Faults`] where the file is not what it should be.
pub fn add(catalog: &mut Catalog, source: &Source, files: Vec<(String, String)>) -> Result<(), Faults> {
    let wrong = |diagnostic| Faults::new(source.clone(), vec![diagnostic]);
    let files = files.into_iter().map(|(name, text)| (Text::from(name), Text::from(text))).collect();
    let folder = Folder { database: source.text.clone().leak(), files };
    let mut entry = Entry::read(&folder, embedded::folder).map_err(|error| match error {
        EntryError::Toml(error) => wrong(Diagnostic::from_toml(&error)),
        EntryError::Wrong(error) => wrong(Diagnostic::error(error)),
    })?;
    entry.check_extra().map_err(|error| wrong(Diagnostic::error(error)))?;
    entry.recipe.is_extra = true;
    catalog.add(entry);
    Ok(())
}
