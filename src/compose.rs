//! The part of a compose file that rules look at, with places. What compose allows and no rule asks for is not read.

use std::sync::Arc;

use crate::catalog::{Catalog, Database, Version};
use crate::diagnostic::Diagnostic;
use crate::source::{Place, Placed, Source};
use crate::yaml::{self, Budget, Entry, Node, Value};

/// A compose file.
#[derive(Debug)]
pub struct Compose {
    /// Its text.
    pub source: Arc<Source>,
    /// Its services.
    pub services: Vec<Service>,
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
    /// What it publishes.
    pub ports: Vec<Port>,
    /// Its environment, with the values that stand in the file.
    pub environment: Vec<Variable>,
    /// Its command, in words.
    pub command: Vec<Placed<String>>,
    /// What it mounts.
    pub mounts: Vec<Mount>,
    /// Its check of health; `disable: true` is none.
    pub healthcheck: Option<Place>,
    /// Its limit of memory.
    pub memory: Option<Placed<String>>,
    /// Its profiles: it runs only when asked for.
    pub has_profiles: bool,
    /// How it starts again; a job that runs once does not.
    pub restart: Option<Placed<String>>,
}

/// The database that an image runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Its id in the catalog.
    pub id: String,
    /// The version of the catalog that the tag names, if it names one that is known.
    pub version: Option<String>,
}

/// A published port.
#[derive(Debug)]
pub struct Port {
    /// Where it stands.
    pub place: Place,
    /// The address of the host, where one is given.
    pub address: Option<String>,
    /// The port of the host, as it is written; absent where the engine picks one.
    pub published: Option<String>,
    /// The port of the container.
    pub target: String,
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

/// A mount.
#[derive(Debug)]
pub struct Mount {
    /// Where it stands.
    pub place: Place,
    /// What is mounted: the name of a volume, or a path; absent for an anonymous volume.
    pub source: Option<String>,
    /// Where it appears in the container.
    pub target: String,
}

impl Compose {
    /// Reads a compose file.
    ///
    /// # Errors
    /// The fault that makes the text no YAML, or no compose file.
    pub fn parse(source: &Arc<Source>, catalog: &Catalog, budget: Budget) -> Result<Self, Diagnostic> {
        let document = yaml::read(&source.text, budget)?;
        let Value::Mapping(_) = &document.root.value else {
            return Err(Diagnostic::error("expected a compose file").at(document.root.place, "no map"));
        };
        let services = document.root.get("services").map(Node::entries).unwrap_or_default();
        let services = services.iter().map(|entry| Service::read(entry, catalog)).collect();
        let secrets = document.root.get("secrets").map(Node::entries).unwrap_or_default();
        let file = |entry: &Entry| Some((entry.key.clone(), entry.value.get("file")?.placed()?));
        let secret_files = secrets.iter().filter_map(file).collect();
        Ok(Self { source: Arc::clone(source), services, secret_files })
    }
}

impl Service {
    fn read(entry: &Entry, catalog: &Catalog) -> Self {
        let node = &entry.value;
        let image = node.get("image").and_then(Node::placed);
        let limits = node.get("deploy").and_then(|deploy| deploy.get("resources")?.get("limits")?.get("memory"));
        let healthcheck = node.entry("healthcheck").filter(|check| {
            let says = |key: &str, value: &str| check.value.get(key).and_then(Node::text) == Some(value);
            !says("disable", "true") && !says("test", "NONE")
        });
        Self {
            name: Placed { value: entry.key.clone(), place: entry.place },
            database: image.as_ref().and_then(|image| Running::of(&image.value, catalog)),
            image,
            ports: node.get("ports").map(Node::items).unwrap_or_default().iter().filter_map(Port::read).collect(),
            environment: node.get("environment").map(variables).unwrap_or_default(),
            command: node.get("command").map(words).unwrap_or_default(),
            mounts: node.get("volumes").map(Node::items).unwrap_or_default().iter().filter_map(Mount::read).collect(),
            healthcheck: healthcheck.map(|check| check.place),
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

    /// The database that it runs as a server, as the catalog knows it.
    pub fn server<'c>(&self, catalog: &'c Catalog) -> Option<(&'c Database, Option<&'c Version>)> {
        let running = self.database.as_ref().filter(|_| !self.is_job() && !self.has_profiles)?;
        let database = catalog.get(&running.id)?;
        Some((database, running.version.as_deref().and_then(|version| database.version(version))))
    }
}

impl Running {
    /// The database of an image: by its repository as the catalog has it, or by its last part, as in
    /// `bitnami/postgresql`.
    fn of(image: &str, catalog: &Catalog) -> Option<Self> {
        let (repository, tag) = split_image(image);
        let name = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
        let last = name(repository);
        let runs = |database: &&Database| {
            let mut images = database.versions.iter().filter_map(|version| version.image.as_deref());
            database.id == last || images.any(|image| name(image) == last)
        };
        let database = catalog.databases().find(runs)?;
        let version = tag.and_then(|tag| version_of(tag, database));
        Some(Self { id: database.id.to_string(), version })
    }
}

/// The repository and the tag of an image; a digest is no tag.
pub fn split_image(image: &str) -> (&str, Option<&str>) {
    let named = image.split('@').next().unwrap_or(image);
    match named.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (named, None),
    }
}

/// The version of the catalog whose numbers a tag begins with: `18.1-trixie` is version 18.
fn version_of(tag: &str, database: &Database) -> Option<String> {
    let numbers = |text: &str| -> Vec<u64> {
        let digits = text.trim_start_matches('v').split(|c: char| !c.is_ascii_digit());
        digits.map_while(|part| part.parse().ok()).collect()
    };
    let tagged = numbers(tag.split('-').next().unwrap_or(tag));
    let version = database.versions.iter().find(|version| {
        let major = numbers(&version.major);
        !major.is_empty() && tagged.starts_with(&major)
    });
    version.map(|version| version.major.to_string())
}

impl Port {
    /// Reads `8080`, `"5432:5432"`, `"127.0.0.1:5432:5432/tcp"`, `"[::1]:5432:5432"` or the long form.
    fn read(node: &Node) -> Option<Self> {
        if !node.entries().is_empty() {
            let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
            let target = text("target")?;
            return Some(Self { place: node.place, address: text("host_ip"), published: text("published"), target });
        }
        let text = without_protocol(node.text()?);
        let (before, target) = split_last_colon(text).unwrap_or(("", text));
        let (address, published) = split_last_colon(before).unwrap_or(("", before));
        let some = |text: &str| (!text.is_empty()).then(|| text.trim_matches(['[', ']']).to_owned());
        Some(Self { place: node.place, address: some(address), published: some(published), target: target.to_owned() })
    }

