//! A service of a compose project: what of it rules look at.

use std::path::{Path, PathBuf};

use catalog::Catalog;

use super::dockerfile::{self, Built};
use super::files::Files;
use super::image::Running;
use super::mount::Mount;
use super::port::Port;
use super::text::{Variables, locate, words};
use crate::source::{Place, Placed};
use crate::yaml::{Entry, Node, Value};

/// A service.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own that a rule asks for")]
pub struct Service {
    /// Its name.
    pub name: Placed<String>,
    /// Its image, or that which its build begins with, with its variables filled in; absent where neither is known.
    pub image: Option<Placed<String>>,
    /// The database that its image runs.
    pub database: Option<Running>,
    /// Whether it is built here.
    pub is_built: bool,
    /// Whether the image that it builds on is known.
    pub has_known_base: bool,
    /// Whether it goes on from a service that cannot be read.
    pub goes_on: bool,
    /// Whether it is only a part: it has neither an image nor a build.
    pub is_part: bool,
    /// What it publishes.
    pub ports: Vec<Port>,
    /// Its environment, that of its files first.
    pub environment: Vec<Variable>,
    /// Whether there may be variables that we have not seen.
    pub has_more_environment: bool,
    /// Its entrypoint and its command, in words.
    pub command: Vec<Placed<String>>,
    /// What it mounts.
    pub mounts: Vec<Mount>,
    /// Whether it mounts what another container does.
    pub mounts_elsewhere: bool,
    /// Its check of health; `disable: true` and one without a `test` are none.
    pub healthcheck: Option<Place>,
    /// A `healthcheck` that checks nothing, because it has no `test`.
    pub idle_healthcheck: Option<Place>,
    /// A `healthcheck` that is switched off.
    pub disabled_healthcheck: Option<Place>,
    /// Its limit of memory.
    pub memory: Option<Placed<String>>,
    /// Whether it has a `deploy`.
    pub has_deploy: bool,
    /// Its profiles: it runs only when asked for.
    pub has_profiles: bool,
    /// How it starts again.
    pub restart: Option<Placed<String>>,
    /// The services that it waits for.
    pub dependencies: Vec<Dependency>,
    /// Whether it works on a service that runs the same database.
    pub is_helper: bool,
}

/// A variable of the environment.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value as it is written, where there is one.
    pub value: Option<String>,
    /// Its value with variables filled in; nothing where only the environment knows it.
    pub filled: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// A service that another one waits for.
#[derive(Debug)]
pub struct Dependency {
    /// Its name.
    pub name: Placed<String>,
    /// What is waited for: `service_started` unless another is named.
    pub condition: String,
}

/// What services are read with.
pub(super) struct Reading<'a, 'r> {
    pub(super) catalog: &'a Catalog,
    pub(super) variables: &'a Variables,
    pub(super) files: &'a mut Files<'r>,
}

