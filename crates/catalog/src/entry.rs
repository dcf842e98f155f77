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
    /// Reads a file. The values borrow from its text.
    ///
    /// # Errors
    /// The first error of the text.
    pub fn read(text: &'static str) -> Result<Self, toml::de::Error> {
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