    /// Whether anybody who reaches the host reaches it.
    pub fn is_open(&self) -> bool {
        // A variable may hold an address: it is taken as one.
        let is_loopback = |address: &str| address.starts_with("127.") || address == "::1" || address == "localhost";
        let is_variable = |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains('$'));
        let whole_variable = is_variable(&self.published) && self.address.is_none() && self.target.contains('}');
        !whole_variable && self.address.as_deref().is_none_or(|address| !is_loopback(address) && !address.contains('$'))
    }
}

fn without_protocol(text: &str) -> &str {
    text.rsplit_once('/').filter(|(_, protocol)| matches!(*protocol, "tcp" | "udp")).map_or(text, |(port, _)| port)
}

/// Splits at the last colon that stands in no `${…}`.
fn split_last_colon(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0u32;
    let at = text.char_indices().rev().find_map(|(at, c)| {
        match c {
            '}' => depth = depth.saturating_add(1),
            '{' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })?;
    Some((text.get(..at)?, text.get(at.saturating_add(1)..)?))
}

impl Mount {
    /// Reads `data:/var/lib/data`, `./conf:/etc/conf:ro`, `/anonymous` or the long form.
    fn read(node: &Node) -> Option<Self> {
        if !node.entries().is_empty() {
            let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
            return Some(Self { place: node.place, source: text("source"), target: text("target")? });
        }
        let text = node.text()?;
        let text = text.strip_suffix(":ro").or_else(|| text.strip_suffix(":rw")).unwrap_or(text);
        let (source, target) = split_last_colon(text).map_or((None, text), |(source, target)| (Some(source), target));
        Some(Self { place: node.place, source: source.map(str::to_owned), target: target.to_owned() })
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

/// A command in words: the items of a list, or a text split as a shell would, quotes respected.
fn words(node: &Node) -> Vec<Placed<String>> {
    let listed = node.items().iter().filter_map(Node::placed);
    let Some(text) = node.text() else { return listed.collect() };
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words.into_iter().map(|value| Placed { value, place: node.place }).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Compose, split_image};
    use crate::catalog::Catalog;
    use crate::source::Source;
    use crate::yaml::Budget;

    fn read(text: &str) -> Compose {
        let source = Arc::new(Source { name: "compose.yaml".into(), text: text.into() });
        Compose::parse(&source, &Catalog::embedded().unwrap(), Budget { values: 1000 }).unwrap()
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
        assert_eq!(open, [true, true, false, false, true, false, true]);
        let running = service.database.as_ref().unwrap();
        assert_eq!((running.id.as_str(), running.version.as_deref()), ("postgresql", Some("17")));
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
        for service in &compose.services {
            let variables: Vec<_> =
                service.environment.iter().map(|one| (one.name.as_str(), one.value.as_deref())).collect();
            assert_eq!(variables, [("A", Some("1")), ("B", None)]);
        }
        assert_eq!(compose.services[1].mounts[0].target, "/data");
        assert_eq!(compose.services[1].mounts[1].source, None);
    }
}
