//! `unknown-setting`

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Database, RemovedSetting, Version, VersionRange};

use super::prelude::*;
use crate::lint::subject::{Known, Unknown};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unknown-setting"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "A setting is none that the server knows.",
    why: "A server that meets an unknown setting stops at once, or passes over it and runs with its default: neither \
          is what the line was written for. The names are those that the server of the version itself lists.",
    source: "https://www.postgresql.org/docs/current/config-setting.html",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                command: postgres -c shared_buffer=1GB
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server --maxmemory-polcy allkeys-lru --save "" --maxmemory 512mb
                mem_limit: 1g
                healthcheck: { test: [CMD, redis-cli, ping] }
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                command: [-c, config_file=/etc/postgresql.conf]
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql", "./postgresql.conf:/etc/postgresql.conf:ro"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#,
        "postgresql.conf": r"
            # the hosts that may come in
            listen_adresses = '*'
        ";
        "compose.yaml": r"
            services:
              db:
                image: mysql:8.0
                command: --max-conections=500
        ";
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                command: postgres -c shared_buffers=1GB -c pg_stat_statements.max=5000
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server --maxmemory-policy allkeys-lru --save "" --maxmemory 512mb
                mem_limit: 1g
                healthcheck: { test: [CMD, redis-cli, ping] }
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                command: [-c, config_file=/etc/postgresql.conf]
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql", "./postgresql.conf:/etc/postgresql.conf:ro"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#,
        "postgresql.conf": r"
            # the hosts that may come in
            listen_addresses = '*'
            include_dir 'conf.d'
        ";
        "compose.yaml": r"
            services:
              db:
                image: mysql:8.0
                command: --max-connections=500 --default-authentication-plugin=caching_sha2_password --skip-name-resolve
        ";
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

/// What a configuration file has besides settings.
const DIRECTIVES: [&str; 4] = ["include", "include_dir", "include_if_exists", "includedir"];

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    let mut places = BTreeSet::new();
    let mut lists = BTreeMap::new();
    for (service, database, version) in file.servers() {
        let settings = file.settings(service, database);
        if settings.is_empty() {
            continue;
        }
        let list = (database.id.as_str(), version.map(|version| version.major.as_str()));
        let known = lists.entry(list).or_insert_with(|| Known::of(database, version, file.catalog));
        let Some(known) = known else { continue };
        for setting in settings.into_iter().filter(|setting| !DIRECTIVES.contains(&setting.name.as_str())) {
            let removed = version.and_then(|version| removed(database, version, &setting.name));
            let Some(unknown) = known.judge(&setting.name).or_else(|| removed.map(|_| Unknown { meant: None })) else {
                continue;
            };
            // One command may be shared by services, and one line may hold several settings.
            if !places.insert((setting.location.source.name.clone(), setting.location.place, setting.name)) {
                continue;
            }
            let name =
                version.map_or_else(|| database.name.to_string(), |one| format!("{} {}", database.name, one.major));
            let message = format!("`{}` is no setting of {name}", setting.written);
            let mut violation = Violation::new(service.about(), setting.location, message);
            if let Some(place) = setting.mounted {
                violation = violation.also(file.at(place, "mounted here"));
            }
            violations.push(violation.help(match unknown.meant {
                _ if removed.is_some() => removed.map(|row| row.instead.to_string()).unwrap_or_default(),
                Some(meant) => format!("did you mean `{meant}`?"),
                None => String::from("look for its new name in the release notes, or remove it"),
            }));
        }
    }
}

/// The row of a setting that a version knows no more.
fn removed<'d>(database: &'d Database, version: &Version, name: &str) -> Option<&'d RemovedSetting> {
    let mut rows = database.detect.removed_settings.iter().filter(|row| *row.name == *name);
    rows.find(|row| database.is_in(version, VersionRange { since: Some(&row.until), until: None }))
}
