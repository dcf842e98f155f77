//! `missing-volume`

use catalog::{DataFolder, Database, Text, Version};

use super::prelude::*;
use crate::compose::{Mount, Service};
use crate::lint::subject::{Setting, last};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("missing-volume"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "A database keeps its data in the container.",
    why: "What no volume and no folder of the host holds belongs to the container: `docker compose down`, or an `up` \
          after a change of the file, makes a new one and starts with an empty database. A volume that is mounted \
          beside the data folder does not help.",
    source: "https://docs.docker.com/engine/storage/volumes/",
    bad: examples! {
        "compose.yaml": r"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                healthcheck: { test: [CMD, pg_isready] }
        ";
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                volumes: ["db:/var/lib/postgres", "./init.sql:/docker-entrypoint-initdb.d/init.sql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r"
            services:
              db:
                image: mongo:8.0
                volumes: [/data/db]
        ";
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                volumes: ["db:/var/lib/postgresql/data"]
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:17.2
                volumes: ["db:/var/lib/postgresql"]
            volumes:
              db:
        "#;
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r"
            services:
              db:
                image: postgres:17.2
                mem_limit: 1g
                volumes:
                  - { type: bind, source: ./data, target: /var/lib/postgresql/data }
                healthcheck: { test: [CMD, pg_isready] }
        ";
        "compose.yaml": r"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                tmpfs: /var/lib/postgresql
                healthcheck: { test: [CMD, pg_isready] }
        ";
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                environment: { PGDATA: /srv/pg/data }
                mem_limit: 1g
                volumes: ["db:/srv/pg"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server --save "" --maxmemory 1gb --maxmemory-policy allkeys-lru
        "#;
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, database, version) in file.servers() {
        let folders = folders(file, service, database, version);
        if folders.is_empty() || is_cache(file, service, database) {
            continue;
        }
        let is_known = service.database.as_ref().is_some_and(|running| running.is_known)
            && (!service.is_built || service.has_known_base);
        let named = named(file, service, database);
        let keeps = |part: &Service| {
            part.mounts_elsewhere
                || part.mounts.iter().any(|mount| !is_known && is_kept(mount) || keeps(mount, &folders, &named))
        };
        if file.says(service, keeps) {
            continue;
        }
        let Some(folder) = folders.first() else { continue };
        let message = format!("the data of {} goes with the container", database.name);
        let beside = service.mounts.iter().find(|mount| mount.source.is_some() && !is_for_others(mount));
        let lies = named.first().map_or(folder.path.as_str(), String::as_str);
        let text = format!("nothing holds `{lies}`");
        let mut violation = Violation::new(service.about(), file.at(service.name.place, text), message);
        if let Some(mount) = beside {
            violation = violation.also(file.at(mount.place, format!("`{}` does not hold its data", mount.target)));
        }
        let wanted = named.first().map_or_else(|| folder.volume.as_deref().unwrap_or(&folder.path), String::as_str);
        let name = &service.name.value;
        let violation = violation.help(format!("mount a volume there: `volumes: [\"{name}-data:{wanted}\"]`"));
        let is_other = version.is_some() && beside.is_some();
        violations.push(
            folder.note.iter().filter(|_| is_other).fold(violation, |violation, note| violation.help(note.as_str())),
        );
    }
}

/// Where a database keeps its data, the newest version's first: as its folder says of the image, or else where its own stack
/// mounts a volume.
fn folders(
    file: &ComposeFile<'_>,
    service: &Service,
    database: &Database,
    version: Option<&Version>,
) -> Vec<DataFolder> {
    let rows = &database.detect.data;
    if !rows.is_empty() {
        let is_told = |with: &Text| service.command.iter().any(|word| *word.value == **with);
        let special: Vec<_> = rows.iter().filter(|row| row.with.as_ref().is_some_and(is_told)).cloned().collect();
        if !special.is_empty() {
            return special;
        }
        let has = |row: &&DataFolder| version.is_none_or(|version| database.is_in(version, row.versions()));
        return rows.iter().filter(|row| row.with.is_none()).filter(has).cloned().collect();
    }
    let recipe = file.catalog.recipe(&database.id);
    let Some(container) = recipe.and_then(|recipe| recipe.container.as_ref()) else { return Vec::new() };
    let wanted = container.volumes.iter().filter(|volume| {
        let has = |version| database.is_in(version, volume.versions());
        let holds_data = !volume.path.starts_with("/etc/") && volume.path.as_str() != "/backup";
        holds_data && version.is_none_or(has)
    });
    wanted.map(|volume| DataFolder::at(volume.path.clone())).collect()
}

/// The folders that the service names for its data, instead of the usual one.
fn named(file: &ComposeFile<'_>, service: &Service, database: &Database) -> Vec<String> {
    let from = &database.detect.data_named;
    let variables = from.environment.iter().filter_map(|name| service.variable(name));
    // What only the environment knows stands for any folder.
    let variables = variables.map(|variable| variable.filled.clone().unwrap_or_else(|| String::from("$")));
    let settings = file.settings(service, database);
    let set = from.options.iter().filter_map(|name| last(&settings, name)).map(|setting| setting.value.clone());
    let words = service.command.iter().map(|word| file.compose.variables.fill(&word.value).text);
    let words: Vec<String> = words.collect();
    let mut given = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let (option, value) =
            word.split_once('=').map_or((word.as_str(), None), |(option, value)| (option, Some(value)));
        if from.options.iter().any(|name| *name == *option) {
            let next = || words.get(index.saturating_add(1)).map(String::as_str);
            given.extend(value.or_else(next).map(str::to_owned));
        } else if from.arguments && index > 0 && !word.starts_with('-') {
            given.push(word.clone());
        }
    }
    let all = variables.chain(set).chain(given).flat_map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>());
    all.filter_map(|text| folder_named(&text)).collect()
}

