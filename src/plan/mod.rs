//! The plan: every service of a selection with its share of the host and its settings.

mod kinds;

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Serde;

use crate::catalog::{Catalog, Connect, Container, Database, EmbeddedError, Job, Memory, Purpose, Recipe, Version};
use crate::decide::{Selected, Selection, Service};
use crate::expression::Scope;
use crate::requirements::{Profile, Requirements};
use crate::size::{Claim, Cores, Demand, Host, Reckoner, Setting, SettingError, TooSmall, share};
use crate::units::Bytes;
use crate::vocabulary::Quantity;
use kinds::Kind;

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
    /// The binary is damaged.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The catalog does not say how to run a database.
    #[error(
        "the catalog does not say how {name} is run\n  its database.toml has neither `[container]` nor `[connect]`"
    )]
    NoRecipe {
        /// Its name.
        name: String,
    },
}

/// A service before it has its share.
struct Draft<'a> {
    instance: String,
    database: &'a Database,
    version: &'a Version,
    recipe: &'a Recipe,
    container: &'a Container,
    memory: &'a Memory,
    serves: Vec<&'a str>,
    scope: Arc<Scope>,
    /// Whether a pooler stands in front.
    pooled: bool,
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
        let mut drafts = Vec::new();
        let mut elsewhere = Vec::new();
        for service in &selection.services {
            let (database, recipe) = (service.database, catalog.recipe(&service.database.id)?);
            let no_recipe = || PlanError::NoRecipe { name: database.name.to_string() };
            let recipe = recipe.ok_or_else(no_recipe)?;
            let instance = service.instance.to_string();
            match (&recipe.container, &recipe.memory, &recipe.connect) {
                (Some(container), Some(memory), _) => {
                    let scope = scope(requirements, selection, service, catalog, host);
                    let draft = Draft {
                        instance,
                        database,
                        version: service.version,
                        recipe,
                        container,
                        memory,
                        serves: service.serves.clone(),
                        scope,
                        pooled: false,
                    };
                    draft.name(requirements.name());
                    drafts.push(draft);
                }
                (_, _, Some(connect)) => {
                    elsewhere.push(Elsewhere { instance, database, serves: service.serves.clone(), connect });
                }
                _ => return Err(no_recipe()),
            }
        }
        let (system, services) = settle(drafts, host, reckoner)?;
        Ok(Self { name: requirements.name(), host, system, services, elsewhere })
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
        };
        draft.name(crate::requirements::default::NAME);
        draft.scope.set("image", "");
        draft.plan(host.memory, host.cores, Vec::new(), String::new(), reckoner)
    }
}

/// The names that the formulas and templates of a service may use before its share is known.
fn scope(
    requirements: &Requirements,
    selection: &Selection<'_>,
    service: &Service<'_>,
    catalog: &Catalog,
    host: Host,
) -> Arc<Scope> {
    let held = selection.kinds.iter().filter(|selected| service.serves.contains(&selected.name));
    let held = held.filter(|selected| selected.role.instance(service.database) == service.instance);
    let kinds: Vec<(&Selected<'_>, Profile)> =
        held.map(|selected| (selected, Profile::of(selected.data, catalog))).collect();
    let scope = host.scope(&Demand::of(service, &kinds, requirements));
    let kinds: Vec<Kind<'_>> = kinds.iter().map(|(selected, _)| Kind::of(selected)).collect();
    scope.set("kinds", Value::from(Serde(&kinds)));
    scope
}

/// Gives every service its share. A service whose clients its memory does not carry gets a pooler, which needs memory
/// itself: so the shares are made again until nobody needs a further one.
fn settle<'a>(
    mut drafts: Vec<Draft<'a>>,
    host: Host,
    reckoner: &Reckoner,
) -> Result<(Bytes, Vec<Planned<'a>>), PlanError> {
    loop {
        let mut claims = Vec::new();
        let mut jobs = Vec::new();
        for draft in &drafts {
            claims.push(draft.claim(reckoner)?);
            let mine = draft.jobs(reckoner)?;
            claims.extend(mine.iter().map(|job| job.claim(&draft.instance)));
            jobs.push(mine);
        }
        let shares = share(host.memory, host.environment, &claims)?;
        let memory: BTreeMap<&str, Bytes> =
            shares.services.iter().map(|share| (share.name.as_str(), share.memory)).collect();
        let memory_of = |draft: &Draft<'_>| memory.get(draft.instance.as_str()).copied().unwrap_or(Bytes(0));
        let mut changed = false;
        for draft in &mut drafts {
            if !draft.pooled && draft.needs_pooler(memory_of(draft), reckoner)? {
                (draft.pooled, changed) = (true, true);
                draft.scope.set("pooled", true);
            }
        }
        if changed {
            continue;
        }
        let weights = drafts.iter().fold(0u64, |sum, draft| sum.saturating_add(u64::from(draft.memory.weight.max(1))));
        let planned = drafts.iter().zip(jobs).map(|(draft, jobs)| {
            let cores = cores(host.cores, u64::from(draft.memory.weight.max(1)), weights);
            let image = draft.image(reckoner)?;
            draft.scope.set("image", image.as_str());
            draft.plan(memory_of(draft), cores, jobs, image, reckoner)
        });
        return Ok((shares.system, planned.collect::<Result<_, _>>()?));
    }
}

