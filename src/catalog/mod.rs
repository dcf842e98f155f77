//! What we know of each database: the folders embedded in the binary, and further ones that a team keeps.

mod check;
mod database;
mod extra;
mod matrix;
mod text;

pub use database::{
    Alternative, Bound, Category, Database, Date, Evidence, Hosting, Level, Licence, Limit, Optimisation, Role,
    Service, State, Surety, Upstream, Version,
};
pub use extra::ExtraError;
pub(crate) use extra::describe;
pub use matrix::{Matrix, Row};
pub use text::{Text, read_toml};

/// The databases by id, and the matrix that recommends them.
#[derive(Debug, Clone)]
pub struct Catalog {
    databases: Vec<Database>,
    matrix: Matrix,
}

/// The embedded catalog cannot be read: the binary is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the embedded catalog cannot be read; build polyglot again")]
pub struct EmbeddedError(#[from] postcard::Error);

/// The databases and the matrix, as the build script wrote them.
const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));

impl Catalog {
    /// The catalog that comes with the binary.
    ///
    /// # Errors
    /// [`EmbeddedError`] where the binary is damaged.
    pub fn embedded() -> Result<Self, EmbeddedError> {
        let (databases, matrix): (Vec<Database>, Matrix) = postcard::from_bytes(EMBEDDED)?;
        Ok(Self { databases, matrix })
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
