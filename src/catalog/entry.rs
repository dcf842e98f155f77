//! Reading one `database.toml`: what decisions need, and apart from it what running the database needs.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use super::database::Database;
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
    pub fn read(text: String) -> Result<Self, toml::de::Error> {
        let text: &'static str = text.leak();
        let mut known = DeTable::parse(text)?;
        let mut recipe = Spanned::new(known.span(), DeTable::default());
        for key in Recipe::KEYS {
            if let Some((name, value)) = known.get_mut().remove_entry(key) {
                recipe.get_mut().insert(name, value);
            }
        }
        let database = Database::deserialize(Deserializer::from(known))?;
        Ok(Self { database, recipe: Recipe::deserialize(Deserializer::from(recipe))? })
    }
}
