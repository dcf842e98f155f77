//! What we know of each database: the folders embedded in the binary, and further ones that a team keeps.

mod check;
mod database;
mod date;
mod entry;
mod extra;
mod matrix;
mod recipe;
mod text;

use std::collections::BTreeMap;
use std::sync::OnceLock;

pub use database::{
    Alternative, Bound, Category, Database, Evidence, Hosting, Level, Licence, Limit, Metrics, Optimisation, Role,
    Service, State, Surety, Upstream, Version,
};
pub use date::{Date, DateError};
pub use entry::Entry;
pub use extra::ExtraError;
pub(crate) use extra::describe;
pub use matrix::{Matrix, Row};
pub use recipe::{
    Connect, Container, Endpoint, Family, FileTemplate, Healthcheck, HostSetting, Image, Job, Memory, MemoryNotation,
    Notation, Purpose, Recipe, Secret, Tuning, Volume,
};
pub use text::{Map, Text, read_toml};

/// The databases by id, and the matrix that recommends them.
#[derive(Debug, Clone)]
pub struct Catalog {
    databases: Vec<Database>,
    matrix: Matrix,
    /// The recipes of the embedded databases, in their order; read when the first is asked for.
    recipes: OnceLock<Vec<Recipe>>,
    /// The recipes of the further databases.
    extra: BTreeMap<Text, Recipe>,
    /// The ids of the embedded databases, in the order of their recipes.
    embedded: Vec<Text>,
}

/// The embedded catalog cannot be read: the binary is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the embedded catalog cannot be read; build polyglot again")]
pub struct EmbeddedError(#[from] postcard::Error);

impl EmbeddedError {
    /// What is packed cannot be unpacked.
    fn packed() -> Self {
        Self(postcard::Error::DeserializeUnexpectedEnd)
    }
}

/// The databases and the matrix, as the build script wrote them.
const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));

/// How the databases are run, apart from it because decisions do not need it, and packed.
const RECIPES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/recipes.bin"));

/// The recipes, unpacked once: their texts point into them.
fn recipes() -> Result<&'static [u8], EmbeddedError> {
    static UNPACKED: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(unpacked) = UNPACKED.get() {
        return Ok(unpacked);
    }
    let unpacked = lz4_flex::decompress_size_prepended(RECIPES).map_err(|_| EmbeddedError::packed())?;
    Ok(UNPACKED.get_or_init(|| unpacked))
}

impl Catalog {
    /// The catalog that comes with the binary.
    ///
    /// # Errors
    /// [`EmbeddedError`] where the binary is damaged.
    pub fn embedded() -> Result<Self, EmbeddedError> {
        let (databases, matrix): (Vec<Database>, Matrix) = postcard::from_bytes(EMBEDDED)?;
        let embedded = databases.iter().map(|database| database.id.clone()).collect();
        Ok(Self { databases, matrix, recipes: OnceLock::new(), extra: BTreeMap::new(), embedded })
    }

    /// How a database is run.
    ///
    /// # Errors
    /// [`EmbeddedError`] where the binary is damaged.
    pub fn recipe(&self, id: &str) -> Result<Option<&Recipe>, EmbeddedError> {
        if let Some(recipe) = self.extra.get(id) {
            return Ok(Some(recipe));
        }
        let recipes = match self.recipes.get() {
            Some(recipes) => recipes,
            None => {
                let recipes = postcard::from_bytes(recipes()?)?;
                self.recipes.get_or_init(|| recipes)
            }
        };
        let place = self.embedded.iter().position(|known| *known == *id);
        Ok(place.and_then(|place| recipes.get(place)))
    }

    /// The database of an id.
    pub fn get(&self, id: &str) -> Option<&Database> {
        self.databases.iter().find(|database| database.id == *id)
    }

    /// All databases, in the order of their ids, further ones last.
    pub fn databases(&self) -> impl ExactSizeIterator<Item = &Database> + Clone {
        self.databases.iter()
    }

    /// All ids.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.databases.iter().map(|database| &*database.id)
    }

    /// The matrix.
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }
}
