//! What is planned: a service with its share of the host, and what goes with it.

use std::sync::Arc;

use catalog::units::Bytes;
use catalog::{Connect, Container, Database, Job, Recipe, Version, VersionRange};

use super::capacity::Capacity;
use crate::expression::Scope;
use crate::requirements::Data;
use crate::size::{Claim, Cores, Setting, SettingError};

/// A service with its share of the host and its settings.
pub struct Planned<'a> {
    /// The service's name, which is its name in the network too.
    pub instance: String,
    /// What runs.
    pub database: &'a Database,
    /// In which version.
    pub version: &'a Version,
    /// The image with its tag; empty where the build is unknown.
    pub image: String,
    /// How it is run.
    pub recipe: &'a Recipe,
    /// Its container.
    pub container: &'a Container,
    /// The kinds of data in it.
    pub serves: Vec<&'a str>,
    /// Its memory, which is its container's limit.
    pub memory: Bytes,
    /// Its cores.
    pub cores: Cores,
    /// Its settings, in the order of the catalog.
    pub settings: Vec<Setting<'a>>,
    /// The services beside it.
    pub jobs: Vec<PlannedJob<'a>>,
    /// Where its data must be encrypted.
    pub encrypted: Encrypted,
    /// Whether it takes encrypted connections alone.
    pub tls: bool,
    /// The names that its templates may use.
    pub scope: Arc<Scope>,
}

/// A service beside a database.
pub struct PlannedJob<'a> {
    /// What it does.
    pub job: &'a Job,
    /// Its memory.
    pub memory: Bytes,
    /// Its cores.
    pub cores: Cores,
}

/// A database that runs elsewhere.
pub struct Elsewhere<'a> {
    /// The service's name.
    pub instance: String,
    /// What it is.
    pub database: &'a Database,
    /// The kinds of data in it.
    pub serves: Vec<&'a str>,
    /// How one connects to it.
    pub connect: &'a Connect,
}

/// Where the data of a service must be encrypted: where some of it must.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Encrypted {
    /// On the wire.
    pub in_transit: bool,
    /// On disk.
    pub at_rest: bool,
}

impl Encrypted {
    pub(super) fn of<'d>(data: impl Iterator<Item = &'d Data>) -> Self {
        data.fold(Self::default(), |encrypted, data| Self {
            in_transit: encrypted.in_transit || data.is_encrypted_in_transit(),
            at_rest: encrypted.at_rest || data.is_encrypted_at_rest(),
        })
    }
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The host is too small: the arithmetic, and the smallest host that would do.
    #[error("{}", .0.refusal())]
    TooSmall(Box<Capacity>),
    /// A rule of the catalog cannot be reckoned.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The catalog does not say how to run a database.
    #[error(
        "the catalog does not say how {name} is run\n  its database.toml has neither `[container]` nor `[connect]`"
    )]
    NoRecipe {
        /// Its name.
        name: String,
    },
}

impl Planned<'_> {
    /// Whether a row of the recipe is for this version.
    pub fn has(&self, range: VersionRange<'_>) -> bool {
        self.database.is_in(self.version, range)
    }
}

impl PlannedJob<'_> {
    /// The name of the service.
    pub fn service(&self, instance: &str) -> String {
        job_service(instance, &self.job.name)
    }

    pub(super) fn claim(&self, instance: &str) -> Claim {
        Claim {
            name: self.service(instance),
            minimum: self.memory.0,
            must_fit: 0,
            recommended: 0,
            weight: 0,
            cap: None,
        }
    }
}

/// The name of the service of a job.
pub fn job_service(instance: &str, job: &str) -> String {
    format!("{instance}-{job}")
}

/// The name of a secret's file, which is the secret's name in the compose file too.
pub fn secret_file(instance: &str, secret: &str) -> String {
    format!("{}_{secret}", instance.replace('-', "_"))
}
