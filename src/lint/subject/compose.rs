//! What the rules about a compose file look at.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog::{Catalog, Database, Date, Version};

use crate::compose::{Compose, Service};
use crate::lint::violation::Location;
use crate::source::{Place, Placed, Source};

/// A compose project, with what was seen of the files that it names.
pub struct ComposeFile<'a> {
    /// What it says.
    pub compose: Compose,
    /// Files of its folder that add to it when somebody names them: what is missing here may stand there.
    pub parts: Vec<Compose>,
    /// Compose files of the project that are told of elsewhere.
    pub told_elsewhere: Vec<String>,
    /// The day that versions are held against, where one was named.
    pub today: Option<Date>,
    /// Whether the policy allows what nobody maintains.
    pub allows_archived: bool,
    /// Whether we rendered it: what there is to say of its versions is said of the requirements.
    pub is_rendered: bool,
    /// The databases.
    pub catalog: &'a Catalog,
    /// The files of secrets that others can read: the name of the secret and the file's mode.
    pub readable_secrets: Vec<(String, u32)>,
    /// The secrets whose files are in the repository.
    pub committed_secrets: Vec<String>,
    /// The texts, among those of the project, that are in the repository, by name.
    pub committed: BTreeSet<String>,
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
    /// A place in one of its texts.
    pub fn at(&self, place: Place, text: impl Into<String>) -> Location {
        match self.compose.sources.locate(place) {
            Some((source, place)) => Location::new(source, place, text),
            None => Location::new(&Arc::new(Source { name: String::new(), text: String::new() }), place, text),
        }
    }

    /// Whether a place is in a compose file, or else in a text that is in the repository.
    pub fn is_shared(&self, place: Place) -> bool {
        let Some((source, _)) = self.compose.sources.locate(place) else { return false };
        self.compose.own_sources().any(|own| own.name == source.name) || self.committed.contains(&source.name)
    }

    /// The services that run a database, as the catalog knows it, with the version that the tag names.
    pub fn servers(&self) -> impl Iterator<Item = (&Service, &'a Database, Option<&'a Version>)> {
        let catalog = self.catalog;
        self.compose.services.iter().filter_map(move |service| {
            let (database, version) = service.server(catalog)?;
            Some((service, database, version))
        })
    }

    /// The services whose image names a version of a server that the catalog knows, servers or not.
    pub fn versions(&self) -> impl Iterator<Item = (&Service, &Placed<String>, &'a Database, &'a Version)> {
        let catalog = self.catalog;
        let services = self.compose.services.iter().filter(|_| !self.is_rendered);
        services.filter_map(move |service| {
            let running = service.database.as_ref().filter(|running| running.is_listed)?;
            let database = catalog.get(&running.id)?;
            let version = database.known_version(running.version.as_deref()?)?;
            Some((service, service.image.as_ref()?, database, version))
        })
    }

    /// Whether a service says something: here, or in a part of the project that is added by name. What goes on from a file
    /// that was not read may say anything.
    pub fn says(&self, service: &Service, says: impl Fn(&Service) -> bool) -> bool {
        let name = &service.name.value;
        let parts = self.parts.iter().filter_map(|part| part.named(name)).filter(|part| part.is_part);
        service.goes_on || says(service) || parts.into_iter().any(|part| part.goes_on || says(part))
    }
}
