//! What we know of each database: the folders embedded in the binary, and further ones that a team keeps.

mod check;
mod constant;
mod database;
mod date;
mod deferred;
mod entry;
mod extra;
mod matrix;
mod program;
mod read;
mod recipe;
mod text;
mod weights;

use std::collections::BTreeMap;
use std::sync::OnceLock;

pub use database::{
    Alternative, Bound, Category, Database, Evidence, Hosting, Level, Licence, Limit, Metrics, Optimisation, Role,
    Service, State, Surety, Upstream, Version,
};
pub use date::{Date, DateError};
pub use deferred::Deferred;
pub use entry::Entry;
pub(crate) use extra::describe;
pub use matrix::{Matrix, Row};
pub use program::{Program, ProgramError};
pub use read::{FileError, read_str, read_toml};
pub use recipe::{
    Connect, Container, Endpoint, Family, FileTemplate, Healthcheck, HostSetting, Image, Job, Memory, MemoryNotation,
    Notation, Purpose, Recipe, Secret, Template, Templates, Tuning, Volume,
};
pub use text::{Map, Text};
pub use weights::{NotAWeight, Overrides, Weight, Weights};

/// The databases by id, and the matrix that recommends them.
#[derive(Debug, Clone)]
pub struct Catalog {
    databases: Vec<Database>,
    matrix: Matrix,
    /// The recipes of the embedded databases, in their order; each is read when it is asked for.
    recipes: Vec<OnceLock<Recipe>>,
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

/// How each database is run, apart from it because decisions do not need it, and packed.
const RECIPES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/recipes.bin"));

/// A packed recipe, and once it has been asked for the unpacked one that its texts point into.
struct Packed {
    packed: &'static [u8],
    unpacked: OnceLock<Vec<u8>>,
}

impl Packed {
    fn new(packed: &'static [u8]) -> Self {
        Self { packed, unpacked: OnceLock::new() }
    }

    fn read(&'static self) -> Result<Recipe, EmbeddedError> {
        let unpacked = match self.unpacked.get() {
            Some(unpacked) => unpacked,
            None => {
                let unpacked = lz4_flex::decompress_size_prepended(self.packed).map_err(|_| EmbeddedError::packed())?;
                self.unpacked.get_or_init(|| unpacked)
            }
        };
        let (recipe, templates) = postcard::from_bytes(unpacked)?;
        Ok(Recipe { templates, ..recipe })
    }
}

/// The packed recipes, in the order of their databases.
fn recipes() -> Result<&'static [Packed], EmbeddedError> {
    static ALL: OnceLock<Vec<Packed>> = OnceLock::new();
    if let Some(all) = ALL.get() {
        return Ok(all);
    }
    let all: Vec<&'static [u8]> = postcard::from_bytes(RECIPES)?;
    Ok(ALL.get_or_init(|| all.into_iter().map(Packed::new).collect()))
}

impl Catalog {
    /// The catalog that comes with the binary.
    ///
    /// # Errors
    /// [`EmbeddedError`] where the binary is damaged.
    pub fn embedded() -> Result<Self, EmbeddedError> {
        let (databases, matrix): (Vec<Database>, Matrix) = postcard::from_bytes(EMBEDDED)?;
        let embedded = databases.iter().map(|database| database.id.clone()).collect();
        let recipes = databases.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { databases, matrix, recipes, extra: BTreeMap::new(), embedded })
    }

    /// How a database is run.
    ///
    /// # Errors
    /// [`EmbeddedError`] where the binary is damaged.
    pub fn recipe(&self, id: &str) -> Result<Option<&Recipe>, EmbeddedError> {
        if let Some(recipe) = self.extra.get(id) {
            return Ok(Some(recipe));
        }
        let Some(place) = self.embedded.iter().position(|known| *known == *id) else { return Ok(None) };
        let (Some(recipe), Some(packed)) = (self.recipes.get(place), recipes()?.get(place)) else { return Ok(None) };
        if let Some(known) = recipe.get() {
            return Ok(Some(known));
        }
        let read = packed.read()?;
        Ok(Some(recipe.get_or_init(|| read)))
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
