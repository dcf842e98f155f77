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

/// What a folder has from another one.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// `[render] like`: everything but what it is called and who makes it.
    Whole,
    /// `[decide] like`: how well it meets each need, and how much it carries.
    Decisions,
}

/// The folder that another one is like.
struct Like {
    id: String,
    part: Part,
}

/// `[render]` and `[decide]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    like: String,
}

/// The keys of `database.toml`, besides those of the recipe, that a folder has from the one that it is like.
const INHERITED: [&str; 5] = ["detect", "pooler", "serves", "bounds", "sources"];

/// Those that it has where only decisions are taken from there.
const DECIDING: [&str; 3] = ["serves", "bounds", "sources"];

impl Part {
    const ALL: [Self; 2] = [Self::Whole, Self::Decisions];

    /// The table that names the other folder.
    fn table(self) -> &'static str {
        match self {
            Self::Whole => "render",
            Self::Decisions => "decide",
        }
    }

    fn has(self, key: &str) -> bool {
        match self {
            Self::Whole => Recipe::KEYS.contains(&key) || INHERITED.contains(&key),
            Self::Decisions => DECIDING.contains(&key),
        }
    }
}

impl Entry {
    /// Reads a folder. `other` finds the folder of a database that this one is `like`.
    ///
    /// # Errors
    /// [`EntryError`] where a text is wrong, or the other folder is not there or is itself like a further one.
    pub fn read(folder: &Folder, other: impl FnOnce(&str) -> Option<Folder>) -> Result<Self, EntryError> {
        let mut known = DeTable::parse(folder.database)?;
        let is_like = names_another(known.get_ref());
        // A place in the other folder's text would be drawn in this one's.
        let in_own_text = |error: toml::de::Error| {
            if is_like { EntryError::Wrong(error.message().to_owned()) } else { EntryError::Toml(error) }
        };
        let mut files = folder.files.clone();
        let known_settings = |text: &Text, for_versions| KnownSettings { text: text.clone(), for_versions };
        let mut settings = folder.file(KNOWN_SETTINGS).map(|text| known_settings(text, true));
        if let Some(like) = take_like(known.get_mut())? {
            let unknown = || {
                let (table, id) = (like.part.table(), &like.id);
                EntryError::Wrong(format!("`[{table}] like` names `{id}`, which is none of polyglot's own databases"))
            };
            let other = other(&like.id).ok_or_else(unknown)?;
            let own = std::mem::replace(known.get_mut(), inherited(&like, other.database)?);
            like::merge(known.get_mut(), own).map_err(EntryError::Wrong)?;
            if matches!(like.part, Part::Whole) {
                settings = settings.or_else(|| Some(known_settings(other.file(KNOWN_SETTINGS)?, false)));
                files.extend(other.files.into_iter().filter(|(name, _)| folder.file(name).is_none()));
            }
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

fn names_another(table: &DeTable<'static>) -> bool {
    Part::ALL.iter().any(|part| table.contains_key(part.table()))
}

/// Takes `[render]` or `[decide]` out of a table.
fn take_like(table: &mut DeTable<'static>) -> Result<Option<Like>, EntryError> {
    let mut found = None;
    for part in Part::ALL {
        let Some(named) = table.remove(part.table()) else { continue };
        let Named { like: id } = Named::deserialize(toml::de::ValueDeserializer::from(named))?;
        if found.replace(Like { id, part }).is_some() {
            return Err(EntryError::Wrong(
                "`[render] like` covers what `[decide] like` does: state one of them".into(),
            ));
        }
    }
    Ok(found)
}

/// What a folder has from the one that it is like.
fn inherited(Like { id, part }: &Like, text: &'static str) -> Result<DeTable<'static>, EntryError> {
    let table = DeTable::parse(text)?.into_inner();
    if names_another(&table) {
        return Err(EntryError::Wrong(format!("`{id}` is itself like another database: name that one")));
    }
    Ok(table.into_iter().filter(|(key, _)| part.has(key.get_ref())).collect())
}