/// The folder in a text: a path, or that of an address. `/disk{1...4}` stands for several that begin alike.
fn folder_named(text: &str) -> Option<String> {
    let text = text.trim_matches(['"', '\'']);
    let path = text.split_once("://").map_or(text, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let path = path.split('{').next().unwrap_or(path);
    let is_folder = path.starts_with('/') || path.starts_with('$');
    is_folder.then(|| if path.len() > 1 { path.trim_end_matches('/').to_owned() } else { path.to_owned() })
}

/// Whether a mount outlives the container and holds the data: it is at or above the folder that is named, or the usual one.
/// Above a volume that the image declares it does not, for Docker mounts an anonymous one there.
fn keeps(mount: &Mount, folders: &[DataFolder], named: &[String]) -> bool {
    let target = mount.folder();
    if (mount.source.is_none() && !mount.is_memory) || mount.is_file() {
        return false;
    }
    if target.contains('$') {
        return true;
    }
    let is_covered = |folder: &str| {
        let volumes = folders.iter().filter_map(|row| row.volume.as_deref());
        let mut volumes = volumes.filter(|volume| is_within(folder, volume));
        volumes.any(|volume| *volume != target && is_within(volume, &target))
    };
    let holds = |folder: &str| is_within(folder, &target) && !is_covered(folder);
    if named.is_empty() {
        folders.iter().any(|row| holds(&row.path))
    } else {
        named.iter().any(|folder| is_named(folder, &target) && !is_covered(folder))
    }
}

/// Whether a mount is at or above a folder that is named, of which only the beginning may be known.
fn is_named(folder: &str, target: &str) -> bool {
    folder.starts_with('$')
        || is_within(folder, target)
        || (target.starts_with(folder) && !target[folder.len()..].contains('/'))
}

/// Whether a mount keeps anything at all.
fn is_kept(mount: &Mount) -> bool {
    mount.source.is_some() && !mount.is_file()
}

/// Whether a mount is plainly for something else: scripts, configurations, logs.
fn is_for_others(mount: &Mount) -> bool {
    const FOLDERS: [&str; 5] = ["/docker-entrypoint-initdb.d", "/etc", "/run", "/tmp", "/var/log"];
    mount.is_file() || FOLDERS.iter().any(|folder| is_within(&mount.target, folder))
}

/// Whether a path is a folder or lies in it.
fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || folder.ends_with('/'))
}

/// Whether it is told to keep nothing.
fn is_cache(file: &ComposeFile<'_>, service: &Service, database: &Database) -> bool {
    let settings = file.settings(service, database);
    let keeps_nothing = last(&settings, "save").is_some_and(|save| save.value.is_empty());
    keeps_nothing && !last(&settings, "appendonly").is_some_and(Setting::is_on)
}
