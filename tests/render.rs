//! Rendering: every example gives a stack whose parts agree, the same bytes each time.

use std::collections::{BTreeMap, BTreeSet};

use catalog::Catalog;
use catalog::units::Bytes;
use catalog::vocabulary::Environment;

use polyglot::config::Policy;
use polyglot::decide::{DecisionContext, Depth, Selection, Tree};
use polyglot::plan::{Plan, PlanError};
use polyglot::render::{Certificate, Kitchen, Options, Stack, Wish};
use polyglot::size::{Host, Reckoner};
use serde_yaml::Value;

use crate::support::{parse, project};

const OPTIONS: Options = Options { port_base: None, wish: Wish::ALL, version: "0.0.0" };

/// The files of a requirements text, by path, and the plan's figures.
pub(crate) struct Rendered {
    pub(crate) files: BTreeMap<String, String>,
    secrets: BTreeSet<String>,
    memory: u64,
    host: u64,
}

fn render(text: &str, environment: Option<Environment>) -> Result<Rendered, PlanError> {
    render_with(&polyglot::embedded::catalog(), text, environment)
}

pub(crate) fn render_with(
    catalog: &Catalog,
    text: &str,
    environment: Option<Environment>,
) -> Result<Rendered, PlanError> {
    render_in(&Kitchen::default(), catalog, text, environment)
}

/// The same with templates that are filled in in another way.
pub(crate) fn render_in(
    kitchen: &Kitchen,
    catalog: &Catalog,
    text: &str,
    environment: Option<Environment>,
) -> Result<Rendered, PlanError> {
    let tree = Tree::embedded(catalog).unwrap();
    let requirements = parse(text, catalog).unwrap_or_else(|faults| panic!("{:?}", faults.diagnostics));
    let policy = Policy::default();
    let facts = DecisionContext::new(crate::support::knowledge(catalog, &tree, &policy), &requirements);
    let selection = Selection::of(&requirements, &facts, Depth::Answer);
    let host = Host::of(&requirements.target, environment);
    let plan = Plan::of(&requirements, &selection, catalog, &Reckoner::default(), host)?;
    let jobs = plan.services.iter().flat_map(|service| &service.jobs).map(|job| job.memory.0);
    let memory = plan.services.iter().map(|service| service.memory.0).chain(jobs).sum::<u64>() + plan.system.0;
    let stack = Stack::with(&plan, OPTIONS, kitchen).unwrap_or_else(|error| panic!("{error}"));
    let files = stack.artifacts.into_iter().map(|artifact| (artifact.path, artifact.content)).collect();
    let certificates = Certificate::paths(&stack.certificates);
    let secrets = stack.secrets.into_iter().map(|secret| secret.path).chain(certificates).collect();
    Ok(Rendered { files, secrets, memory, host: host.memory.0 })
}

pub(crate) fn examples() -> Vec<(String, String)> {
    let folder = std::fs::read_dir(project("requirements-examples")).unwrap();
    let files =
        folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "yaml"));
    let mut files: Vec<_> =
        files.map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())).collect();
    files.sort();
    files
}

/// The templates of the binary are compiled when it is built, those of further folders when they are used.
#[test]
fn a_template_writes_the_same_whenever_it_is_compiled() {
    let mut catalog = polyglot::embedded::catalog();
    for folder in std::fs::read_dir(project("templates")).unwrap().map(|entry| entry.unwrap().path()) {
        let file = folder.join("database.toml");
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names = names.filter(|name| catalog::Folder::takes(name));
        let files = names.map(|name| (name.clone(), std::fs::read_to_string(folder.join(name)).unwrap())).collect();
        let source = polyglot::source::Source { name: file.display().to_string(), text };
        polyglot::extra::add(&mut catalog, &source, files).unwrap();
    }
    for (name, text) in examples() {
        let (built, read) = (render(&text, None).unwrap(), render_with(&catalog, &text, None).unwrap());
        for (path, file) in &built.files {
            assert_eq!(Some(file), read.files.get(path), "{name}: {path}");
        }
        assert_eq!(built.files.len(), read.files.len(), "{name}");
    }
}

