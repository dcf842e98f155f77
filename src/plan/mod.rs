//! The plan: every service of a selection with its share of the host and its settings.

mod draft;
mod kinds;

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::units::Bytes;
use catalog::{Catalog, Connect, Container, Database, Job, Recipe, Version, VersionRange};
use minijinja::Value;

use crate::decide::Selection;
use crate::expression::Scope;
use crate::requirements::Requirements;
use crate::size::{Claim, Cores, Demand, Host, Reckoner, Setting, SettingError, TooSmall, share};
use draft::Draft;

/// What runs, on which host, how big and how set.
pub struct Plan<'a> {
    /// The system's name.
    pub name: &'a str,
    /// The host.
    pub host: Host,
    /// What the operating system keeps.
    pub system: Bytes,
    /// What runs in containers, in the order in which it is first needed.
    pub services: Vec<Planned<'a>>,
    /// What runs elsewhere, and how one connects to it.
    pub elsewhere: Vec<Elsewhere<'a>>,
}

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

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The host is too small.
    #[error(transparent)]
    TooSmall(#[from] TooSmall),
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
        let (drafts, elsewhere) = draft::drafts(requirements, selection, catalog, host)?;
        let (system, services) = settle(drafts, host, reckoner)?;
        Ok(Self { name: requirements.name(), host, system, services, elsewhere })
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
        let (drafts, _) = draft::drafts(requirements, selection, catalog, host)?;
        let mut images = BTreeMap::new();
        for draft in drafts {
            images.insert(draft.instance.clone(), draft.image(reckoner)?);
        }
        Ok(images)
    }

    /// The memory of each service, without its settings: whether the host bears them.
    ///
    /// # Errors
    /// [`PlanError`] where the host is too small, or the catalog does not say how to run something.
    pub fn budget(
        requirements: &'a Requirements,
        selection: &Selection<'a>,
        catalog: &'a Catalog,
        reckoner: &Reckoner,
        host: Host,
    ) -> Result<BTreeMap<String, Bytes>, PlanError> {
        let (mut drafts, _) = draft::drafts(requirements, selection, catalog, host)?;
        Ok(shared(&mut drafts, host, reckoner)?.memory)
    }

    /// The memory that no service can use.
    pub fn spare(&self) -> Bytes {
        let jobs = self.services.iter().flat_map(|service| &service.jobs).map(|job| job.memory.0);
        let used = self.services.iter().map(|service| service.memory.0).chain(jobs);
        let used = used.fold(self.system.0, u64::saturating_add);
        Bytes(self.host.memory.0.saturating_sub(used))
    }
}

impl<'a> Planned<'a> {
    /// Plans one database alone, whose share is given: nothing is deducted.
    ///
    /// # Errors
    /// [`PlanError`] where the catalog does not say how to run it.
    pub fn alone(
        database: &'a Database,
        version: &'a Version,
        recipe: &'a Recipe,
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
        };
        draft.name(crate::requirements::default::NAME);
        draft.scope.set("image", "");
        draft.plan(host.memory, host.cores, Vec::new(), String::new(), reckoner)
    }
}

/// The shares of the services and of those beside them, by name, and what stands beside each service.
struct Shared<'a> {
    system: Bytes,
    memory: BTreeMap<String, Bytes>,
    jobs: Vec<Vec<PlannedJob<'a>>>,
}

/// Gives every service its share. A service whose clients its memory does not carry gets a pooler, which needs memory
/// itself: so the shares are made again until nobody needs a further one.
fn shared<'a>(drafts: &mut [Draft<'a>], host: Host, reckoner: &Reckoner) -> Result<Shared<'a>, PlanError> {
    loop {
        let mut claims = Vec::new();
        let mut jobs = Vec::new();
        for draft in &*drafts {
            claims.push(draft.claim(reckoner)?);
            let mine = draft.jobs(reckoner)?;
            claims.extend(mine.iter().map(|job| job.claim(&draft.instance)));
            jobs.push(mine);
        }
        let shares = share(host.memory, host.environment, &claims)?;
        let mut memory = BTreeMap::new();
        memory.extend(shares.services.into_iter().map(|share| (share.name, share.memory)));
        let mut changed = false;
        for draft in &mut *drafts {
            if !draft.pooled && draft.needs_pooler(draft.share(&memory), reckoner)? {
                (draft.pooled, changed) = (true, true);
                draft.scope.set("pooled", true);
            }
        }
        if !changed {
            return Ok(Shared { system: shares.system, memory, jobs });
        }
    }
}

/// Gives every service its share and its settings.
fn settle<'a>(
    mut drafts: Vec<Draft<'a>>,
    host: Host,
    reckoner: &Reckoner,
) -> Result<(Bytes, Vec<Planned<'a>>), PlanError> {
    let Shared { system, memory, jobs } = shared(&mut drafts, host, reckoner)?;
    let weights = drafts.iter().fold(0u64, |sum, draft| sum.saturating_add(u64::from(draft.memory.weight.max(1))));
    let planned = drafts.iter().zip(jobs).map(|(draft, jobs)| {
        let cores = cores(host.cores, u64::from(draft.memory.weight.max(1)), weights);
        let image = draft.image(reckoner)?;
        draft.scope.set("image", image.as_str());
        draft.plan(draft.share(&memory), cores, jobs, image, reckoner)
    });
    Ok((system, planned.collect::<Result<_, _>>()?))
}

/// The cores of a service: twice its fair part, since not all are busy at once, but at least one and never more than
/// there are.
fn cores(host: Cores, weight: u64, weights: u64) -> Cores {
    const STEP: u64 = 25;
    let fair = host.hundredths.saturating_mul(weight).checked_div(weights).unwrap_or(host.hundredths);
    let twice = fair.saturating_mul(2).div_ceil(STEP).saturating_mul(STEP);
    Cores { hundredths: twice.max(100).min(host.hundredths) }
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
        format!("{instance}-{}", self.job.name)
    }

    fn claim(&self, instance: &str) -> Claim {
        Claim { name: self.service(instance), minimum: self.memory.0, must_fit: 0, weight: 0, cap: None }
    }
}

/// The name of a secret's file, which is the secret's name in the compose file too.
pub fn secret_file(instance: &str, secret: &str) -> String {
    format!("{}_{secret}", instance.replace('-', "_"))
}
