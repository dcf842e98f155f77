//! What the rules about a compose file look at.

use std::sync::Arc;

use super::finding::Spot;
use crate::catalog::{Catalog, Database, Version};
use crate::compose::{Compose, Service};
use crate::source::Place;

/// A compose file, with what was seen of the files that it names.
pub struct ComposeFile<'a> {
    /// What it says.
    pub compose: Compose,
    /// The databases.
    pub catalog: &'a Catalog,
    /// The files of secrets that others can read: the name of the secret and the file's mode.
    pub readable_secrets: Vec<(String, u32)>,
    /// The texts of configuration files that it mounts, with the path in the container.
    pub configurations: Vec<Mounted>,
}

/// A configuration file that a service mounts.
#[derive(Debug)]
pub struct Mounted {
    /// The service.
    pub service: String,
    /// The path in the container.
    pub target: String,
    /// Its text.
    pub source: Arc<crate::source::Source>,
}

impl<'a> ComposeFile<'a> {
    /// A place in the file.
    pub fn at(&self, place: Place, text: impl Into<String>) -> Spot {
        Spot::new(&self.compose.source, place, text)
    }

    /// The services that run a database, as the catalog knows it, with the version that the tag names.
    pub fn servers(&self) -> impl Iterator<Item = (&Service, &'a Database, Option<&'a Version>)> {
        let catalog = self.catalog;
        self.compose.services.iter().filter_map(move |service| {
            let (database, version) = service.server(catalog)?;
            Some((service, database, version))
        })
    }
}