fn compose(rendered: &Rendered) -> Value {
    serde_yaml::from_str(&rendered.files["compose.yaml"]).unwrap()
}

fn names(value: &Value) -> Vec<String> {
    value.as_mapping().into_iter().flatten().map(|(name, _)| name.as_str().unwrap().to_owned()).collect()
}

fn list<'v>(value: &'v Value, key: &str) -> Vec<&'v Value> {
    value.get(key).and_then(Value::as_sequence).into_iter().flatten().collect()
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for (name, text) in examples() {
        let once = render(&text, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = render(&text, None).unwrap();
        assert_eq!(once.files, again.files, "{name}");
        assert_eq!(once.secrets, again.secrets, "{name}");
    }
}

#[test]
fn what_the_compose_file_names_is_there_and_nothing_else_is() {
    for (name, text) in examples() {
        for environment in Environment::ALL {
            let rendered = render(&text, Some(*environment)).unwrap_or_else(|error| panic!("{name}: {error}"));
            let compose = compose(&rendered);
            let (volumes, secrets) = (names(&compose["volumes"]), names(&compose["secrets"]));
            let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
            for (service, body) in compose["services"].as_mapping().unwrap() {
                let service = service.as_str().unwrap();
                for mount in list(body, "volumes") {
                    let source = mount["source"].as_str().unwrap();
                    match source.strip_prefix("./") {
                        Some(file) => {
                            assert!(rendered.files.contains_key(file), "{name} {service}: {file} is not written");
                            assert_eq!(mount["bind"]["create_host_path"], Value::from(false));
                            used.entry("file").or_default().insert(file.to_owned());
                        }
                        None => {
                            assert!(volumes.contains(&source.to_owned()), "{name} {service}: {source}");
                            used.entry("volume").or_default().insert(source.to_owned());
                        }
                    }
                }
                for secret in list(body, "secrets") {
                    let source = secret["source"].as_str().unwrap();
                    assert!(secrets.contains(&source.to_owned()), "{name} {service}: {source}");
                    used.entry("secret").or_default().insert(format!("secrets/{source}"));
                }
                for file in list(body, "env_file") {
                    let file = file.as_str().unwrap().strip_prefix("./").unwrap();
                    used.entry("secret").or_default().insert(file.to_owned());
                }
                if let Some(folder) = body.get("build") {
                    let folder = folder["context"].as_str().unwrap().strip_prefix("./").unwrap();
                    assert!(rendered.files.keys().any(|file| file.starts_with(folder)), "{name} {service}");
                }
            }
            let mounted = used.remove("secret").unwrap_or_default();
            // A server that takes its key and its certificate in one file mounts neither of them apart.
            let is_in_one_file = |path: &&String| {
                let stem = path.strip_suffix(".crt").or_else(|| path.strip_suffix(".key"));
                stem.is_some_and(|stem| stem.ends_with("_tls") && mounted.contains(&format!("{stem}.pem")))
            };
            let made: BTreeSet<String> = rendered
                .secrets
                .iter()
                .filter(|path| mounted.contains(*path) || !is_in_one_file(path))
                .cloned()
                .collect();
            assert_eq!(mounted, made, "{name}: secrets");
            assert_eq!(used.remove("volume").unwrap_or_default(), volumes.into_iter().collect(), "{name}: volumes");
        }
    }
}

