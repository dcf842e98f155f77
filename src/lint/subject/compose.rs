//! What the rules about a compose file look at.

use std::sync::Arc;

use catalog::{Catalog, Database, Version};

use crate::compose::{Base, Compose, Service};
use crate::lint::violation::Location;
use crate::source::{Place, Source};

/// A compose file, with what was seen of the files that it names.
pub struct ComposeFile<'a> {
    /// What it says.
    pub compose: Compose,
    /// The other compose files of its folder: what is missing here may stand there.
    pub others: Vec<Compose>,
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
    /// Where it is mounted, in the compose file.
    pub place: Place,
    /// Its text.
    pub source: Arc<Source>,
}

impl<'a> ComposeFile<'a> {
    /// A place in the file.
    pub fn at(&self, place: Place, text: impl Into<String>) -> Location {
        Location::new(&self.compose.source, place, text)
    }

    /// The services that run a database, as the catalog knows it, with the version that the tag names.
    pub fn servers(&self) -> impl Iterator<Item = (&Service, &'a Database, Option<&'a Version>)> {
        let catalog = self.catalog;
        self.compose.services.iter().filter_map(move |service| {
            let (database, version) = service.server(catalog)?;
            Some((service, database, version))
        })
    }

    /// Whether a service says something: here, in another document or compose file of the folder, or in the service
    /// that it goes on from. What goes on from a file that was not read may say anything.
    pub fn says(&self, service: &Service, says: impl Fn(&Service) -> bool) -> bool {
        /// Longer chains are taken to say it.
        const LONGEST: usize = 16;
        if says(service) {
            return true;
        }
        let mut name = service.name.value.as_str();
        for _ in 0..LONGEST {
            let files = std::iter::once(&self.compose).chain(&self.others);
            let parts: Vec<&Service> = files.flat_map(|file| file.named(name)).collect();
            if parts.iter().any(|part| says(part) || part.base == Some(Base::Elsewhere)) {
                return true;
            }
            let base = parts.iter().find_map(|part| part.base.as_ref());
            let Some(Base::Here(base)) = base else { return false };
            name = base;
        }
        true
    }
}
