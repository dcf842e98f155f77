//! How a database and its jobs become services: what their containers mount, know, may and are limited to.

use std::collections::BTreeMap;

use catalog::units::Bytes;
use catalog::{Container, Purpose, Text};
use indexmap::IndexMap;

use super::compose::{Check, DATABASE, Mount, SecretMount, Service};
use super::compose_memory;
use super::hash;
use super::service::{File, secrets, volumes};
use super::templates::{Kitchen, RenderError};
use super::write::Artifact;
use crate::plan::{Planned, PlannedJob, secret_file};
use crate::size::Cores;

/// What a volume's label says: `postgresql 18`.
pub(super) fn label(planned: &Planned<'_>) -> String {
    format!("{} {}", planned.database.id, planned.version.major)
}

/// Makes the services of one database.
pub(super) struct Builder<'p, 'a> {
    pub(super) planned: &'p Planned<'a>,
    pub(super) files: &'p [File<'a>],
    pub(super) kitchen: &'p Kitchen,
    pub(super) artifacts: &'p [Artifact],
}

impl Builder<'_, '_> {
    pub(super) fn database(&self) -> Result<Service, RenderError> {
        let planned = self.planned;
        let own = planned.container.secrets.iter().filter(|row| planned.has(row.versions()));
        let names: Vec<&str> = own.map(|secret| secret.name.as_str()).collect();
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

    pub(super) fn job(&self, planned_job: &PlannedJob<'_>) -> Result<Service, RenderError> {
        let job = planned_job.job;
        let uses: Vec<&str> = job.container.uses.iter().map(Text::as_str).collect();
        let own = job.container.secrets.iter().map(|secret| secret.name.as_str());
        let names: Vec<&str> = uses.into_iter().chain(own).collect();
        let mut service =
            self.service(&job.container, Some(&job.name), &names, planned_job.memory, planned_job.cores)?;
        let healthy = BTreeMap::from([(self.planned.instance.clone(), "service_healthy")]);
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
                (None, Some(format!("./{}/{}", planned.instance, self.kitchen.text(planned, folder)?)))
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
            command: texts(&container.command)?,
            entrypoint: texts(&container.entrypoint)?,
            healthcheck: self.healthcheck(container)?,
            labels: self.labels(job),
            user: optional(&container.user)?,
            cap_add: texts(&container.cap_add)?,
            cpus: cores.to_string(),
            memory: compose_memory(memory),
            init: container.init,
            read_only: container.read_only,
            shm_size: self.shm_size(container, memory)?,
            stop_grace_period: optional(&container.stop_grace_period)?,
            stop_signal: optional(&container.stop_signal)?,
            sysctls: container.sysctls.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            tmpfs: texts(&container.tmpfs)?.into_iter().map(|path| owned(path, container.user.as_deref())).collect(),
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
        for file in self.files {
            let Some(target) = file.row.target.as_ref().filter(|_| file.row.service.as_deref() == job) else {
                continue;
            };
            mounts.push(Mount::Bind {
                source: format!("./{}/{}", planned.instance, file.path),
                target: self.kitchen.text(planned, target)?,
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
    fn labels(&self, job: Option<&str>) -> [(&'static str, String); 2] {
        let mut heads = Vec::new();
        let mounted = self.files.iter().filter(|file| file.row.service.as_deref() == job && file.row.target.is_some());
        for file in mounted {
            let path = format!("{}/{}", self.planned.instance, file.path);
            for artifact in self.artifacts.iter().filter(|artifact| artifact.path == path) {
                // The header of a file holds its path and a hash of all of it.
                heads.push(artifact.content.get(..HEADER).unwrap_or(&artifact.content));
            }
        }
        [("polyglot.config-hash", hash::short(&heads)), (DATABASE, label(self.planned))]
    }
}

/// A tmpfs that its user can write to. One at a folder that the image lacks belongs to root from the second start on,
/// unless it says whose it is; `/tmp` is everybody's.
fn owned(path: String, user: Option<&str>) -> String {
    let ids = user.and_then(|user| user.split_once(':'));
    let numbers = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    match ids {
        Some((uid, gid)) if path != "/tmp" && !path.contains(':') && numbers(uid) && numbers(gid) => {
            format!("{path}:uid={uid},gid={gid},mode=0700")
        }
        _ => path,
    }
}

/// So many bytes hold a file's header.
const HEADER: usize = 600;

/// Compose fills in variables after a `$`: a double one stands for itself.
fn dollars(text: &str) -> String {
    text.replace('$', "$$")
}