#[test]
fn every_service_is_bounded_and_hardened() {
    for (name, text) in examples() {
        for environment in Environment::ALL {
            let rendered = render(&text, Some(*environment)).unwrap();
            assert!(rendered.memory <= rendered.host, "{name}: {} of {}", rendered.memory, rendered.host);
            for (service, body) in compose(&rendered)["services"].as_mapping().unwrap() {
                let service = service.as_str().unwrap();
                let limits = &body["deploy"]["resources"]["limits"];
                assert!(limits["memory"].is_string() && limits["cpus"].is_string(), "{name} {service}");
                assert_eq!(body["cap_drop"][0], Value::from("ALL"), "{name} {service}");
                assert_eq!(body["security_opt"][0], Value::from("no-new-privileges:true"), "{name} {service}");
                assert_eq!(body["logging"]["options"]["max-size"], Value::from("10m"), "{name} {service}");
                let image = body.get("image").and_then(Value::as_str).unwrap_or("built:1");
                let tag = image.rsplit('/').next().unwrap().split_once(':').map(|(_, tag)| tag);
                assert!(tag.is_some_and(|tag| tag != "latest"), "{name} {service}: {image}");
                let ports = list(body, "ports");
                assert!(ports.is_empty() || *environment == Environment::Development, "{name} {service}");
                assert!(ports.iter().all(|port| port["host_ip"] == "127.0.0.1"), "{name} {service}");
                let runs_on = body["restart"] == "unless-stopped";
                assert!(!runs_on || body.get("healthcheck").is_some(), "{name} {service}: no healthcheck");
            }
        }
    }
}

#[test]
fn published_ports_do_not_collide() {
    for (name, text) in examples() {
        let rendered = render(&text, Some(Environment::Development)).unwrap();
        let mut seen = BTreeSet::new();
        for (service, body) in compose(&rendered)["services"].as_mapping().unwrap() {
            for port in list(body, "ports") {
                let published = port["published"].as_str().unwrap();
                let default = published.rsplit(":-").next().unwrap().trim_end_matches('}').to_owned();
                assert!(seen.insert(default.clone()), "{name} {service:?}: {default}");
            }
        }
    }
}

#[test]
fn no_secret_is_in_another_file() {
    for (name, text) in examples() {
        let rendered = render(&text, None).unwrap();
        for (path, content) in &rendered.files {
            assert!(!content.contains('\u{1}'), "{name}: {path} holds a secret's place");
        }
    }
}

#[test]
fn a_changed_file_changes_the_label_of_its_service_alone() {
    let text = |retention: &str| {
        format!(
            "version: 1\ntarget: {{ memory: 32GB }}\ndata:\n  a:\n    kind: user_profile\n    data_size: 1GB\n    \
             connections: {retention}\n  b:\n    durability: cache\n    data_size: 1GB\n"
        )
    };
    let labels = |text: &str| {
        let compose = compose(&render(text, None).unwrap());
        let services = compose["services"].as_mapping().unwrap().clone();
        services
            .iter()
            .map(|(name, body)| {
                let label = body["labels"]["polyglot.config-hash"].as_str().unwrap().to_owned();
                (name.as_str().unwrap().to_owned(), label)
            })
            .collect::<BTreeMap<_, _>>()
    };
    let (before, after) = (labels(&text("50")), labels(&text("60")));
    assert_ne!(before["postgresql"], after["postgresql"]);
    assert_eq!(before["redis-cache"], after["redis-cache"]);
}

#[test]
fn a_host_that_is_too_small_is_refused_with_the_smallest_that_would_do() {
    let text = |memory: &str| {
        format!(
            "version: 1\ntarget: {{ memory: {memory} }}\ndata:\n  a: {{ kind: user_profile }}\n  b: {{ durability: \
             primary, real_time: true, data_size: 900MB }}\n  c: {{ kind: log, records: 50M, durability: derived, source: a }}\n"
        )
    };
    let Err(PlanError::TooSmall(small)) = render(&text("1GB"), None) else { panic!("1 GB is too small") };
    assert!(small.refusal().contains("postgresql: the minimum that it runs with"), "{}", small.refusal());
    let Bytes(smallest) = small.memory.smallest;
    assert!(render(&text(&format!("{smallest}B")), None).is_ok());
    assert!(render(&text(&format!("{}B", smallest - (1 << 20))), None).is_err());
}

#[test]
fn what_runs_elsewhere_is_documented_instead() {
    let text = "version: 1\ntarget: { memory: 16GB }\ndata:\n  a: { kind: user_profile }\n  files: { kind: file, \
                database: s3, justification: we have it }\n";
    let rendered = render(text, None).unwrap();
    assert!(rendered.files["README.md"].contains("### Amazon S3"));
    assert!(rendered.files["endpoints.json"].contains("\"database\": \"s3\""));
    assert!(!rendered.files["compose.yaml"].contains("s3"));
}
