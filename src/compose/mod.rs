//! The part of a compose file that rules look at, with places. What compose allows and no rule asks for is not read.

mod image;
mod mount;
mod port;
mod server;
mod text;

use std::collections::HashMap;
use std::sync::Arc;

pub use image::{Running, split_image};
pub use mount::Mount;
pub use port::Port;
pub use server::is_among;
pub use text::{Filled, filled, program};

use catalog::Catalog;

use crate::diagnostic::Diagnostic;
use crate::source::{Place, Placed, Source};
use crate::yaml::{self, Budget, Entry, Node, Value};
use text::{locate, words};

/// A compose file.
#[derive(Debug)]
pub struct Compose {
    /// Its text.
    pub source: Arc<Source>,
    /// Its services.
    pub services: Vec<Service>,
    /// The places of the services of each name.
    by_name: HashMap<String, Vec<usize>>,
    /// The secrets that are files, with the path of each.
    pub secret_files: Vec<(String, Placed<String>)>,
}

/// A service.
#[derive(Debug)]
pub struct Service {
    /// Its name.
    pub name: Placed<String>,
    /// Its image; absent where it is built.
    pub image: Option<Placed<String>>,
    /// The database that its image runs.
    pub database: Option<Running>,
    /// Whether it is built here, so that the image is only what the result is called.
    pub is_built: bool,
    /// The service that it goes on from.
    pub base: Option<Base>,
    /// What it publishes.
    pub ports: Vec<Port>,
    /// Its environment, with the values that stand in the file.
    pub environment: Vec<Variable>,
    /// Its entrypoint and its command, in words.
    pub command: Vec<Placed<String>>,
    /// What it mounts.
    pub mounts: Vec<Mount>,
    /// Whether it mounts what another container does.
    pub mounts_elsewhere: bool,
    /// Its check of health; `disable: true` is none.
    pub healthcheck: Option<Place>,
    /// Its limit of memory.
    pub memory: Option<Placed<String>>,
    /// Its profiles: it runs only when asked for.
    pub has_profiles: bool,
    /// How it starts again; a job that runs once does not.
    pub restart: Option<Placed<String>>,
}

/// A service that another one goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// One of the same file.
    Here(String),
    /// One of another file.
    Elsewhere,
}

/// A variable of the environment.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value, where the file gives one.
    pub value: Option<String>,
    /// Where it stands.
    pub place: Place,
}

impl Compose {
    /// Reads a compose file. What other programs may make of it is theirs: tags such as `!reset`, fields of its own.
    ///
    /// # Errors
    /// The fault that makes the text no YAML, or no compose file.
    pub fn parse(source: &Arc<Source>, catalog: &Catalog, budget: Budget) -> Result<Self, Diagnostic> {
        if says_nothing(&source.text) {
            let fault = Diagnostic::error("the compose file is empty").at(Place::default(), "");
            return Err(fault.help("write `services:`, or remove the file: compose refuses it"));
        }
        let mut compose = Self {
            source: Arc::clone(source),
            services: Vec::new(),
            by_name: HashMap::new(),
            secret_files: Vec::new(),
        };
        for root in yaml::read_all(&source.text, budget)? {
            if !matches!(root.value, Value::Mapping(_) | Value::Null) {
                let fault = Diagnostic::error("expected a compose file, which is a map");
                return Err(fault.at(root.place, format!("this is {}", root.value.shape())));
            }
            let services = root.get("services").map(Node::entries).unwrap_or_default();
            compose.services.extend(services.iter().map(|entry| Service::read(entry, catalog)));
            let secrets = root.get("secrets").map(Node::entries).unwrap_or_default();
            let file = |entry: &Entry| Some((entry.key.clone(), entry.value.get("file")?.placed()?));
            compose.secret_files.extend(secrets.iter().filter_map(file));
        }
        compose.services.iter_mut().for_each(|service| locate(&mut service.command, &source.text));
        for (place, service) in compose.services.iter().enumerate() {
            compose.by_name.entry(service.name.value.clone()).or_default().push(place);
        }
        Ok(compose)
    }

    /// The services of a name: several documents of one file may each say a part.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Service> {
        self.by_name.get(name).into_iter().flatten().filter_map(|place| self.services.get(*place))
    }
}

/// Whether a text holds comments at most.
fn says_nothing(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#') || line == "---")
}