/// The cores of a service: twice its fair part, since not all are busy at once, but at least one and never more than
/// there are.
fn cores(host: Cores, weight: u64, weights: u64) -> Cores {
    const STEP: u64 = 25;
    let fair = host.hundredths.saturating_mul(weight).checked_div(weights).unwrap_or(host.hundredths);
    let twice = fair.saturating_mul(2).div_ceil(STEP).saturating_mul(STEP);
    Cores { hundredths: twice.max(100).min(host.hundredths) }
}

impl<'a> Draft<'a> {
    /// The names that every service has.
    fn name(&self, project: &str) {
        let scope = &self.scope;
        let user: String = project.chars().map(|c| if c == '-' { '_' } else { c }).collect();
        scope.set("name", project);
        scope.set("instance", self.instance.as_str());
        scope.set("database", self.database.id.as_str());
        scope.set("version", self.version.major.as_str());
        scope.set("image", tagged(self.version.image.as_deref(), self.version.tag.as_deref()));
        scope.set("user", user.as_str());
        scope.set("dbname", user);
        scope.set("port", self.container.port.unwrap_or(0));
        scope.set("pooled", false);
        let all = self.recipe.jobs.iter().flat_map(|job| &job.container.secrets).chain(&self.container.secrets);
        let paths = all.map(|secret| (secret.name.to_string(), format!("/run/secrets/{}", secret.name)));
        scope.set("secrets", Value::from(paths.collect::<BTreeMap<String, String>>()));
    }

    fn claim(&self, reckoner: &Reckoner) -> Result<Claim, PlanError> {
        let amount = |what: &str, formula: &str| reckoner.amount(self.database, what, formula, &self.scope);
        let optional = |what: &str, formula: Option<&str>| formula.map(|formula| amount(what, formula)).transpose();
        Ok(Claim {
            name: self.instance.clone(),
            minimum: amount("memory.minimum", &self.memory.minimum)?,
            must_fit: optional("memory.must_fit", self.memory.must_fit.as_deref())?.unwrap_or(0),
            weight: self.memory.weight,
            cap: optional("memory.cap", self.memory.cap.as_deref())?,
        })
    }

    /// The services beside it that there are.
    fn jobs(&self, reckoner: &Reckoner) -> Result<Vec<PlannedJob<'a>>, PlanError> {
        let mut jobs = Vec::new();
        for job in &self.recipe.jobs {
            let known = self.database.is_between(self.version, job.since.as_deref(), job.until.as_deref());
            if known && reckoner.holds(self.database, &job.name, job.when.as_deref(), &self.scope)? {
                let memory = reckoner.amount(self.database, &job.name, &job.memory, &self.scope)?;
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
                let cores = Cores { hundredths: (job.cpus * 100.0).round() as u64 };
                jobs.push(PlannedJob { job, memory: Bytes(memory), cores });
            }
        }
        Ok(jobs)
    }

    /// Whether more clients come than the memory carries, and there is a pooler for them. A developer opens few.
    fn needs_pooler(&self, memory: Bytes, reckoner: &Reckoner) -> Result<bool, PlanError> {
        const CARRIES: &str = "mem / (32 * MB)";
        let development = self.scope.get("environment").is_some_and(|of| of.as_str() == Some("development"));
        if development || !self.recipe.jobs.iter().any(|job| job.purpose == Purpose::Proxy) {
            return Ok(false);
        }
        let scope = self.scope.fork();
        scope.set("mem", memory.0);
        let formula = self.memory.carries.as_deref().unwrap_or(CARRIES);
        let carried = reckoner.amount(self.database, "memory.carries", formula, &scope)?;
        let clients = scope.get(Quantity::Connections.name()).and_then(|clients| u64::try_from(clients).ok());
        Ok(clients.unwrap_or(0) > carried)
    }

    /// The image: the version's, or the first that has what the data asks for.
    fn image(&self, reckoner: &Reckoner) -> Result<String, PlanError> {
        for image in &self.container.images {
            let known = self.database.is_between(self.version, image.since.as_deref(), image.until.as_deref());
            if known && reckoner.holds(self.database, &image.image, Some(&image.when), &self.scope)? {
                return Ok(tagged(Some(&image.image), Some(&image.tag)));
            }
        }
        Ok(tagged(self.version.image.as_deref(), self.version.tag.as_deref()))
    }

    fn plan(
        &self,
        memory: Bytes,
        cores: Cores,
        jobs: Vec<PlannedJob<'a>>,
        image: String,
        reckoner: &Reckoner,
    ) -> Result<Planned<'a>, PlanError> {
        self.scope.set("mem", memory.0);
        self.scope.set(
            "cpus",
            if cores.hundredths.is_multiple_of(100) {
                Value::from(cores.hundredths.div_euclid(100))
            } else {
                Value::from(cores.number())
            },
        );
        let settings = reckoner.settings(self.database, self.version, self.recipe, &self.scope)?;
        Ok(Planned {
            instance: self.instance.clone(),
            database: self.database,
            version: self.version,
            image,
            recipe: self.recipe,
            container: self.container,
            serves: self.serves.clone(),
            memory,
            cores,
            settings,
            jobs,
            scope: self.scope.clone(),
        })
    }
}

impl Planned<'_> {
    /// Whether a row of the recipe is for this version.
    pub fn has(&self, since: Option<&str>, until: Option<&str>) -> bool {
        self.database.is_between(self.version, since, until)
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

fn tagged(image: Option<&str>, tag: Option<&str>) -> String {
    match (image, tag) {
        (Some(image), Some(tag)) => format!("{image}:{tag}"),
        (Some(image), None) => image.to_owned(),
        (None, _) => String::new(),
    }
}
