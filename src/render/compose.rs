//! The compose file: what it says of a stack, and how that is written, in the order that its readers expect.

use std::collections::{BTreeMap, BTreeSet};

use catalog::Container;
use catalog::vocabulary::Environment;
use indexmap::IndexMap;

use super::Options;
use super::block::Block;
use super::container::{Builder, label};
use super::ports::{Publication, published};
use super::service::{File, secrets, volumes};
use super::templates::{Kitchen, RenderError};
use super::write::Artifact;
use crate::plan::{Plan, Planned, secret_file};

/// A compose file.
#[derive(Debug)]
pub(super) struct Compose {
    name: String,
    services: BTreeMap<String, Service>,
    /// Whether the network leads nowhere else.
    internal: bool,
    /// The volumes, and what each holds.
    volumes: BTreeMap<String, String>,
    secrets: BTreeSet<String>,
}

/// A service.
#[derive(Debug, Default)]
pub(super) struct Service {
    pub(super) image: Option<String>,
    /// The folder with its Dockerfile.
    pub(super) build: Option<String>,
    /// What each of these services has to be before this one starts.
    pub(super) depends_on: BTreeMap<String, &'static str>,
    pub(super) volumes: Vec<Mount>,
    pub(super) secrets: Vec<SecretMount>,
    pub(super) environment: IndexMap<String, String>,
    pub(super) env_file: Vec<String>,
    pub(super) ports: Vec<Port>,
    pub(super) command: Vec<String>,
    pub(super) entrypoint: Vec<String>,
    pub(super) restart: &'static str,
    pub(super) healthcheck: Option<Check>,
    pub(super) labels: [(&'static str, String); 2],
    pub(super) user: Option<String>,
    pub(super) cap_add: Vec<String>,
    pub(super) cpus: String,
    pub(super) memory: String,
    pub(super) init: bool,
    pub(super) profiles: Vec<&'static str>,
    pub(super) read_only: bool,
    pub(super) shm_size: Option<String>,
    pub(super) stop_grace_period: Option<String>,
    pub(super) stop_signal: Option<String>,
    pub(super) sysctls: IndexMap<String, String>,
    pub(super) tmpfs: Vec<String>,
    pub(super) ulimits: IndexMap<String, i64>,
}

#[derive(Debug)]
pub(super) enum Mount {
    Volume { source: String, target: String },
    Bind { source: String, target: String },
}

#[derive(Debug)]
pub(super) struct SecretMount {
    pub(super) source: String,
    pub(super) target: String,
}

#[derive(Debug)]
pub(super) struct Port {
    pub(super) target: u16,
    pub(super) host_ip: &'static str,
    pub(super) published: String,
    pub(super) protocol: &'static str,
}

#[derive(Debug)]
pub(super) struct Check {
    pub(super) test: Vec<String>,
    pub(super) interval: String,
    pub(super) timeout: String,
    pub(super) retries: u32,
    pub(super) start_period: String,
}

const NETWORK: &str = "data";
/// The label of what a service runs, and of what wrote a volume.
pub(super) const DATABASE: &str = "polyglot.database";

impl Compose {
    pub(super) fn of(
        plan: &Plan<'_>,
        dishes: &[(&Planned<'_>, Vec<File<'_>>)],
        kitchen: &Kitchen,
        artifacts: &[Artifact],
        options: Options,
    ) -> Result<Self, RenderError> {
        let published = published(plan, options);
        let mut compose = Self {
            name: plan.name.to_owned(),
            services: BTreeMap::new(),
            internal: plan.host.environment != Environment::Development,
            volumes: BTreeMap::new(),
            secrets: BTreeSet::new(),
        };
        for (planned, files) in dishes {
            compose.add(&Builder { planned, files, kitchen, artifacts }, &published)?;
        }
        Ok(compose)
    }

    fn add(&mut self, builder: &Builder<'_, '_>, published: &BTreeMap<String, Publication>) -> Result<(), RenderError> {
        let planned = builder.planned;
        for secret in secrets(planned) {
            let name = secret_file(&planned.instance, &secret.name);
            if !secret.env_file {
                self.secrets.insert(name);
            }
        }
        let main = builder.database()?;
        self.insert(planned, planned.instance.clone(), main, planned.container, published);
        for job in &planned.jobs {
            let service = builder.job(job)?;
            self.insert(planned, job.service(&planned.instance), service, &job.job.container, published);
        }
        Ok(())
    }

    fn insert(
        &mut self,
        planned: &Planned<'_>,
        name: String,
        mut service: Service,
        container: &Container,
        published: &BTreeMap<String, Publication>,
    ) {
        for volume in volumes(planned, container) {
            self.volumes.insert(format!("{}-{}", planned.instance, volume.name), label(planned));
        }
        service.ports.extend(published.get(&name).map(Publication::port));
        self.services.insert(name, service);
    }

    /// The file's text, a blank line between its sections and between its services.
    pub(super) fn text(&self) -> Result<String, RenderError> {
        let mut block = Block::default();
        block.entry("name", &self.name);
        block.space();
        if self.services.is_empty() {
            block.plain("services", "{}");
        } else {
            block.nested("services", |block| self.write_services(block));
        }
        block.space();
        block.nested("networks", |block| match self.internal {
            true => block.nested(NETWORK, |network| network.flag("internal", true)),
            false => block.plain(NETWORK, "{}"),
        });
        if !self.volumes.is_empty() {
            block.space();
            block.nested("volumes", |block| {
                for (name, label) in &self.volumes {
                    block.nested(name, |volume| volume.texts("labels", [(DATABASE, label)]));
                }
            });
        }
        if !self.secrets.is_empty() {
            block.space();
            block.nested("secrets", |block| {
                for name in &self.secrets {
                    block.nested(name, |secret| secret.entry("file", &format!("./secrets/{name}")));
                }
            });
        }
        Ok(block.finish()?)
    }

    fn write_services(&self, block: &mut Block) {
        for (place, (name, service)) in self.services.iter().enumerate() {
            if place > 0 {
                block.space();
            }
            block.nested(name, |block| service.write(block));
        }
    }
}

impl Service {
    /// Writes what it is, in the order of the compose style guide.
    fn write(&self, block: &mut Block) {
        block.optional("image", self.image.as_deref());
        block.texts("build", self.build.iter().map(|folder| ("context", folder)));
        if !self.depends_on.is_empty() {
            block.nested("depends_on", |block| {
                for (name, state) in &self.depends_on {
                    block.nested(name, |service| service.entry("condition", state));
                }
            });
        }
        block.items("volumes", &self.volumes, |block, mount| mount.write(block));
        block.items("secrets", &self.secrets, |block, secret| {
            block.entry("source", &secret.source);
            block.entry("target", &secret.target);
        });
        block.texts("environment", &self.environment);
        block.list("env_file", &self.env_file);
        block.items("ports", &self.ports, |block, port| port.write(block));
        block.list("networks", &[NETWORK]);
        block.list("command", &self.command);
        block.list("entrypoint", &self.entrypoint);
        block.entry("restart", self.restart);
        if let Some(check) = &self.healthcheck {
            block.nested("healthcheck", |block| check.write(block));
        }
        block.nested("logging", write_logging);
        block.texts("labels", self.labels.iter().map(|(name, value)| (*name, value)));
        block.optional("user", self.user.as_deref());
        block.list("cap_add", &self.cap_add);
        block.list("cap_drop", &["ALL"]);
        block.nested("deploy", |block| {
            let limits = [("cpus", &self.cpus), ("memory", &self.memory)];
            block.nested("resources", |block| block.texts("limits", limits));
        });
        block.flag("init", self.init);
        block.list("profiles", &self.profiles);
        block.flag("read_only", self.read_only);
        block.list("security_opt", &["no-new-privileges:true"]);
        block.optional("shm_size", self.shm_size.as_deref());
        block.optional("stop_grace_period", self.stop_grace_period.as_deref());
        block.optional("stop_signal", self.stop_signal.as_deref());
        block.texts("sysctls", &self.sysctls);
        block.list("tmpfs", &self.tmpfs);
        if !self.ulimits.is_empty() {
            let write = |block: &mut Block| self.ulimits.iter().for_each(|(name, limit)| block.plain(name, limit));
            block.nested("ulimits", write);
        }
    }
}

/// Docker keeps the log of a container without end unless it is told to rotate.
fn write_logging(block: &mut Block) {
    block.entry("driver", "local");
    block.nested("options", |block| {
        block.plain("max-file", "'5'");
        block.entry("max-size", "10m");
    });
}

impl Mount {
    fn write(&self, block: &mut Block) {
        let (kind, source, target) = match self {
            Self::Volume { source, target } => ("volume", source, target),
            Self::Bind { source, target } => ("bind", source, target),
        };
        block.entry("type", kind);
        block.entry("source", source);
        block.entry("target", target);
        if matches!(self, Self::Bind { .. }) {
            block.flag("read_only", true);
            // Without it a missing file becomes an empty folder.
            block.nested("bind", |block| block.plain("create_host_path", false));
        }
    }
}

impl Port {
    fn write(&self, block: &mut Block) {
        block.plain("target", self.target);
        block.entry("host_ip", self.host_ip);
        block.entry("published", &self.published);
        block.entry("protocol", self.protocol);
    }
}

impl Check {
    fn write(&self, block: &mut Block) {
        block.list("test", &self.test);
        block.entry("interval", &self.interval);
        block.entry("timeout", &self.timeout);
        block.plain("retries", self.retries);
        block.entry("start_period", &self.start_period);
    }
}
