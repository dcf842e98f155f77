//! The compose file: types that mirror the specification, in the order that its readers expect, and how they are filled.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use indexmap::IndexMap;
use minijinja::Value;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::service::{door, files, secrets, volumes};
use super::templates::{Kitchen, RenderError};
use super::write::Artifact;
use super::{Options, compose_memory};
use crate::catalog::{Container, Purpose, Text};
use crate::plan::{Plan, Planned, PlannedJob, secret_file};
use crate::size::Cores;
use crate::units::Bytes;
use crate::vocabulary::Environment;

/// A compose file.
#[derive(Debug, Serialize)]
pub(super) struct Compose {
    name: String,
    services: BTreeMap<String, Service>,
    networks: BTreeMap<&'static str, Network>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    volumes: BTreeMap<String, NamedVolume>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    secrets: BTreeMap<String, SecretFile>,
}

#[derive(Debug, Serialize)]
struct Network {
    #[serde(skip_serializing_if = "is_false")]
    internal: bool,
}

#[derive(Debug, Serialize)]
struct NamedVolume {
    labels: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
struct SecretFile {
    file: String,
}

/// A service. Its fields stand in the order of the compose style guide.
#[derive(Debug, Default, Serialize)]
struct Service {
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    build: Option<Build>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    depends_on: BTreeMap<String, Condition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    volumes: Vec<Mount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<SecretMount>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    environment: IndexMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    env_file: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ports: Vec<Port>,
    networks: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    command: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entrypoint: Vec<String>,
    restart: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    healthcheck: Option<Check>,
    logging: Logging,
    labels: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cap_add: Vec<String>,
    cap_drop: [&'static str; 1],
    deploy: Deploy,
    #[serde(skip_serializing_if = "is_false")]
    init: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    profiles: Vec<&'static str>,
    #[serde(skip_serializing_if = "is_false")]
    read_only: bool,
    security_opt: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    shm_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_grace_period: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_signal: Option<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    sysctls: IndexMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tmpfs: Vec<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    ulimits: IndexMap<String, i64>,
}

#[derive(Debug, Serialize)]
struct Build {
    context: String,
}

#[derive(Debug, Serialize)]
struct Condition {
    condition: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Mount {
    Volume { source: String, target: String },
    Bind { source: String, target: String, read_only: bool, bind: Bind },
}

/// Without it a missing file becomes an empty folder.
#[derive(Debug, Serialize)]
struct Bind {
    create_host_path: bool,
}

#[derive(Debug, Serialize)]
struct SecretMount {
    source: String,
    target: String,
}

#[derive(Debug, Serialize)]
struct Port {
    target: u16,
    host_ip: &'static str,
    published: String,
    protocol: &'static str,
}

#[derive(Debug, Serialize)]
struct Check {
    test: Vec<String>,
    interval: String,
    timeout: String,
    retries: u32,
    start_period: String,
}

#[derive(Debug, Serialize)]
struct Logging {
    driver: &'static str,
    options: BTreeMap<&'static str, &'static str>,
}

impl Default for Logging {
    /// Docker keeps the log of a container without end unless it is told to rotate.
    fn default() -> Self {
        Self { driver: "local", options: BTreeMap::from([("max-file", "5"), ("max-size", "10m")]) }
    }
}

#[derive(Debug, Default, Serialize)]
struct Deploy {
    resources: Resources,
}

#[derive(Debug, Default, Serialize)]
struct Resources {
    limits: Limits,
}

#[derive(Debug, Default, Serialize)]
struct Limits {
    cpus: String,
    memory: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

const NETWORK: &str = "data";

impl Compose {
    pub(super) fn of(
        plan: &Plan<'_>,
        kitchen: &Kitchen,
        artifacts: &[Artifact],
        options: Options,
    ) -> Result<Self, RenderError> {
        let published = published(plan, options);
        let internal = plan.host.environment != Environment::Development;
        let mut compose = Self {
            name: plan.name.to_owned(),
            services: BTreeMap::new(),
            networks: BTreeMap::from([(NETWORK, Network { internal })]),
            volumes: BTreeMap::new(),
            secrets: BTreeMap::new(),
        };
        for planned in &plan.services {
            compose.add(planned, kitchen, artifacts, &published)?;
        }
        Ok(compose)
    }