impl Service {
    pub(super) fn read(entry: &Entry, reading: &mut Reading<'_, '_>) -> Self {
        let node = &entry.value;
        let variables = reading.variables;
        let list = |key: &str| node.get(key).map(Node::items).unwrap_or_default().iter();
        let known = |placed: Placed<String>| Placed { value: variables.fill(&placed.value).text, ..placed };
        let image = node.get("image").and_then(Node::placed).map(known);
        let build = node.get("build").filter(|build| !matches!(build.value, Value::Null));
        let made = build.and_then(|build| built(build, reading));
        let base = made.as_ref().and_then(|made| made.image.clone());
        let running = |image: &Option<Placed<String>>| Running::of(&image.as_ref()?.value, reading.catalog);
        let limits = node.get("deploy").and_then(|deploy| deploy.get("resources")?.get("limits")?.get("memory"));
        let memory = node.get("tmpfs").into_iter().chain(list("tmpfs")).filter_map(Mount::memory);
        // With the host's own network nothing is published, whatever stands there.
        let is_on_host = node.get("network_mode").and_then(Node::text) == Some("host");
        let ports = list("ports").filter(|_| !is_on_host).filter_map(|node| Port::read(node, variables));
        let check = node.entry("healthcheck").filter(|check| !matches!(check.value.value, Value::Null));
        let (checks, idle) = check.map_or((false, false), |check| is_check(&check.value));
        let of_image = made.as_ref().is_some_and(|made| made.has_healthcheck);
        let (own, has_more_environment) = environment(node, reading);
        let set = made.iter().flat_map(|made| &made.environment).map(|(name, value, place)| {
            let value = Some(value.clone());
            Variable { name: name.clone(), filled: value.clone(), value, place: *place }
        });
        Self {
            name: Placed { value: entry.key.clone(), place: entry.place },
            database: running(&base).or_else(|| running(&image)),
            is_part: image.is_none() && build.is_none(),
            has_known_base: base.is_some(),
            image: base.or(image),
            is_built: build.is_some(),
            goes_on: node.get("extends").is_some(),
            ports: ports.collect(),
            environment: set.chain(own).collect(),
            has_more_environment,
            command: command(node, made.as_ref(), reading),
            mounts: list("volumes").filter_map(|node| Mount::read(node, variables)).chain(memory).collect(),
            mounts_elsewhere: node.get("volumes_from").is_some(),
            healthcheck: check.map(|check| check.place).filter(|_| checks || (idle && of_image)).or_else(|| {
                let brought = of_image && check.is_none();
                brought.then_some(entry.place)
            }),
            idle_healthcheck: check.map(|check| check.place).filter(|_| idle),
            disabled_healthcheck: check.map(|check| check.place).filter(|_| !idle && !checks),
            memory: limits.or_else(|| node.get("mem_limit")).and_then(Node::placed),
            has_deploy: node.get("deploy").is_some(),
            has_profiles: node.get("profiles").is_some_and(|profiles| !profiles.items().is_empty()),
            restart: node.get("restart").and_then(Node::placed),
            dependencies: node.get("depends_on").map(dependencies).unwrap_or_default(),
            is_helper: false,
        }
    }

    /// What a finding about it is about: `services.db`.
    pub fn about(&self) -> String {
        format!("services.{}", self.name.value)
    }

    /// Whether it starts again by itself when it ends.
    pub fn starts_again(&self) -> bool {
        self.restart.as_ref().is_some_and(|restart| restart.value != "no")
    }

    /// The variable of a name that holds: the last one.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.environment.iter().rev().find(|variable| variable.name == name)
    }
}

/// Whether a healthcheck checks anything, and whether it does not because it has no `test`; `disable: true` and
/// `test: NONE` are meant.
fn is_check(check: &Node) -> (bool, bool) {
    let is_disabled = check.get("disable").and_then(Node::text) == Some("true");
    let test = check.get("test").filter(|test| !matches!(test.value, Value::Null));
    let first = test.and_then(|test| test.text().or_else(|| test.items().first().and_then(Node::text)));
    let is_idle = !is_disabled && first.is_none();
    (!is_disabled && first.is_some_and(|first| first != "NONE"), is_idle)
}

/// What is built, where its Dockerfile can be read.
fn built(build: &Node, reading: &mut Reading<'_, '_>) -> Option<Built> {
    let variables = reading.variables;
    let text = |key: &str| build.get(key).and_then(Node::text).map(|text| variables.fill(text).text);
    let arguments = build.get("args").map(variables_of).unwrap_or_default();
    let arguments = arguments.into_iter().filter_map(|one| {
        let value = variables.fill(one.value.as_deref()?);
        (!value.is_open).then_some((one.name, value.text))
    });
    let arguments: Vec<(String, String)> = arguments.collect();
    let target = text("target");
    if let Some(inline) = build.get("dockerfile_inline").and_then(Node::placed) {
        let mut made = reading
            .files
            .may_read(inline.value.len())
            .then(|| dockerfile::read(&inline.value, &arguments, target.as_deref()))??;
        made.place(|_| inline.place);
        return Some(made);
    }
    let context = build.text().map(|text| variables.fill(text).text).or_else(|| text("context"));
    let context = context.unwrap_or_else(|| String::from("."));
    if context.contains("://") || context.starts_with("git@") || context.contains('$') {
        return None;
    }
    let path =
        reading.files.folder.join(context).join(text("dockerfile").unwrap_or_else(|| String::from("Dockerfile")));
    let (start, source) = reading.files.text(&path)?;
    if !reading.files.may_read(source.text.len()) {
        return None;
    }
    let mut made = dockerfile::read(&source.text, &arguments, target.as_deref())?;
    made.place(|place| place.shifted(start));
    Some(made)
}

