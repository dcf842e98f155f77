//! Reading one `database.toml`: what decisions need, and apart from it what running the database needs.

use serde::Serialize;
use toml::Spanned;
use toml::de::DeTable;

use super::database::Database;
use super::read::{FileError, read_table};
use super::recipe::Recipe;

/// One database's file.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// What decisions need.
    pub database: Database,
    /// What running it needs.
    pub recipe: Recipe,
}

impl Entry {
    /// Reads a file. Its text stays for as long as the program runs: the values point into it.
    ///
    /// # Errors
    /// The first fault of the text.
    pub fn read(text: String) -> Result<Self, FileError> {
        let text: &'static str = text.leak();
        let mut known = DeTable::parse(text)?;
        let mut recipe = Spanned::new(known.span(), DeTable::default());
        for key in Recipe::KEYS {
            if let Some((name, value)) = known.get_mut().remove_entry(key) {
                recipe.get_mut().insert(name, value);
            }
        }
        Ok(Self { database: read_table(known)?, recipe: read_table(recipe)? })
    }
}
