//! The requirements file: from a text to what each kind of data needs, or to everything that is wrong with it.

mod assignment;
mod bucket;
mod check;
mod fields;
mod model;
mod name;
mod profile;
mod read;
mod schema;
mod together;
mod types;

pub use assignment::Assignment;
pub use bucket::Bucket;
pub use model::{
    Backup, Capped, Collection, Data, Encryption, Every, Field, Index, PartitionBy, Requirements, Target, Team, Ttl,
    default,
};
pub use name::{FieldName, Line, Reference, TypeName, Word, is_name};
pub use profile::{Change, FEW_HOPS, FOR_EVER, Profile};
pub use schema::schema;
pub use together::groups;
pub use types::{bare_type, field_types};

use catalog::Catalog;

use crate::diagnostic::Faults;
use crate::source::Source;
use crate::yaml::{self, Budget};
use assignment::Assignments;
use fields::Reader;

/// The names that a requirements file is looked for under, in this order.
pub const FILE_NAMES: [&str; 3] = ["polyglot.yaml", "req.yaml", "requirements.yaml"];

impl Requirements {
    /// Reads a requirements file.
    ///
    /// # Errors
    /// All faults of the text, in its order; a text that is no YAML ends at the fault that makes it so.
    pub fn parse(source: &Source, catalog: &Catalog, budget: Budget) -> Result<Self, Faults> {
        Self::parse_with(source, &[], catalog, budget)
    }

    /// Reads a requirements file as if it gave some fields other values.
    ///
    /// # Errors
    /// All faults of the text, or of the assignments where these have any.
    pub fn parse_with(
        source: &Source,
        assignments: &[Assignment],
        catalog: &Catalog,
        budget: Budget,
    ) -> Result<Self, Faults> {
        let assignments = Assignments::new(source, assignments);
        let faults = |diagnostics| assignments.faults(diagnostics);
        let mut document = yaml::read(&source.text, budget).map_err(|fault| faults(vec![fault]))?;
        document.faults.extend(assignments.apply(&mut document.root));
        let mut reader = Reader::new(document.faults);
        let requirements = Self::read(&document.root, &mut reader).map(|mut requirements| {
            check::references(&mut requirements, catalog, &mut reader);
            requirements
        });
        match requirements {
            Some(requirements) if reader.faults.is_empty() => Ok(requirements),
            _ => Err(faults(reader.faults)),
        }
    }
}
