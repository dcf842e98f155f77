//! A compose project, as `docker compose config` puts it together, in the part that rules look at, with places: files
//! merged, variables filled in, services with what they go on from and with what they are built on. What compose allows
//! and no rule asks for is not read.

mod dockerfile;
mod dotenv;
mod extends;
mod files;
mod image;
mod merge;
mod mount;
mod port;
mod server;
mod service;
mod text;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

pub use files::Read;
pub use image::{Running, names_version, split_image, without_registry};
pub use mount::Mount;
pub use port::Port;
pub use server::is_among;
pub use service::{Dependency, Service, Variable};
pub use text::{Filled, Variables, filled, program};

use catalog::Catalog;

use crate::diagnostic::Diagnostic;
use crate::source::{Placed, Source, Sources};
use crate::yaml::{Budget, Entry, Merging, Value};
use files::Files;
use service::Reading;

/// A compose project.
#[derive(Debug)]
pub struct Compose {
    /// The texts that it was read from. All places are places among them.
    pub sources: Sources,
    /// How many of them are compose files; they come first.
    pub files: usize,
    /// Its services.
    pub services: Vec<Service>,
    /// The place of the service of each name.
    by_name: HashMap<String, usize>,
    /// The secrets that are files, with the path of each.
    pub secret_files: Vec<(String, Placed<String>)>,
    /// What `.env` says.
    pub variables: Variables,
    /// What stands in `.env`.
    pub assignments: Vec<Variable>,
}

/// Why a project cannot be read: the file that is wrong, and what is wrong with it.
#[derive(Debug)]
pub struct Fault {
    pub source: Arc<Source>,
    pub diagnostic: Box<Diagnostic>,
}

/// What a project is read with.
#[derive(Clone, Copy)]
pub struct Reader<'r> {
    pub catalog: &'r Catalog,
    pub budget: Budget,
    /// Where the paths that its files name begin.
    pub folder: &'r Path,
    /// Reads what they name.
    pub read: Read<'r>,
}

impl Compose {
    /// Reads a compose file that stands alone, and nothing beside it.
    ///
    /// # Errors
    /// The fault that makes the text no YAML, or no compose file.
    pub fn parse(source: &Arc<Source>, catalog: &Catalog, budget: Budget) -> Result<Self, Diagnostic> {
        let reader = Reader { catalog, budget, folder: Path::new(""), read: &|_| None };
        Self::of(&[Arc::clone(source)], reader).map_err(|fault| *fault.diagnostic)
    }

    /// Reads the compose files of a project, each merged into those before it.
    ///
    /// # Errors
    /// The first fault that makes one of them no YAML, or no compose file. What other programs may make of it is theirs:
    /// tags of their own, fields that nobody knows.
    pub fn of(sources: &[Arc<Source>], reader: Reader<'_>) -> Result<Self, Fault> {
        let mut files = Files::new(reader.folder.to_owned(), reader.budget, reader.read);
        let mut roots = Vec::new();
        for source in sources {
            let fault = |diagnostic| Fault { source: Arc::clone(source), diagnostic: Box::new(diagnostic) };
            let documents = if says_nothing(&source.text) {
                files.sources.add(Arc::clone(source));
                Vec::new()
            } else {
                files.documents(source).map_err(fault)?
            };
            for root in documents {
                if !matches!(root.value, Value::Mapping(_) | Value::Null) {
                    let wrong = Diagnostic::error("expected a compose file, which is a map");
                    return Err(fault(wrong.at(root.place, format!("this is {}", root.value.shape()))));
                }
                roots.push(root);
            }
        }
        let mut variables = Variables::default();
        let env = files.assignments(&reader.folder.join(".env"), &mut variables, false);
        let assignments = env.unwrap_or_default().into_iter().map(|one| Variable {
            name: one.name,
            value: one.value.clone(),
            filled: one.value,
            place: one.place,
        });
        let assignments = assignments.collect();
        let mut merged = Merged::default();
        let mut secrets = Merged::default();
        for root in roots {
            let Value::Mapping(entries) = root.value else { continue };
            for entry in entries {
                let Value::Mapping(named) = entry.value.value else { continue };
                match entry.key.as_str() {
                    "services" => {
                        let named = extends::resolve(named, reader.folder, &mut files, &variables);
                        merged.take(named, &variables);
                    }
                    "secrets" => secrets.take(named, &variables),
                    _ => {}
                }
            }
        }
        let mut reading = Reading { catalog: reader.catalog, variables: &variables, files: &mut files };
        let services = merged.settled().map(|entry| Service::read(&entry, &mut reading)).collect();
        let file = |entry: Entry| Some((entry.key.clone(), entry.value.get("file")?.placed()?));
        let secret_files = secrets
            .settled()
            .filter_map(file)
            .map(|(name, path)| (name, Placed { value: variables.fill(&path.value).text, ..path }));
        let secret_files = secret_files.collect();
        let (sources, files) = (files.sources, sources.len());
        let mut compose =
            Self { sources, files, services, by_name: HashMap::new(), secret_files, variables, assignments };
        for (place, service) in compose.services.iter().enumerate() {
            compose.by_name.insert(service.name.value.clone(), place);
        }
        let helpers: Vec<bool> = compose.services.iter().map(|service| compose.works_on_another(service)).collect();
        compose.services.iter_mut().zip(helpers).for_each(|(service, is_helper)| service.is_helper = is_helper);
        Ok(compose)
    }

