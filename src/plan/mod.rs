//! The plan: every service of a selection with its share of the host and its settings.

mod capacity;
mod draft;
mod kinds;
mod placement;
mod planned;
mod prose;
pub mod realised;

pub use capacity::{Capacity, CapacityVerdict, Line, Resource, SmallestHost};
pub use planned::{Elsewhere, Encrypted, PlanError, Planned, PlannedJob, job_service, secret_file};
pub use prose::{MARK, Prose, unmarked};

use std::collections::BTreeMap;

use catalog::units::Bytes;
use catalog::{Catalog, Database, Recipe, Version};
use minijinja::Value;

use crate::decide::Selection;
use crate::requirements::Requirements;
use crate::size::{Cores, Demand, Host, Reckoner};
use draft::{Draft, Share};
use placement::Placement;
use realised::{Stated, stated};

/// What runs, on which host, how big and how set.
pub struct Plan<'a> {
    /// The system's name.
    pub name: &'a str,
    /// The host; where the file does not say how large it is, at least as large as it has to be.
    pub host: Host,
    /// What the services need of it.
    pub capacity: Capacity,
    /// What the operating system keeps.
    pub system: Bytes,
    /// What runs in containers, in the order in which it is first needed.
    pub services: Vec<Planned<'a>>,
    /// What runs elsewhere, and how one connects to it.
    pub elsewhere: Vec<Elsewhere<'a>>,
    /// What the file promises of each dataset, and what keeps each promise.
    pub stated: Vec<(&'a str, Vec<Stated>)>,
}

impl<'a> Plan<'a> {
    /// Plans every service of a selection on a host.
    ///
    /// # Errors
    /// [`PlanError`] where the host is too small, or the catalog does not say how to run something.
    pub fn of(
        requirements: &'a Requirements,
        selection: &Selection<'a>,
        catalog: &'a Catalog,
        reckoner: &Reckoner,
        host: Host,
    ) -> Result<Self, PlanError> {
        let elsewhere = draft::elsewhere(selection, catalog)?;
        let placement = Placement::new(requirements, selection, catalog, reckoner, host)?;
        let (host, (system, memory)) = (placement.host, placement.memory()?);
        let capacity = placement.capacity.clone();
        let services = settle(placement, &memory, reckoner)?;
        let stated = selection.kinds.iter().map(|selected| (selected.name, stated(selected, selection, catalog)));
        let stated = stated.collect();
        Ok(Self { name: requirements.name(), host, capacity, system, services, elsewhere, stated })
    }

    /// The image of each service of a selection that runs in a container, by the service's name.
    ///
    /// # Errors
    /// [`PlanError`] where the catalog does not say how to run something.
    pub fn images(
        requirements: &'a Requirements,
        selection: &Selection<'a>,
        catalog: &'a Catalog,
        reckoner: &Reckoner,
        host: Host,
    ) -> Result<BTreeMap<String, String>, PlanError> {
        draft::elsewhere(selection, catalog)?;
        let drafts = draft::drafts(requirements, selection, catalog, host);
        let mut images = BTreeMap::new();
        for draft in drafts {
            images.insert(draft.instance.clone(), draft.image(reckoner)?);
        }
        Ok(images)
    }

    /// The memory that no service can use.
    pub fn spare(&self) -> Bytes {
        let jobs = self.services.iter().flat_map(|service| &service.jobs).map(|job| job.memory.0);
        let used = self.services.iter().map(|service| service.memory.0).chain(jobs);
        let used = used.fold(self.system.0, u64::saturating_add);
        Bytes(self.host.memory.0.saturating_sub(used))
    }
}

impl Capacity {
    /// What a selection needs of a host.
    ///
    /// # Errors
    /// [`PlanError`] where a formula of the catalog cannot be computed.
    pub fn of(
        requirements: &Requirements,
        selection: &Selection<'_>,
        catalog: &Catalog,
        reckoner: &Reckoner,
        host: Host,
    ) -> Result<Self, PlanError> {
        Ok(Placement::new(requirements, selection, catalog, reckoner, host)?.capacity)
    }
}

/// A database that is to be run, and how.
#[derive(Debug, Clone, Copy)]
pub struct Installation<'a> {
    /// The database.
    pub database: &'a Database,
    /// Its version.
    pub version: &'a Version,
    /// How it is run.
    pub recipe: &'a Recipe,
}

impl<'a> Planned<'a> {
    /// Plans one database alone, whose share is given: nothing is deducted.
    ///
    /// # Errors
    /// [`PlanError`] where the catalog does not say how to run it.
    pub fn alone(
        Installation { database, version, recipe }: Installation<'a>,
        reckoner: &Reckoner,
        host: Host,
        demand: &Demand,
    ) -> Result<Self, PlanError> {
        let (Some(container), Some(memory)) = (&recipe.container, &recipe.memory) else {
            return Err(PlanError::NoRecipe { name: database.name.to_string() });
        };
        let scope = host.scope(demand);
        scope.set("kinds", Value::from(Vec::<Value>::new()));
        let draft = Draft {
            instance: database.id.to_string(),
            database,
            version,
            recipe,
            container,
            memory,
            serves: Vec::new(),
            scope,
            pooled: false,
            held_image: None,
            datasets: Vec::new(),
            encrypted: Encrypted::default(),
        };
        draft.name(crate::requirements::default::NAME);
        draft.scope.set("image", "");
        let share = Share { memory: host.memory, cores: host.cores, jobs: Vec::new(), image: String::new() };
        draft.plan(share, reckoner)
    }
}

/// Gives every service its share and its settings.
fn settle<'a>(
    Placement { host, drafts, jobs, .. }: Placement<'a>,
    memory: &BTreeMap<String, Bytes>,
    reckoner: &Reckoner,
) -> Result<Vec<Planned<'a>>, PlanError> {
    let weights = drafts.iter().fold(0u64, |sum, draft| sum.saturating_add(u64::from(draft.memory.weight.max(1))));
    let planned = drafts.iter().zip(jobs).map(|(draft, jobs)| {
        let cores = cores(host.cores, u64::from(draft.memory.weight.max(1)), weights);
        let image = draft.image(reckoner)?;
        draft.scope.set("image", image.as_str());
        draft.plan(Share { memory: draft.share(memory), cores, jobs, image }, reckoner)
    });
    planned.collect()
}

/// The cores of a service: twice its fair part, since not all are busy at once, but at least one and never more than
/// there are.
fn cores(host: Cores, weight: u64, weights: u64) -> Cores {
    const STEP: u64 = 25;
    let fair = host.hundredths.saturating_mul(weight).checked_div(weights).unwrap_or(host.hundredths);
    let twice = fair.saturating_mul(2).div_ceil(STEP).saturating_mul(STEP);
    Cores { hundredths: twice.max(100).min(host.hundredths) }
}
