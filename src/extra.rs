//! Further databases, from folders that `[catalog] extra` in polyglot.toml names: one is added without building.

use catalog::vocabulary::Quantity;
use catalog::{Bound, Catalog, Database, Entry, EntryError, Folder, Text};

use crate::diagnostic::{Diagnostic, Faults};
use crate::embedded;
use crate::expression::{Formulas, Names};
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
    let entry = Entry::read(&folder, embedded::folder).map_err(|error| match error {
        EntryError::Toml(error) => wrong(Diagnostic::from_toml(&error)),
        EntryError::Wrong(error) => wrong(Diagnostic::error(error)),
    })?;
    let checked = entry.check().and_then(|()| check_formulas(&entry.database));
    checked.map_err(|error| wrong(Diagnostic::error(error)))?;
    catalog.add(entry);
    Ok(())
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