impl Service {
    fn read(entry: &Entry, catalog: &Catalog) -> Self {
        let node = &entry.value;
        let list = |key: &str| node.get(key).map(Node::items).unwrap_or_default().iter();
        let image = node.get("image").and_then(Node::placed);
        let limits = node.get("deploy").and_then(|deploy| deploy.get("resources")?.get("limits")?.get("memory"));
        let memory = node.get("tmpfs").into_iter().chain(list("tmpfs")).filter_map(Mount::memory);
        // With the host's own network nothing is published, whatever stands there.
        let is_on_host = node.get("network_mode").and_then(Node::text) == Some("host");
        let ports = list("ports").filter(|_| !is_on_host).filter_map(Port::read);
        let entrypoint = node.get("entrypoint").map(words).unwrap_or_default();
        let command = node.get("command").map(words).unwrap_or_default();
        Self {
            name: Placed { value: entry.key.clone(), place: entry.place },
            database: image.as_ref().and_then(|image| Running::of(&image.value, catalog)),
            image,
            is_built: node.get("build").is_some(),
            base: node.get("extends").and_then(Base::read),
            ports: ports.collect(),
            environment: node.get("environment").map(variables).unwrap_or_default(),
            command: entrypoint.into_iter().chain(command).collect(),
            mounts: list("volumes").filter_map(Mount::read).chain(memory).collect(),
            mounts_elsewhere: node.get("volumes_from").is_some(),
            healthcheck: node.entry("healthcheck").filter(|check| is_check(&check.value)).map(|check| check.place),
            memory: limits.or_else(|| node.get("mem_limit")).and_then(Node::placed),
            has_profiles: node.get("profiles").is_some_and(|profiles| !profiles.items().is_empty()),
            restart: node.get("restart").and_then(Node::placed),
        }
    }

    /// What a finding about it is about: `services.db`.
    pub fn about(&self) -> String {
        format!("services.{}", self.name.value)
    }

    /// Whether it runs once and ends: a job, not a server.
    pub fn is_job(&self) -> bool {
        self.restart.as_ref().is_some_and(|restart| restart.value == "no")
    }
}

/// Whether an entry checks anything: `disable: true` and `test: NONE` do not.
fn is_check(check: &Node) -> bool {
    let is_disabled = check.get("disable").and_then(Node::text) == Some("true");
    let test = check.get("test");
    let first = test.and_then(|test| test.text().or_else(|| test.items().first().and_then(Node::text)));
    !is_disabled && first != Some("NONE") && !matches!(check.value, Value::Null)
}

impl Base {
    fn read(node: &Node) -> Option<Self> {
        let name = node.text().or_else(|| node.get("service").and_then(Node::text))?;
        Some(if node.get("file").is_some() { Self::Elsewhere } else { Self::Here(name.to_owned()) })
    }
}