    fn add(
        &mut self,
        planned: &Planned<'_>,
        kitchen: &Kitchen,
        artifacts: &[Artifact],
        published: &BTreeMap<String, Publication>,
    ) -> Result<(), RenderError> {
        for secret in secrets(planned) {
            let name = secret_file(&planned.instance, &secret.name);
            if !secret.env_file {
                self.secrets.insert(name.clone(), SecretFile { file: format!("./secrets/{name}") });
            }
        }
        let builder = Builder { planned, kitchen, artifacts };
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
            let labels = BTreeMap::from([("polyglot.database", label(planned))]);
            self.volumes.insert(format!("{}-{}", planned.instance, volume.name), NamedVolume { labels });
        }
        service.ports.extend(published.get(&name).map(Publication::port));
        self.services.insert(name, service);
    }

    /// The file's text, a blank line before each service.
    pub(super) fn text(&self) -> Result<String, RenderError> {
        let yaml = serde_yaml::to_string(self)?;
        let mut text = String::with_capacity(yaml.len().saturating_add(yaml.len() / 50));
        let mut section = "";
        let mut first = true;
        for line in yaml.lines() {
            let top = !line.starts_with(' ');
            let service = section == "services:" && line.starts_with("  ") && !line.starts_with("   ");
            if (top && !text.is_empty()) || (service && !first) {
                text.push('\n');
            }
            first = top;
            if top {
                section = line;
            }
            // To older readers of YAML a bare `no` is false.
            text.push_str(if line == "    restart: no" { "    restart: 'no'" } else { line });
            text.push('\n');
        }
        Ok(text)
    }
}

/// What a volume's label says: `postgresql 18`.
fn label(planned: &Planned<'_>) -> String {
    format!("{} {}", planned.database.id, planned.version.major)
}

/// Makes the services of one database.
struct Builder<'p, 'a> {
    planned: &'p Planned<'a>,
    kitchen: &'p Kitchen,
    artifacts: &'p [Artifact],
}

impl Builder<'_, '_> {
    fn database(&self) -> Result<Service, RenderError> {
        let planned = self.planned;
        let names: Vec<&str> = planned.container.secrets.iter().map(|secret| secret.name.as_str()).collect();
        let mut service = self.service(planned.container, None, &names, planned.memory, planned.cores)?;
        service.restart = "unless-stopped";
        for setting in planned.settings.iter().filter(|setting| setting.row.into.as_deref() == Some("environment")) {
            service.environment.insert(setting.row.name.to_string(), dollars(&setting.shown()));
        }
        let flag = planned.container.flag.as_deref().unwrap_or("--{{ name }}={{ value }}");
        for setting in planned.settings.iter().filter(|setting| setting.row.into.as_deref() == Some("command")) {
            service.command.push(dollars(&self.kitchen.setting(planned, flag, setting)?));
        }
        Ok(service)
    }

    fn job(&self, planned_job: &PlannedJob<'_>) -> Result<Service, RenderError> {
        let job = planned_job.job;
        let uses: Vec<&str> = job.container.uses.iter().map(Text::as_str).collect();
        let own = job.container.secrets.iter().map(|secret| secret.name.as_str());
        let names: Vec<&str> = uses.into_iter().chain(own).collect();
        let mut service =
            self.service(&job.container, Some(&job.name), &names, planned_job.memory, planned_job.cores)?;
        let healthy = BTreeMap::from([(self.planned.instance.clone(), Condition { condition: "service_healthy" })]);
        match job.purpose {
            Purpose::Init => (service.restart, service.depends_on) = ("on-failure:5", healthy),
            Purpose::Backup => (service.restart, service.profiles) = ("no", vec!["backup"]),
            Purpose::Proxy | Purpose::Loop => (service.restart, service.depends_on) = ("unless-stopped", healthy),
        }
        Ok(service)
    }

