//! How a database and its jobs become services: what their containers mount, know, may and are limited to.

use catalog::{Container, Purpose, Text};

use catalog::units::Bytes;

use indexmap::IndexMap;

use super::certificate;
use super::hash;
use super::model::{Check, Lifetime, Mount, Secret, Service, Source, Tmpfs};
use super::service::{File, certificates, secrets, volumes};
use super::templates::{Kitchen, RenderError};
use super::write::Artifact;
use super::write::HEADER_LENGTH;
use crate::plan::{Planned, PlannedJob, secret_file};
use crate::size::Cores;

/// What the healthcheck says of a database whose first start failed or was killed.
const UNFINISHED: &str = "the first start did not finish: see README.md";

/// Makes the services of one database.
pub(super) struct Builder<'p, 'a> {
    pub(super) planned: &'p Planned<'a>,
    pub(super) files: &'p [File<'a>],
    pub(super) kitchen: &'p Kitchen,
    pub(super) artifacts: &'p [Artifact],
}

/// What a database and its jobs differ in.
struct Part<'p> {
    container: &'p Container,
    job: Option<&'p str>,
    secrets: Vec<&'p str>,
    memory: Bytes,
    cores: Cores,
    lifetime: Lifetime,
}

impl Builder<'_, '_> {
    pub(super) fn database(&self) -> Result<Service, RenderError> {
        let planned = self.planned;
        let own = planned.container.secrets.iter().filter(|row| planned.has(row.versions()));
        let mut service = self.service(&Part {
            container: planned.container,
            job: None,
            secrets: own.map(|secret| secret.name.as_str()).collect(),
            memory: planned.memory,
            cores: planned.cores,
            lifetime: Lifetime::Permanent,
        })?;
        for setting in planned.settings.iter().filter(|setting| setting.row.into.as_deref() == Some("environment")) {
            service.environment.insert(setting.row.name.to_string(), setting.shown());
        }
        let flag = planned.container.flag.as_deref().unwrap_or("--{{ name }}={{ value }}");
        for setting in planned.settings.iter().filter(|setting| setting.row.into.as_deref() == Some("command")) {
            service.command.push(self.kitchen.setting(planned, flag, setting)?);
        }
        Ok(service)
    }

    pub(super) fn job(&self, planned_job: &PlannedJob<'_>) -> Result<Service, RenderError> {
        let job = planned_job.job;
        let uses = job.container.uses.iter().map(Text::as_str);
        self.service(&Part {
            container: &job.container,
            job: Some(&job.name),
            secrets: uses.chain(job.container.secrets.iter().map(|secret| secret.name.as_str())).collect(),
            memory: planned_job.memory,
            cores: planned_job.cores,
            lifetime: match job.purpose {
                Purpose::Init => Lifetime::Once,
                Purpose::Backup => Lifetime::OnDemand,
                Purpose::Proxy | Purpose::Loop => Lifetime::Permanent,
            },
        })
    }

    fn service(&self, part: &Part<'_>) -> Result<Service, RenderError> {
        let (planned, container) = (self.planned, part.container);
        let text = |text: &str| self.kitchen.text(planned, text);
        let texts = |list: &[Text]| self.texts(list);
        let optional = |item: &Option<Text>| item.as_deref().map(text).transpose();
        let mut environment = IndexMap::new();
        for (name, value) in &container.environment {
            let value = text(value)?;
            if !value.is_empty() {
                environment.insert(name.to_string(), value);
            }
        }
        let is_for_database = part.job.is_some() && part.lifetime != Lifetime::OnDemand;
        Ok(Service {
            source: self.source(container)?,
            runs: format!("{} {}", planned.database.id, planned.version.major),
            config_hash: self.config_hash(part.job),
            lifetime: part.lifetime,
            waits_for: is_for_database.then(|| planned.instance.clone()),
            mounts: self.mounts(container, part.job)?,
            tmpfs: texts(&container.tmpfs)?.into_iter().map(|path| tmpfs(path, container.user.as_deref())).collect(),
            secrets: self.secrets(&part.secrets).chain(self.certificates(container)).collect(),
            env_files: self.env_files(&part.secrets),
            environment,
            command: texts(&container.command)?,
            entrypoint: texts(&container.entrypoint)?,
            port: None,
            healthcheck: self.healthcheck(container)?,
            user: optional(&container.user)?.filter(|user| !user.is_empty()),
            capabilities: texts(&container.cap_add)?,
            cores: part.cores,
            memory: part.memory,
            shared_memory: self.shared_memory(container, part.memory)?,
            init: container.init,
            read_only: container.read_only,
            stop_grace_period: optional(&container.stop_grace_period)?,
            stop_signal: optional(&container.stop_signal)?,
            sysctls: container.sysctls.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            ulimits: container.ulimits.iter().map(|(name, limit)| (name.to_string(), *limit)).collect(),
        })
    }

