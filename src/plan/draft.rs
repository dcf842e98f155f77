//! A service before it has its share: what it asks for, and what goes with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::units::Bytes;
use catalog::vocabulary::Quantity;
use catalog::{Catalog, CertificateFile, Container, Database, Memory, Protection, Purpose, Recipe, Version};
use minijinja::Value;
use minijinja::value::Serde;

use super::capacity::Dataset;
use super::kinds::Kind;
use super::planned::{Elsewhere, Encrypted, PlanError, Planned, PlannedJob};
use crate::decide::{Selected, Selection, Service};
use crate::expression::Scope;
use crate::requirements::{Profile, Requirements};
use crate::size::{Claim, Cores, Demand, Host, Reckoner};

/// A service before it has its share.
pub(super) struct Draft<'a> {
    pub(super) instance: String,
    pub(super) database: &'a Database,
    pub(super) version: &'a Version,
    pub(super) recipe: &'a Recipe,
    pub(super) container: &'a Container,
    pub(super) memory: &'a Memory,
    pub(super) serves: Vec<&'a str>,
    pub(super) scope: Arc<Scope>,
    /// Whether a pooler stands in front.
    pub(super) pooled: bool,
    /// The image that an earlier answer ran it in.
    pub(super) held_image: Option<String>,
    /// How much of each of its datasets there is.
    pub(super) datasets: Vec<Dataset<'a>>,
    /// Where they must be encrypted.
    pub(super) encrypted: Encrypted,
}

/// The services of a selection that run in containers.
pub(super) fn drafts<'a>(
    requirements: &'a Requirements,
    selection: &Selection<'a>,
    catalog: &'a Catalog,
    host: Host,
) -> Vec<Draft<'a>> {
    let drafts = selection.services.iter().filter_map(|service| {
        let (database, recipe) = (service.database, catalog.recipe(&service.database.id)?);
        let (container, memory) = (recipe.container.as_ref()?, recipe.memory.as_ref()?);
        let held = held(selection, service, catalog);
        let draft = Draft {
            instance: service.instance.to_string(),
            database,
            version: service.version,
            recipe,
            container,
            memory,
            serves: service.serves.clone(),
            scope: scope(requirements, service, &held, host),
            pooled: false,
            held_image: service.image.clone(),
            datasets: held.iter().map(|(selected, profile)| Dataset::new(selected, profile)).collect(),
            encrypted: Encrypted::of(held.iter().map(|(selected, _)| selected.data)),
        };
        draft.name(requirements.name());
        Some(draft)
    });
    drafts.collect()
}

/// The services of a selection that run elsewhere.
pub(super) fn elsewhere<'a>(selection: &Selection<'a>, catalog: &'a Catalog) -> Result<Vec<Elsewhere<'a>>, PlanError> {
    let mut elsewhere = Vec::new();
    for service in &selection.services {
        let database = service.database;
        let no_recipe = || PlanError::NoRecipe { name: database.name.to_string() };
        let recipe = catalog.recipe(&database.id).ok_or_else(no_recipe)?;
        if recipe.container.is_some() && recipe.memory.is_some() {
            continue;
        }
        let connect = recipe.connect.as_ref().ok_or_else(no_recipe)?;
        let instance = service.instance.to_string();
        elsewhere.push(Elsewhere { instance, database, serves: service.serves.clone(), connect });
    }
    Ok(elsewhere)
}

/// The datasets that a service holds.
fn held<'a, 's>(
    selection: &'s Selection<'a>,
    service: &Service<'_>,
    catalog: &Catalog,
) -> Vec<(&'s Selected<'a>, Profile)> {
    let held = selection.kinds.iter().filter(|selected| service.serves.contains(&selected.name));
    let held = held.filter(|selected| selected.instances.contains(&service.instance));
    held.map(|selected| (selected, Profile::of(selected.data, catalog))).collect()
}

