//! What we know of each database: its folder under `templates/`, the words that a requirement and a database share, and
//! the units that amounts are written in.
//!
//! The program and its build script share this crate: the script reads the folders with it and writes them in the form that
//! [`Catalog::from_embedded`] reads, so a fault in a folder stops the build.

mod text;

mod stored;

pub mod units;

pub mod vocabulary;

mod date;

pub mod expression;

mod reference;

mod bounds;

mod weight;

mod detect;

mod database;

mod folder;

mod recipe;

mod like;

mod entry;

mod check;

mod matrix;

mod tree;

mod weights;

#[cfg(feature = "schema")]
mod schema;

use serde::{Deserialize, Serialize};

pub use bounds::{
    Bound, Ends, Extent, Figure, Pair, RECORDS, REFERENCE_CPUS, REFERENCE_MEMORY, evaluated, most_specific,
};
pub use database::{
    Alternative, Category, Database, Evidence, Hosting, Level, Licence, Metrics, Operate, Optimisation, Role, Service,
    State, Surety, Upstream, Version,
};
pub use date::{Date, DateError};
pub use detect::{
    Authentication, DataFolder, DataNamed, Detect, Dialect, HealthTest, Pooler, RemovedSetting, Withdrawn,
};
pub use entry::{Entry, EntryError};
pub use folder::Folder;
pub use matrix::{Matrix, Row};
pub use recipe::{
    Apply, AtRest, CertificateFile, Connect, Container, Endpoint, Family, FileTemplate, Healthcheck, HostSetting,
    Image, Job, KnownSettings, Means, Memory, MemoryNotation, Needs, Notation, Protection, Purpose, Realises, Recipe,
    Secret, Statements, Templates, Tls, Tuning, Volume,
};
pub use reference::{DatabaseRef, VersionRange};
pub use stored::Stored;
pub use text::{Map, Text};
pub use tree::{Answer, Condition, Question, Reference, TreeFile};
pub use weight::{NotAWeight, Weight};
pub use weights::{Overrides, Weights};

/// The databases by id, and the matrix that recommends them.
#[derive(Debug, Clone)]
pub struct Catalog {
    databases: Vec<Database>,
    /// How each database is run, in the order of the databases.
    recipes: Vec<Stored<Recipe>>,
    matrix: Matrix,
}

/// The form in which the build script embeds the folders.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Embedded {
    databases: Vec<Database>,
    recipes: Vec<Stored<Recipe>>,
    matrix: Matrix,
}

/// The embedded form of a catalog, for [`Catalog::from_embedded`].
///
/// # Errors
/// None for what these types can hold; the library's signature has one.
pub fn embed(entries: Vec<Entry>, matrix: Matrix) -> Result<Vec<u8>, postcard::Error> {
    let (databases, recipes) = entries.into_iter().map(|entry| (entry.database, Stored::from(entry.recipe))).unzip();
    postcard::to_stdvec(&Embedded { databases, recipes, matrix })
}

impl Catalog {
    /// A catalog from what [`embed`] made of it. Texts are borrowed from the bytes.
    ///
    /// # Errors
    /// Where the bytes are not of that form.
    pub fn from_embedded(bytes: &'static [u8]) -> Result<Self, postcard::Error> {
        let Embedded { databases, recipes, matrix } = postcard::from_bytes(bytes)?;
        Ok(Self { databases, recipes, matrix })
    }

    /// Adds a database, or puts it in the place of the one of its id.
    pub fn add(&mut self, Entry { database, recipe }: Entry) {
        let recipe = Stored::from(recipe);
        let known = self.databases.iter_mut().zip(&mut self.recipes).find(|(known, _)| known.id == database.id);
        if let Some(known) = known {
            (*known.0, *known.1) = (database, recipe);
        } else {
            self.databases.push(database);
            self.recipes.push(recipe);
        }
    }

    /// How a database is run.
    pub fn recipe(&self, id: &str) -> Option<&Recipe> {
        let place = self.databases.iter().position(|database| database.id == *id)?;
        self.recipes.get(place).map(|recipe| &**recipe)
    }

    /// The database of an id or a name, in any case: `redis`, `Redis`, `PostgreSQL`.
    pub fn find(&self, name: &str) -> Option<&Database> {
        let is_named =
            |database: &&Database| [&database.id, &database.name].iter().any(|own| own.eq_ignore_ascii_case(name));
        self.get(name).or_else(|| self.databases.iter().find(is_named))
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
