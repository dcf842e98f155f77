//! Further databases, of the folders that `[catalog] extra` in polyglot.toml names: they are added without building.

use super::{Bound, Catalog, Database, Entry, FileError, Template, Text};
use crate::diagnostic::{Diagnostic, Faults};
use crate::expression::{Formulas, Names};
use crate::source::{Place, Source};
use crate::vocabulary::Quantity;

impl Catalog {
    /// Adds the database of a `database.toml`, with the templates that lie beside it, by file name. One with the id of
    /// a known database replaces it.
    ///
    /// # Errors
    /// [`Faults`] where the file is not what it should be.
    pub fn add(&mut self, source: &Source, templates: Vec<(String, String)>) -> Result<(), Faults> {
        let wrong = |diagnostic| Faults::new(source.clone(), vec![diagnostic]);
        let mut entry = Entry::read(source.text.clone()).map_err(|error| wrong(describe(&error)))?;
        let templates = templates.into_iter();
        entry.recipe.templates =
            templates.map(|(name, text)| (Text::from(name), Template::Source(Text::from(text)))).collect();
        let checked = entry.check().and_then(|()| check_formulas(&entry.database));
        checked.map_err(|fault| wrong(Diagnostic::error(fault)))?;
        self.put(entry);
        Ok(())
    }

    /// Adds a database, or puts it in the place of the one of its id.
    fn put(&mut self, Entry { database, recipe }: Entry) {
        self.extra.insert(database.id.clone(), recipe);
        match self.databases.iter_mut().find(|known| known.id == database.id) {
            Some(known) => *known = database,
            None => self.databases.push(database),
        }
    }
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

/// Puts a fault of a TOML text into our own form.
pub(crate) fn describe(error: &FileError) -> Diagnostic {
    let diagnostic = Diagnostic::error(error.message().lines().collect::<Vec<_>>().join(" "));
    match error.span() {
        Some(span) => diagnostic.at(Place::new(span.start, span.end), ""),
        None => diagnostic,
    }
}