    /// What a database and its jobs have in common.
    fn service(
        &self,
        container: &Container,
        job: Option<&str>,
        secret_names: &[&str],
        memory: Bytes,
        cores: Cores,
    ) -> Result<Service, RenderError> {
        let planned = self.planned;
        let text = |text: &str| Ok::<_, RenderError>(dollars(&self.kitchen.text(planned, text)?));
        let texts = |list: &[Text]| list.iter().map(|item| text(item)).collect::<Result<Vec<_>, _>>();
        let optional = |item: &Option<Text>| item.as_deref().map(text).transpose();
        let (image, build) = match (&container.image, &container.build) {
            (_, Some(folder)) => {
                let context = format!("./{}/{}", planned.instance, self.kitchen.text(planned, folder)?);
                (None, Some(Build { context }))
            }
            (Some(image), None) => (Some(text(image)?), None),
            (None, None) => (Some(planned.image.clone()), None),
        };
        let mut environment = IndexMap::new();
        for (name, value) in &container.environment {
            let value = text(value)?;
            if !value.is_empty() {
                environment.insert(name.to_string(), value);
            }
        }
        let mounts = self.mounts(container, job)?;
        let secrets = self.secrets(secret_names);
        Ok(Service {
            image,
            build,
            volumes: mounts,
            env_file: self.env_files(secret_names),
            secrets,
            environment,
            networks: vec![NETWORK],
            command: texts(&container.command)?,
            entrypoint: texts(&container.entrypoint)?,
            healthcheck: self.healthcheck(container)?,
            labels: self.labels(job)?,
            user: optional(&container.user)?,
            cap_add: texts(&container.cap_add)?,
            cap_drop: ["ALL"],
            deploy: Deploy {
                resources: Resources { limits: Limits { cpus: cores.to_string(), memory: compose_memory(memory) } },
            },
            init: container.init,
            read_only: container.read_only,
            security_opt: ["no-new-privileges:true"],
            shm_size: self.shm_size(container, memory)?,
            stop_grace_period: optional(&container.stop_grace_period)?,
            stop_signal: optional(&container.stop_signal)?,
            sysctls: container.sysctls.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            tmpfs: texts(&container.tmpfs)?,
            ulimits: container.ulimits.iter().map(|(name, limit)| (name.to_string(), *limit)).collect(),
            ..Service::default()
        })
    }

    /// The volumes, then the files, each on its own and read-only.
    fn mounts(&self, container: &Container, job: Option<&str>) -> Result<Vec<Mount>, RenderError> {
        let planned = self.planned;
        let mut mounts = Vec::new();
        for volume in volumes(planned, container) {
            let source = format!("{}-{}", planned.instance, volume.name);
            mounts.push(Mount::Volume { source, target: self.kitchen.text(planned, &volume.path)? });
        }
        for file in files(self.kitchen, planned)? {
            let Some(target) = file.row.target.as_ref().filter(|_| file.row.service.as_deref() == job) else {
                continue;
            };
            mounts.push(Mount::Bind {
                source: format!("./{}/{}", planned.instance, file.path),
                target: self.kitchen.text(planned, target)?,
                read_only: true,
                bind: Bind { create_host_path: false },
            });
        }
        Ok(mounts)
    }

    fn secrets(&self, names: &[&str]) -> Vec<SecretMount> {
        let known = secrets(self.planned);
        let mounted = names.iter().filter(|name| known.iter().any(|secret| secret.name == **name && !secret.env_file));
        let mount =
            |name: &&str| SecretMount { source: secret_file(&self.planned.instance, name), target: (*name).to_owned() };
        mounted.map(mount).collect()
    }

    fn env_files(&self, names: &[&str]) -> Vec<String> {
        let known = secrets(self.planned);
        let handed = names.iter().filter(|name| known.iter().any(|secret| secret.name == **name && secret.env_file));
        handed.map(|name| format!("./secrets/{}", secret_file(&self.planned.instance, name))).collect()
    }