    /// The items of a list; one whose template comes out empty is left out.
    fn texts(&self, list: &[Text]) -> Result<Vec<String>, RenderError> {
        let texts = list.iter().map(|item| self.kitchen.text(self.planned, item));
        texts.filter(|text| text.as_ref().map_or(true, |text| !text.is_empty())).collect()
    }

    fn source(&self, container: &Container) -> Result<Source, RenderError> {
        let planned = self.planned;
        if let Some(folder) = &container.build {
            return Ok(Source::Build(format!("{}/{}", planned.instance, self.kitchen.text(planned, folder)?)));
        }
        let image = container.image.as_ref().map(|image| self.kitchen.text(planned, image)).transpose()?;
        Ok(Source::Image(image.filter(|image| !image.is_empty()).unwrap_or_else(|| planned.image.clone())))
    }

    /// The volumes, then the files, each on its own and read-only.
    fn mounts(&self, container: &Container, job: Option<&str>) -> Result<Vec<Mount>, RenderError> {
        let planned = self.planned;
        let mut mounts = Vec::new();
        for volume in volumes(planned, container) {
            let name = format!("{}-{}", planned.instance, volume.name);
            mounts.push(Mount::Volume { name, target: self.kitchen.text(planned, &volume.path)? });
        }
        for file in self.files {
            let Some(target) = file.row.target.as_ref().filter(|_| file.row.service.as_deref() == job) else {
                continue;
            };
            mounts.push(Mount::File {
                path: format!("{}/{}", planned.instance, file.path),
                target: self.kitchen.text(planned, target)?,
            });
        }
        Ok(mounts)
    }

    fn secrets(&self, names: &[&str]) -> impl Iterator<Item = Secret> {
        let known = secrets(self.planned);
        let mounted =
            names.iter().filter(move |name| known.iter().any(|secret| secret.name == **name && !secret.env_file));
        mounted.map(|name| Secret { name: secret_file(&self.planned.instance, name), target: (*name).to_owned() })
    }

    fn certificates(&self, container: &Container) -> impl Iterator<Item = Secret> {
        let mounted = certificates(self.planned, container).iter();
        mounted.map(|file| Secret {
            name: certificate::file_name(&self.planned.instance, *file),
            target: file.file().to_owned(),
        })
    }

    fn env_files(&self, names: &[&str]) -> Vec<String> {
        let known = secrets(self.planned);
        let handed = names.iter().filter(|name| known.iter().any(|secret| secret.name == **name && secret.env_file));
        handed.map(|name| secret_file(&self.planned.instance, name)).collect()
    }

    fn healthcheck(&self, container: &Container) -> Result<Option<Check>, RenderError> {
        let Some(check) = &container.healthcheck else { return Ok(None) };
        let text = |text: &str| self.kitchen.text(self.planned, text);
        let mut words = self.texts(&check.test)?;
        if let (Some(mark), Some(command)) = (&check.mark, words.last_mut()) {
            *command = format!("[ -f \"{}\" ] || {{ echo '{UNFINISHED}'; exit 1; }}; {command}", text(mark)?);
        }
        Ok(Some(Check {
            test: words,
            interval: text(&check.interval)?,
            timeout: text(&check.timeout)?,
            retries: check.retries,
            start_period: text(&check.start_period)?,
        }))
    }

    /// The size of `/dev/shm`: pages in it count as the container's memory, so half of that is the most.
    fn shared_memory(&self, container: &Container, memory: Bytes) -> Result<Option<Bytes>, RenderError> {
        const MB: u64 = 1 << 20;
        let Some(formula) = &container.shm_size else { return Ok(None) };
        let planned = self.planned;
        let size = self.kitchen.reckoner.amount(planned.database, "shm_size", formula, &planned.scope)?;
        let size = size.min(memory.0 / 2).div_ceil(MB).saturating_mul(MB);
        Ok(Some(Bytes(size)))
    }

    /// A hash of the files that a service mounts.
    fn config_hash(&self, job: Option<&str>) -> String {
        let mut heads = Vec::new();
        let mounted = self.files.iter().filter(|file| file.row.service.as_deref() == job && file.row.target.is_some());
        for file in mounted {
            let path = format!("{}/{}", self.planned.instance, file.path);
            for artifact in self.artifacts.iter().filter(|artifact| artifact.path == path) {
                // The header of a file holds its path and a hash of all of it.
                heads.push(artifact.content.get(..HEADER_LENGTH).unwrap_or(&artifact.content));
            }
        }
        hash::short(&heads)
    }
}

/// A folder in memory that its user can write to; `/tmp` is everybody's.
fn tmpfs(path: String, user: Option<&str>) -> Tmpfs {
    let is_number = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let ids = user.and_then(|user| user.split_once(':')).filter(|(uid, gid)| is_number(uid) && is_number(gid));
    let owner = ids.filter(|_| path != "/tmp" && !path.contains(':'));
    Tmpfs { owner: owner.map(|(uid, gid)| (uid.to_owned(), gid.to_owned())), path }
}
