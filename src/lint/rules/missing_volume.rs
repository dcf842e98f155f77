//! `missing-volume`

use catalog::{Database, Version};

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
        let folders = folders(file, database, version);
        if folders.is_empty() || is_cache(file, service, database) {
            continue;
        }
        let known = service.database.as_ref().is_some_and(|running| running.is_known) && !service.is_built;
        let keeps = |part: &Service| {
            part.mounts_elsewhere || part.mounts.iter().any(|mount| keeps(mount, part, known.then_some(&folders)))
        };
        if file.says(service, keeps) {
            continue;
        }
        let folder = folders.first().map_or("", String::as_str);
        let message = format!("the data of {} goes with the container", database.name);
        let beside = service.mounts.iter().find(|mount| mount.source.is_some() && !is_for_others(mount));
        let text = format!("nothing holds `{folder}`");
        let mut violation = Violation::new(service.about(), file.at(service.name.place, text), message);
        if let Some(mount) = beside {
            violation = violation.also(file.at(mount.place, format!("`{}` is not where its data lies", mount.target)));
        }
        let name = &service.name.value;
        violations.push(violation.help(format!("mount a volume there: `volumes: [\"{name}-data:{folder}\"]`")));
    }
}

/// Where a database keeps its data, the first as its recipe has it.
fn folders(file: &ComposeFile<'_>, database: &Database, version: Option<&Version>) -> Vec<String> {
    let recipe = file.catalog.recipe(&database.id);
    let Some(container) = recipe.and_then(|recipe| recipe.container.as_ref()) else { return Vec::new() };
    let wanted = container.volumes.iter().filter(|volume| {
        let has = |version| database.is_in(version, volume.versions());
        let holds_data = !volume.path.starts_with("/etc/") && volume.path.as_str() != "/backup";
        holds_data && version.is_none_or(has)
    });
    wanted.map(|volume| volume.path.to_string()).collect()
}

/// Whether a mount outlives the container and holds the data: at, above or below one of the folders, or one that the
/// service names itself. Of an image that we do not know any folder may be the one.
fn keeps(mount: &Mount, service: &Service, folders: Option<&Vec<String>>) -> bool {
    if mount.source.is_none() && !mount.is_memory {
        return false;
    }
    let target = mount.folder();
    let Some(folders) = folders else { return !mount.is_file() && !mount.is_memory };
    let is_near = |folder: &str| is_within(&target, folder) || is_within(folder, &target);
    let said = service.environment.iter().filter_map(|variable| variable.value.as_deref());
    let told = service.command.iter().map(|word| word.value.rsplit('=').next().unwrap_or_default());
    let named = said.chain(told).filter(|text| text.starts_with('/'));
    let is_variable = target.contains('$');
    is_variable || folders.iter().any(|folder| is_near(folder)) || (!mount.is_file() && named.into_iter().any(is_near))
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