/// The names that the formulas and templates of a service may use before its share is known.
fn scope(
    requirements: &Requirements,
    service: &Service<'_>,
    held: &[(&Selected<'_>, Profile)],
    host: Host,
) -> Arc<Scope> {
    let scope = host.scope(&Demand::of(service, held, requirements));
    let kinds: Vec<Kind<'_>> = held.iter().map(|(selected, _)| Kind::of(selected)).collect();
    scope.set("kinds", Value::from(Serde(&kinds)));
    scope
}

impl<'a> Draft<'a> {
    /// The names that every service has.
    pub(super) fn name(&self, project: &str) {
        let scope = &self.scope;
        let user: String = project.chars().map(|c| if c == '-' { '_' } else { c }).collect();
        scope.set("name", project);
        scope.set("instance", self.instance.as_str());
        scope.set("database", self.database.id.as_str());
        scope.set("product", self.database.name.as_str());
        scope.set("version", self.version.major.as_str());
        scope.set("image", tagged(self.version.image.as_deref(), self.version.tag.as_deref()));
        scope.set("user", user.as_str());
        scope.set("dbname", user);
        scope.set("port", self.container.port.unwrap_or(0));
        scope.set("pooled", false);
        let all = self.recipe.jobs.iter().flat_map(|job| &job.container.secrets).chain(&self.container.secrets);
        let paths = all.map(|secret| (secret.name.to_string(), format!("/run/secrets/{}", secret.name)));
        let mut secrets = BTreeMap::new();
        secrets.extend(paths);
        scope.set("secrets", Value::from(secrets));
        // The paths of the certificates, or false: what a template asks first.
        let paths = || CertificateFile::ALL.iter().map(|file| (file.name(), format!("/run/secrets/{}", file.file())));
        scope.set("at_rest", self.encrypted.at_rest && matches!(self.recipe.at_rest(), Protection::Rendered(_)));
        scope.set(
            "tls",
            if self.speaks_tls() { Value::from(paths().collect::<BTreeMap<_, _>>()) } else { Value::from(false) },
        );
    }

    /// Whether it holds data that must be encrypted on the wire, and can.
    fn speaks_tls(&self) -> bool {
        self.encrypted.in_transit && matches!(self.recipe.in_transit(), Protection::Rendered(_))
    }

    /// Its share among those of all.
    pub(super) fn share(&self, memory: &BTreeMap<String, Bytes>) -> Bytes {
        memory.get(&self.instance).copied().unwrap_or(Bytes(0))
    }

    pub(super) fn claim(&self, reckoner: &Reckoner) -> Result<Claim, PlanError> {
        let amount = |what: &str, formula: &str| reckoner.amount(self.database, what, formula, &self.scope);
        let optional = |what: &str, formula: Option<&str>| formula.map(|formula| amount(what, formula)).transpose();
        Ok(Claim {
            name: self.instance.clone(),
            minimum: amount("memory.minimum", &self.memory.minimum)?,
            must_fit: optional("memory.must_fit", self.memory.must_fit.as_deref())?.unwrap_or(0),
            recommended: optional("memory.recommended", self.memory.recommended.as_deref())?.unwrap_or(0),
            weight: self.memory.weight,
            cap: optional("memory.cap", self.memory.cap.as_deref())?,
        })
    }

    /// The services beside it that there are.
    pub(super) fn jobs(&self, reckoner: &Reckoner) -> Result<Vec<PlannedJob<'a>>, PlanError> {
        self.jobs_in(&self.scope, reckoner)
    }

    fn jobs_in(&self, scope: &Arc<Scope>, reckoner: &Reckoner) -> Result<Vec<PlannedJob<'a>>, PlanError> {
        let mut jobs = Vec::new();
        for job in &self.recipe.jobs {
            let known = self.database.is_in(self.version, job.versions());
            if known && reckoner.holds(self.database, &job.name, job.when.as_deref(), scope)? {
                let memory = reckoner.amount(self.database, &job.name, &job.memory, scope)?;
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
                let cores = Cores { hundredths: (job.cpus * 100.0).round() as u64 };
                jobs.push(PlannedJob { job, memory: Bytes(memory), cores });
            }
        }
        Ok(jobs)
    }

    /// Whether more clients come than the memory carries, and there is a pooler for them. A developer opens few.
    pub(super) fn needs_pooler(&self, memory: Bytes, reckoner: &Reckoner) -> Result<bool, PlanError> {
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

    /// The memory of the pooler that it would have to get if its share were so small; nothing where it has one or needs none.
    pub(super) fn missing_pooler(&self, memory: Bytes, reckoner: &Reckoner) -> Result<u64, PlanError> {
        if self.pooled || !self.needs_pooler(memory, reckoner)? {
            return Ok(0);
        }
        let scope = self.scope.fork();
        scope.set("pooled", true);
        let poolers = self.jobs_in(&scope, reckoner)?.into_iter().filter(|job| job.job.purpose == Purpose::Proxy);
        Ok(poolers.fold(0, |sum, job| sum.saturating_add(job.claim(&self.instance).floor())))
    }

    /// The image: the version's, or the first that has what the data asks for.
    pub(super) fn image(&self, reckoner: &Reckoner) -> Result<String, PlanError> {
        if let Some(held) = &self.held_image {
            return Ok(held.clone());
        }
        for image in &self.container.images {
            let known = self.database.is_in(self.version, image.versions());
            if known && reckoner.holds(self.database, &image.image, Some(&image.when), &self.scope)? {
                return Ok(tagged(Some(&image.image), Some(&image.tag)));
            }
        }
        Ok(tagged(self.version.image.as_deref(), self.version.tag.as_deref()))
    }

    pub(super) fn plan(&self, share: Share<'a>, reckoner: &Reckoner) -> Result<Planned<'a>, PlanError> {
        let Share { memory, cores, jobs, image } = share;
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
            encrypted: self.encrypted,
            tls: self.speaks_tls(),
            scope: self.scope.clone(),
        })
    }
}

/// What a service gets of the host, and what runs in it and beside it.
pub(super) struct Share<'a> {
    pub(super) memory: Bytes,
    pub(super) cores: Cores,
    pub(super) jobs: Vec<PlannedJob<'a>>,
    pub(super) image: String,
}

fn tagged(image: Option<&str>, tag: Option<&str>) -> String {
    match (image, tag) {
        (Some(image), Some(tag)) => format!("{image}:{tag}"),
        (Some(image), None) => image.to_owned(),
        (None, _) => String::new(),
    }
}
