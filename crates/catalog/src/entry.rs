//! Reading a database's folder: what decisions need, and apart from it what running the database needs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use super::database::Database;
use super::folder::{Folder, KNOWN_SETTINGS};
use super::like;
use super::recipe::{KnownSettings, Recipe};
use super::text::Text;

/// What a folder says, read.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// What decisions need.
    pub database: Database,
    /// What running it needs.
    pub recipe: Recipe,
}

/// Why a folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// `database.toml` is wrong, perhaps at a place.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// What it says does not fit together.
    #[error("{0}")]
    Wrong(String),
}

/// `[render]`: what a folder has from another one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Render {
    like: String,
}

/// The keys of `database.toml` that a folder that is `like` another one has from there.
const INHERITED: [&str; 3] = ["detect", "pooler", "sources"];

impl Entry {
    /// Reads a folder. `other` finds the folder of a database that this one is `like`.
    ///
    /// # Errors
    /// [`EntryError`] where a text is wrong, or the other folder is not there or is itself like a further one.
    pub fn read(folder: &Folder, other: impl FnOnce(&str) -> Option<Folder>) -> Result<Self, EntryError> {
        let mut known = DeTable::parse(folder.database)?;
        let is_like = known.get_ref().contains_key("render");
        // A place in the other folder's text would be drawn in this one's.
        let in_own_text = |error: toml::de::Error| {
            if is_like { EntryError::Wrong(error.message().to_owned()) } else { EntryError::Toml(error) }
        };
        let mut files = folder.files.clone();
        let known_settings = |text: &Text, for_versions| KnownSettings { text: text.clone(), for_versions };
        let mut settings = folder.file(KNOWN_SETTINGS).map(|text| known_settings(text, true));
        if let Some(like) = take_like(known.get_mut())? {
            let unknown = || {
                EntryError::Wrong(format!("`[render] like` names `{like}`, which is none of polyglot's own databases"))
            };
            let other = other(&like).ok_or_else(unknown)?;
            let own = std::mem::replace(known.get_mut(), inherited(&like, other.database)?);
            like::merge(known.get_mut(), own).map_err(EntryError::Wrong)?;
            settings = settings.or_else(|| Some(known_settings(other.file(KNOWN_SETTINGS)?, false)));
            let missing = other.files.into_iter().filter(|(name, _)| folder.file(name).is_none());
            files.extend(missing);
        }
        let mut recipe = Spanned::new(known.span(), DeTable::default());
        for key in Recipe::KEYS {
            if let Some((name, value)) = known.get_mut().remove_entry(key) {
                recipe.get_mut().insert(name, value);
            }
        }
        let mut database = Database::deserialize(Deserializer::from(known)).map_err(in_own_text)?;
        let recipe = Recipe::deserialize(Deserializer::from(recipe)).map_err(in_own_text)?;
        if is_like {
            let named = database.named_sources().chain(recipe.sources()).map(|(_, source)| source.to_string());
            let named: BTreeSet<String> = named.collect();
            database.sources.retain(|key, _| named.contains(key.as_str()));
        }
        files.retain(|(name, _)| name.as_str() != KNOWN_SETTINGS);
        Ok(Self { database, recipe: Recipe { templates: files, known_settings: settings, ..recipe } })
    }
}

/// Takes `[render]` out of a table.
fn take_like(table: &mut DeTable<'static>) -> Result<Option<String>, EntryError> {
    let Some(render) = table.remove("render") else { return Ok(None) };
    let Render { like } = Render::deserialize(toml::de::ValueDeserializer::from(render))?;
    Ok(Some(like))
}

/// What a folder has from the one that it is like.
fn inherited(like: &str, text: &'static str) -> Result<DeTable<'static>, EntryError> {
    let table = DeTable::parse(text)?.into_inner();
    if table.contains_key("render") {
        return Err(EntryError::Wrong(format!("`{like}` is itself like another database: name that one")));
    }
    let is_inherited = |key: &str| Recipe::KEYS.contains(&key) || INHERITED.contains(&key);
    Ok(table.into_iter().filter(|(key, _)| is_inherited(key.get_ref())).collect())
}