/// The environment, as a map or as a list of `NAME=value`.
fn variables(node: &Node) -> Vec<Variable> {
    let of_map = node.entries().iter().map(|entry| Variable {
        name: entry.key.clone(),
        value: entry.value.text().map(str::to_owned),
        place: if entry.value.text().is_some() { entry.value.place } else { entry.place },
    });
    let of_list = node.items().iter().filter_map(|item| {
        let text = item.text()?;
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        Some(Variable { name: name.to_owned(), value: value.map(str::to_owned), place: item.place })
    });
    of_map.chain(of_list).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Compose, split_image};
    use crate::source::Source;
    use crate::yaml::Budget;

    fn read(text: &str) -> Compose {
        let source = Arc::new(Source { name: "compose.yaml".into(), text: text.into() });
        Compose::parse(&source, &crate::embedded::catalog(), Budget { values: 1000 }).unwrap()
    }

    fn fault(text: &str) -> String {
        let source = Arc::new(Source { name: "compose.yaml".into(), text: text.into() });
        let budget = Budget { values: 1000 };
        Compose::parse(&source, &crate::embedded::catalog(), budget).expect_err("a fault").message
    }

    #[test]
    fn images_are_split_as_docker_does() {
        assert_eq!(split_image("postgres"), ("postgres", None));
        assert_eq!(split_image("localhost:5000/postgres"), ("localhost:5000/postgres", None));
        assert_eq!(split_image("localhost:5000/postgres:18@sha256:ab"), ("localhost:5000/postgres", Some("18")));
    }

    #[test]
    fn ports_are_read_in_every_form() {
        let forms = "services:\n  db:\n    image: bitnami/postgresql:17.2\n    ports:\n      - 5432\n      - \"5432:5432\"\n      \
                     - 127.0.0.1:5432:5432/tcp\n      - \"[::1]:5432:5432\"\n      - 0.0.0.0:1:1\n      - \
                     127.0.0.1:${PORT:-5432}:5432\n      - { target: 5432, published: \"5432\", host_ip: 10.0.0.1 }\n";
        let compose = read(forms);
        let service = &compose.services[0];
        let open: Vec<bool> = service.ports.iter().map(super::Port::is_open).collect();
        assert_eq!(open, [true, true, false, false, true, false, false]);
        let running = service.database.as_ref().unwrap();
        assert_eq!((running.id.as_str(), running.version.as_deref()), ("postgresql", Some("17")));
    }

    #[test]
    fn what_compose_allows_is_no_fault() {
        let compose = read(
            "x-odd: { ? [a, b] : 1, 5: !mine x }\nx-base: &base { mem_limit: 1g }\nx-more: &more { restart: always }\nservices:\n  \
             db:\n    <<: [*base, *more]\n    image: postgres:18\n    ports: !reset []\n  again:\n    <<: *base\n    <<: *more\n    \
             healthcheck: { test: [NONE] }\n---\nservices: { db: { healthcheck: { test: pg_isready } } }\n",
        );
        let [db, again, more] = compose.services.as_slice() else { panic!("three services") };
        for service in [db, again] {
            assert!(service.memory.is_some() && service.restart.is_some() && service.healthcheck.is_none());
        }
        assert!(more.healthcheck.is_some());
        assert_eq!(compose.named("db").count(), 2);
        assert_eq!(fault("# nothing\n---\n"), "the compose file is empty");
        assert_eq!(fault("- a\n"), "expected a compose file, which is a map");
    }

    #[test]
    fn mounts_are_read_with_their_options() {
        let compose = read(
            "services:\n  db:\n    tmpfs: [\"/tmp:size=64m\", /run]\n    volumes:\n      - a:/b:ro,z\n      - ${DATA:-./data}:/b/\n      \
             - C:\\data:/b\n      - /b\n      - { type: tmpfs, target: /b }\n",
        );
        let mounts = &compose.services[0].mounts;
        assert!(mounts[..5].iter().all(|mount| mount.folder() == "/b"), "{mounts:?}");
        let sources: Vec<_> = mounts.iter().map(|mount| mount.source.as_deref()).collect();
        let windows = Some("C:\\data");
        assert_eq!(sources, [Some("a"), Some("${DATA:-./data}"), windows, None, None, None, None]);
        assert_eq!(mounts.iter().filter(|mount| mount.is_memory).count(), 3);
        assert_eq!(mounts[5].target, "/tmp");
    }

    #[test]
    fn images_are_known_by_any_name() {
        let catalog = crate::embedded::catalog();
        let of = |image: &str| {
            let running = super::Running::of(image, &catalog);
            running.map(|one| (one.id, one.version.unwrap_or_default(), one.is_known))
        };
        let some = |id: &str, version: &str, is_known| Some((id.to_owned(), version.to_owned(), is_known));
        assert_eq!(of("docker.io/library/postgres:${V:-17}-alpine"), some("postgresql", "17", true));
        assert_eq!(of("pgvector/pgvector:pg17"), some("postgresql", "", true));
        assert_eq!(of("bitnami/redis:8.2.1"), some("redis", "8.2", false));
        assert_eq!(of("registry.example.com/team/mongo:8.0"), some("mongodb", "8.0", false));
        assert_eq!(of("prometheuscommunity/postgres-exporter:v0.18.1"), None);
    }

    #[test]
    fn commands_and_environments_are_read_in_both_forms() {
        let compose = read(
            "services:\n  a:\n    command: redis-server --save \"\" --requirepass 'a b'\n    environment: [A=1, B]\n  b:\n    \
             command: [postgres, -c, fsync=off]\n    environment: { A: 1, B: }\n    volumes: [data:/data:ro, /anonymous]\n",
        );
        let words = |service: usize| -> Vec<&str> {
            compose.services[service].command.iter().map(|word| word.value.as_str()).collect()
        };
        assert_eq!(words(0), ["redis-server", "--save", "", "--requirepass", "a b"]);
        assert_eq!(words(1), ["postgres", "-c", "fsync=off"]);
        for word in compose.services.iter().flat_map(|service| &service.command) {
            let pointed_at = &compose.source.text[word.place.range()];
            assert!(pointed_at == word.value || word.value.is_empty(), "{pointed_at}");
        }
        for service in &compose.services {
            let variables: Vec<_> =
                service.environment.iter().map(|one| (one.name.as_str(), one.value.as_deref())).collect();
            assert_eq!(variables, [("A", Some("1")), ("B", None)]);
        }
        assert_eq!(compose.services[1].mounts[0].target, "/data");
        assert_eq!(compose.services[1].mounts[1].source, None);
    }
}
