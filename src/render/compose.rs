//! The compose file: what it says of a stack, and how that is written, in the order that its readers expect.

use std::collections::{BTreeMap, BTreeSet};

use catalog::units::Bytes;
use catalog::vocabulary::Environment;

use super::block::Block;
use super::container::Builder;
use super::model::{Check, Lifetime, Mount, Port, Service, Source, Tmpfs};
use super::options::Options;
use super::ports::published;
use super::service::{File, secrets};
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

const NETWORK: &str = "data";
/// The label of what a service runs, and of what wrote a volume.
const DATABASE: &str = "polyglot.database";

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

    fn add(&mut self, builder: &Builder<'_, '_>, published: &BTreeMap<String, Port>) -> Result<(), RenderError> {
        let planned = builder.planned;
        let mounted = secrets(planned).into_iter().filter(|secret| !secret.env_file);
        self.secrets.extend(mounted.map(|secret| secret_file(&planned.instance, &secret.name)));
        self.insert(planned.instance.clone(), builder.database()?, published);
        for job in &planned.jobs {
            self.insert(job.service(&planned.instance), builder.job(job)?, published);
        }
        Ok(())
    }

    fn insert(&mut self, name: String, mut service: Service, published: &BTreeMap<String, Port>) {
        for mount in &service.mounts {
            if let Mount::Volume { name, .. } = mount {
                self.volumes.insert(name.clone(), service.runs.clone());
            }
        }
        self.secrets.extend(service.secrets.iter().map(|secret| secret.name.clone()));
        service.port = published.get(&name).cloned();
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
        block.nested("networks", |block| {
            if self.internal {
                block.nested(NETWORK, |network| network.flag("internal", true));
            } else {
                block.plain(NETWORK, "{}");
            }
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
            block.nested(name, |block| write_service(block, service));
        }
    }
}

/// Writes what a service is, in the order of the compose style guide.
fn write_service(block: &mut Block, service: &Service) {
    match &service.source {
        Source::Image(image) => block.entry("image", &dollars(image)),
        Source::Build(folder) => block.texts("build", [("context", format!("./{folder}"))]),
    }
    if let Some(name) = &service.waits_for {
        block.nested("depends_on", |block| block.texts(name, [("condition", "service_healthy")]));
    }
    block.items("volumes", &service.mounts, write_mount);
    block.items("secrets", &service.secrets, |block, secret| {
        block.entry("source", &secret.name);
        block.entry("target", &secret.target);
    });
    block.texts("environment", service.environment.iter().map(|(name, value)| (name, dollars(value))));
    block.list("env_file", &service.env_files.iter().map(|name| format!("./secrets/{name}")).collect::<Vec<_>>());
    block.items("ports", service.port.as_slice(), write_port);
    block.list("networks", &[NETWORK]);
    block.list("command", &all_dollars(&service.command));
    block.list("entrypoint", &all_dollars(&service.entrypoint));
    block.entry("restart", restart(service.lifetime));
    if let Some(check) = &service.healthcheck {
        block.nested("healthcheck", |block| write_check(block, check));
    }
    block.nested("logging", write_logging);
    block.texts("labels", [("polyglot.config-hash", &service.config_hash), (DATABASE, &service.runs)]);
    block.optional("user", service.user.as_deref().map(dollars).as_deref());
    block.list("cap_add", &all_dollars(&service.capabilities));
    block.list("cap_drop", &["ALL"]);
    block.nested("deploy", |block| {
        let limits = [("cpus", service.cores.to_string()), ("memory", memory(service.memory))];
        block.nested("resources", |block| block.texts("limits", limits));
    });
    block.flag("init", service.init);
    if service.lifetime == Lifetime::OnDemand {
        block.list("profiles", &["backup"]);
    }
    block.flag("read_only", service.read_only);
    block.list("security_opt", &["no-new-privileges:true"]);
    block.optional("shm_size", service.shared_memory.map(memory).as_deref());
    block.optional("stop_grace_period", service.stop_grace_period.as_deref().map(dollars).as_deref());
    block.optional("stop_signal", service.stop_signal.as_deref().map(dollars).as_deref());
    block.texts("sysctls", &service.sysctls);
    block.list("tmpfs", &service.tmpfs.iter().map(tmpfs).collect::<Vec<_>>());
    if !service.ulimits.is_empty() {
        let write = |block: &mut Block| service.ulimits.iter().for_each(|(name, limit)| block.plain(name, limit));
        block.nested("ulimits", write);
    }
}

fn restart(lifetime: Lifetime) -> &'static str {
    match lifetime {
        Lifetime::Permanent => "unless-stopped",
        Lifetime::Once => "on-failure:5",
        Lifetime::OnDemand => "no",
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

fn write_mount(block: &mut Block, mount: &Mount) {
    let (kind, source, target) = match mount {
        Mount::Volume { name, target } => ("volume", name.clone(), target),
        Mount::File { path, target } => ("bind", format!("./{path}"), target),
    };
    block.entry("type", kind);
    block.entry("source", &source);
    block.entry("target", target);
    if matches!(mount, Mount::File { .. }) {
        block.flag("read_only", true);
        // Without it a missing file becomes an empty folder.
        block.nested("bind", |block| block.plain("create_host_path", false));
    }
}

fn write_port(block: &mut Block, port: &Port) {
    block.plain("target", port.target);
    block.entry("host_ip", "127.0.0.1");
    block.entry("published", &format!("${{{}:-{}}}", port.variable, port.default));
    block.entry("protocol", "tcp");
}

fn write_check(block: &mut Block, check: &Check) {
    block.list("test", &all_dollars(&check.test));
    block.entry("interval", &dollars(&check.interval));
    block.entry("timeout", &dollars(&check.timeout));
    block.plain("retries", check.retries);
    block.entry("start_period", &dollars(&check.start_period));
}

fn tmpfs(Tmpfs { path, owner }: &Tmpfs) -> String {
    let path = dollars(path);
    match owner {
        Some((uid, gid)) => format!("{path}:uid={uid},gid={gid},mode=0700"),
        None => path,
    }
}

/// Compose fills in variables after a `$`: a double one stands for itself.
fn dollars(text: &str) -> String {
    text.replace('$', "$$")
}

fn all_dollars(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| dollars(text)).collect()
}

/// An amount of memory as compose reads it: in the largest unit that divides it.
fn memory(Bytes(bytes): Bytes) -> String {
    let units = [(30, "g"), (20, "m"), (10, "k")];
    let whole = units.into_iter().find(|(shift, _)| bytes > 0 && bytes.trailing_zeros() >= *shift);
    whole.map_or_else(|| format!("{bytes}b"), |(shift, unit)| format!("{}{unit}", bytes >> shift))
}

#[cfg(test)]
mod tests {
    use super::{Bytes, memory};

    #[test]
    fn memory_is_written_as_compose_reads_it() {
        for (bytes, text) in [(3 << 30, "3g"), (1536 << 20, "1536m"), (1 << 10, "1k"), (1000, "1000b"), (0, "0b")] {
            assert_eq!(memory(Bytes(bytes)), text);
        }
    }
}
