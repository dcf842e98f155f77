//! The compose file: types that mirror the specification, in the order that its readers expect.

use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;

use super::Options;
use super::container::{Builder, label};
use super::ports::{Publication, published};
use super::service::{File, secrets, volumes};
use super::templates::{Kitchen, RenderError};
use super::write::Artifact;
use crate::catalog::Container;
use crate::plan::{Plan, Planned, secret_file};
use crate::vocabulary::Environment;

/// A compose file.
#[derive(Debug, Serialize)]
pub(super) struct Compose {
    pub(super) name: String,
    pub(super) services: BTreeMap<String, Service>,
    pub(super) networks: BTreeMap<&'static str, Network>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) volumes: BTreeMap<String, NamedVolume>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) secrets: BTreeMap<String, SecretFile>,
}

#[derive(Debug, Serialize)]
pub(super) struct Network {
    #[serde(skip_serializing_if = "is_false")]
    pub(super) internal: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct NamedVolume {
    pub(super) labels: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
pub(super) struct SecretFile {
    pub(super) file: String,
}

/// A service. Its fields stand in the order of the compose style guide.
#[derive(Debug, Default, Serialize)]
pub(super) struct Service {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) build: Option<Build>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) depends_on: BTreeMap<String, Condition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) volumes: Vec<Mount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) secrets: Vec<SecretMount>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) environment: IndexMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) env_file: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ports: Vec<Port>,
    pub(super) networks: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) command: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) entrypoint: Vec<String>,
    pub(super) restart: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) healthcheck: Option<Check>,
    pub(super) logging: Logging,
    pub(super) labels: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) cap_add: Vec<String>,
    pub(super) cap_drop: [&'static str; 1],
    pub(super) deploy: Deploy,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) init: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) profiles: Vec<&'static str>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) read_only: bool,
    pub(super) security_opt: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) shm_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stop_grace_period: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stop_signal: Option<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) sysctls: IndexMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tmpfs: Vec<String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) ulimits: IndexMap<String, i64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Build {
    pub(super) context: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Condition {
    pub(super) condition: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Mount {
    Volume { source: String, target: String },
    Bind { source: String, target: String, read_only: bool, bind: Bind },
}

/// Without it a missing file becomes an empty folder.
#[derive(Debug, Serialize)]
pub(super) struct Bind {
    pub(super) create_host_path: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct SecretMount {
    pub(super) source: String,
    pub(super) target: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Port {
    pub(super) target: u16,
    pub(super) host_ip: &'static str,
    pub(super) published: String,
    pub(super) protocol: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) test: Vec<String>,
    pub(super) interval: String,
    pub(super) timeout: String,
    pub(super) retries: u32,
    pub(super) start_period: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Logging {
    pub(super) driver: &'static str,
    pub(super) options: BTreeMap<&'static str, &'static str>,
}

impl Default for Logging {
    /// Docker keeps the log of a container without end unless it is told to rotate.
    fn default() -> Self {
        Self { driver: "local", options: BTreeMap::from([("max-file", "5"), ("max-size", "10m")]) }
    }
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Deploy {
    pub(super) resources: Resources,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Resources {
    pub(super) limits: Limits,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Limits {
    pub(super) cpus: String,
    pub(super) memory: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

pub(super) const NETWORK: &str = "data";

impl Compose {
    pub(super) fn of(
        plan: &Plan<'_>,
        dishes: &[(&Planned<'_>, Vec<File<'_>>)],
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
                self.secrets.insert(name.clone(), SecretFile { file: format!("./secrets/{name}") });
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
            text.push_str(&without_bare_words(line));
            text.push('\n');
        }
        Ok(text)
    }
}

/// A line whose value is a word that older readers of YAML take for true or false, with the word in quotes.
fn without_bare_words(line: &str) -> Cow<'_, str> {
    const WORDS: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];
    let value = line.split_once(": ").or_else(|| line.split_once("- "));
    match value {
        Some((_, word)) if WORDS.contains(&word.to_ascii_lowercase().as_str()) => {
            let start = line.len().saturating_sub(word.len());
            Cow::Owned(format!("{}'{word}'", line.get(..start).unwrap_or_default()))
        }
        _ => Cow::Borrowed(line),
    }
}