    fn healthcheck(&self, container: &Container) -> Result<Option<Check>, RenderError> {
        let Some(check) = &container.healthcheck else { return Ok(None) };
        let text = |text: &str| Ok::<_, RenderError>(dollars(&self.kitchen.text(self.planned, text)?));
        Ok(Some(Check {
            test: check.test.iter().map(|part| text(part)).collect::<Result<_, _>>()?,
            interval: text(&check.interval)?,
            timeout: text(&check.timeout)?,
            retries: check.retries,
            start_period: text(&check.start_period)?,
        }))
    }

    /// The size of `/dev/shm`: pages in it count as the container's memory, so half of that is the most.
    fn shm_size(&self, container: &Container, memory: Bytes) -> Result<Option<String>, RenderError> {
        const MB: u64 = 1 << 20;
        let Some(formula) = &container.shm_size else { return Ok(None) };
        let planned = self.planned;
        let size = self.kitchen.reckoner.amount(planned.database, "shm_size", formula, &planned.scope)?;
        let size = size.min(memory.0 / 2).div_ceil(MB).saturating_mul(MB);
        Ok(Some(compose_memory(Bytes(size))))
    }

    /// What the service is, and a hash of the files that it mounts: when one changes, `up` makes the container anew.
    fn labels(&self, job: Option<&str>) -> Result<BTreeMap<&'static str, String>, RenderError> {
        let mut hash = Sha256::new();
        for file in files(self.kitchen, self.planned)? {
            if file.row.service.as_deref() != job || file.row.target.is_none() {
                continue;
            }
            let path = format!("{}/{}", self.planned.instance, file.path);
            for artifact in self.artifacts.iter().filter(|artifact| artifact.path == path) {
                hash.update(&artifact.path);
                hash.update(&artifact.content);
            }
        }
        let mut digits = String::new();
        for byte in hash.finalize().iter().take(8) {
            let _ = write!(digits, "{byte:02x}");
        }
        Ok(BTreeMap::from([("polyglot.config-hash", digits), ("polyglot.database", label(self.planned))]))
    }
}

/// Compose fills in variables after a `$`: a double one stands for itself.
fn dollars(text: &str) -> String {
    text.replace('$', "$$")
}

/// A published port before it is written: the variable that moves it, and where it is without.
struct Publication {
    variable: String,
    target: u16,
    default: u16,
}

impl Publication {
    fn port(&self) -> Port {
        Port {
            target: self.target,
            host_ip: "127.0.0.1",
            published: format!("${{{}:-{}}}", self.variable, self.default),
            protocol: "tcp",
        }
    }
}

/// The ports that the host sees, by service: in development only, on the loopback only, each its own.
fn published(plan: &Plan<'_>, options: Options) -> BTreeMap<String, Publication> {
    let mut ports: BTreeMap<String, Publication> = BTreeMap::new();
    if plan.host.environment != Environment::Development {
        return ports;
    }
    let mut next = options.port_base;
    for door in plan.services.iter().filter_map(door) {
        let mut default = next.unwrap_or(door.port);
        while ports.values().any(|port| port.default == default) {
            default = default.checked_add(1).unwrap_or(1024);
        }
        next = next.map(|_| default.checked_add(1).unwrap_or(1024));
        let variable = format!("{}_PORT", door.host.replace('-', "_").to_uppercase());
        ports.insert(door.host, Publication { variable, target: door.port, default });
    }
    ports
}

/// The address on the host, where a service is published: the variable of its port and the port without it.
pub(super) fn published_port(plan: &Plan<'_>, options: Options, service: &str) -> Option<(String, u16)> {
    published(plan, options).remove(service).map(|port| (port.variable, port.default))
}

/// The variables that one may set in `.env`.
pub(super) fn example_environment(plan: &Plan<'_>, options: Options) -> String {
    let ports = published(plan, options);
    if ports.is_empty() {
        return String::from("# Nothing needs to be set here: no port of this stack is published.\n");
    }
    let mut text = String::from("# Copy to .env and change what collides with something else on this machine.\n");
    for port in ports.values() {
        let _ = writeln!(text, "{}={}", port.variable, port.default);
    }
    text
}

/// The names that an address may speak of.
pub(super) fn address_names(host: &str, port: u16) -> [(&'static str, Value); 2] {
    [("host", Value::from(host)), ("port", Value::from(port))]
}