/// The entrypoint and the command, in words: the service's own, or those of what is built.
fn command(node: &Node, built: Option<&Built>, reading: &Reading<'_, '_>) -> Vec<Placed<String>> {
    let said = |key: &str| node.get(key).filter(|node| !matches!(node.value, Value::Null)).map(words);
    let (entrypoint, command) = (said("entrypoint"), said("command"));
    // An entrypoint of the service takes the command of the image away.
    let inherited = built.and_then(|built| built.command.clone()).filter(|_| entrypoint.is_none());
    let entrypoint = entrypoint.or_else(|| built?.entrypoint.clone()).unwrap_or_default();
    let command = command.or(inherited).unwrap_or_default();
    let mut words: Vec<_> = entrypoint.into_iter().chain(command).collect();
    locate(&mut words, &reading.files.sources);
    words
}

/// The environment: what the files of `env_file` say, and then what the service does.
fn environment(node: &Node, reading: &mut Reading<'_, '_>) -> (Vec<Variable>, bool) {
    let mut found = Vec::new();
    let mut has_more = false;
    let own = |node: &Node| node.text().map(|text| (text.to_owned(), false, true));
    let long = |node: &Node| {
        let text = |key: &str| node.get(key).and_then(Node::text);
        Some((text("path")?.to_owned(), text("format") == Some("raw"), text("required") != Some("false")))
    };
    let files = node.get("env_file").into_iter();
    let files = files.flat_map(|node| std::iter::once(node).filter(|node| node.text().is_some()).chain(node.items()));
    let files: Vec<_> = files.filter_map(|node| own(node).or_else(|| long(node))).collect();
    if !files.is_empty() {
        let mut known = reading.variables.clone();
        for (path, is_raw, _) in files {
            let path: PathBuf = reading.files.folder.join(Path::new(&reading.variables.fill(&path).text));
            let Some(assignments) = reading.files.assignments(&path, &mut known, is_raw) else {
                has_more = true;
                continue;
            };
            found.extend(assignments.into_iter().map(|one| Variable {
                name: one.name,
                value: one.value.clone(),
                filled: one.value,
                place: one.place,
            }));
        }
    }
    let mut own = node.get("environment").map(variables_of).unwrap_or_default();
    for variable in &mut own {
        let filled = variable.value.as_deref().map(|value| reading.variables.fill(value));
        variable.filled = filled.filter(|filled| !filled.is_open).map(|filled| filled.text);
    }
    found.extend(own);
    (found, has_more)
}

/// Names and values, as a map or as a list of `NAME=value`.
fn variables_of(node: &Node) -> Vec<Variable> {
    let of_map = node.entries().iter().map(|entry| Variable {
        name: entry.key.clone(),
        value: entry.value.text().map(str::to_owned),
        filled: None,
        place: if entry.value.text().is_some() { entry.value.place } else { entry.place },
    });
    let of_list = node.items().iter().filter_map(|item| {
        let text = item.text()?;
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let (name, value) = (name.to_owned(), value.map(str::to_owned));
        Some(Variable { name, value, filled: None, place: item.place })
    });
    of_map.chain(of_list).collect()
}

/// What is waited for, as a list of names or as a map with conditions.
fn dependencies(node: &Node) -> Vec<Dependency> {
    const STARTED: &str = "service_started";
    let named = node.items().iter().filter_map(Node::placed);
    let named = named.map(|name| Dependency { name, condition: STARTED.to_owned() });
    let long = node.entries().iter().map(|entry| Dependency {
        name: Placed { value: entry.key.clone(), place: entry.place },
        condition: entry.value.get("condition").and_then(Node::text).unwrap_or(STARTED).to_owned(),
    });
    named.chain(long).collect()
}