    /// The service of a name.
    pub fn named(&self, name: &str) -> Option<&Service> {
        self.by_name.get(name).and_then(|place| self.services.get(*place))
    }

    /// The compose files themselves, without what they name.
    pub fn own_sources(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.sources.iter().take(self.files)
    }

    /// Whether a service waits for another one that runs the same database.
    fn works_on_another(&self, service: &Service) -> bool {
        let Some(database) = &service.database else { return false };
        let others = service.dependencies.iter().filter_map(|other| self.named(&other.name.value));
        others.filter_map(|other| other.database.as_ref()).any(|other| other.id == database.id)
    }

    /// Whether a file is one part of a project and cannot stand alone: a service has neither an image nor a build, and
    /// another file has it.
    pub fn is_part_of(&self, base: &Self) -> bool {
        let has_more = |service: &Service| base.named(&service.name.value).is_some_and(|other| !other.is_part);
        self.services.iter().any(|service| service.is_part && !service.goes_on && has_more(service))
    }
}

/// Entries of several files, merged by name.
#[derive(Default)]
struct Merged {
    entries: Vec<Entry>,
    at: HashMap<String, usize>,
}

impl Merged {
    fn take(&mut self, entries: Vec<Entry>, variables: &Variables) {
        for entry in entries {
            match self.at.get(&entry.key).and_then(|index| self.entries.get_mut(*index)) {
                Some(known) => merge::service(&mut known.value, entry.value, variables),
                None => {
                    self.at.insert(entry.key.clone(), self.entries.len());
                    self.entries.push(entry);
                }
            }
        }
    }

    fn settled(self) -> impl Iterator<Item = Entry> {
        let kept = self.entries.into_iter().filter(|entry| entry.value.merging != Merging::Reset);
        kept.map(|mut entry| {
            merge::settle(&mut entry.value);
            entry
        })
    }
}

/// Whether a text holds comments at most.
pub fn says_nothing(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#') || line == "---")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Compose;
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
        let [db, again] = compose.services.as_slice() else { panic!("two services") };
        for service in [db, again] {
            assert!(service.memory.is_some() && service.restart.is_some());
        }
        assert!(db.healthcheck.is_some() && again.healthcheck.is_none(), "a second document is merged into the first");
        assert!(read("# nothing\n---\n").services.is_empty());
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
        assert_eq!(sources, [Some("a"), Some("./data"), windows, None, None, None, None]);
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
        assert_eq!(of("docker.io/library/postgres:17-alpine"), some("postgresql", "17", true));
        assert_eq!(of("pgvector/pgvector:pg17"), some("postgresql", "17", true));
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
            let pointed_at = compose.sources.text(word.place);
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
