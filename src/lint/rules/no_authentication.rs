//! `no-authentication`

use std::path::Path;

use catalog::{Authentication, Database, Text, Version};

use super::prelude::*;
use crate::compose::Service;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("no-authentication"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "A database with an open port asks nobody for a password.",
    why: "Whoever reaches the host reads, changes and deletes all of it: programs look for such \
          databases, empty them, and leave a demand for ransom. A password does not make an open port right, but without one \
          nothing stands in the way.",
    source: "https://www.mongodb.com/docs/manual/administration/security-checklist/",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: mongo:8.0
                ports: ["27017:27017"]
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                ports: ["6379:6379"]
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:17.6
                environment: { POSTGRES_HOST_AUTH_METHOD: trust }
                ports: ["5432:5432"]
        "#;
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                ports: ["127.0.0.1:6379:6379"]
                mem_limit: 1g
                volumes: ["cache:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              cache:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: mongo:8.0
                environment:
                  MONGO_INITDB_ROOT_USERNAME: root
                  MONGO_INITDB_ROOT_PASSWORD_FILE: /run/secrets/root
                ports: ["27017:27017"]
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server --requirepass ${REDIS_PASSWORD:?}
                ports: ["6379:6379"]
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:8.2
                command: redis-server /etc/redis.conf
                volumes: ["../shared/redis.conf:/etc/redis.conf:ro"]
                ports: ["6379:6379"]
        "#;
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, database, version) in file.servers() {
        let Some(port) = service.ports.iter().find(|port| port.is_open()) else { continue };
        let Some(row) = row(database, version).filter(|row| !asks(file, service, database, row)) else { continue };
        let message = format!("{} asks nobody for a password, and its port {} is open", database.name, port.target);
        let violation = Violation::new(service.about(), file.at(port.place, "everybody may come in here"), message);
        violations.push(violation.help(row.help.as_str()));
    }
}

/// How a version asks; the one that is taken where none is named.
fn row<'d>(database: &'d Database, version: Option<&Version>) -> Option<&'d Authentication> {
    let version = version.or_else(|| database.default_version())?;
    database.detect.authentication.iter().find(|row| database.is_in(version, row.versions()))
}

/// Whether a server asks, or may: where what decides it cannot be seen, it is taken to.
fn asks(file: &ComposeFile<'_>, service: &Service, database: &Database, row: &Authentication) -> bool {
    let told = |switches: &[Text]| switches.iter().any(|switch| is_told(file, service, database, switch));
    if told(&row.on) {
        return true;
    }
    let may_say = |part: &Service| !part.command.is_empty() || !part.environment.is_empty();
    let parts = || file.parts.iter().filter_map(|part| part.named(&service.name.value)).any(may_say);
    !told(&row.off) && (row.asks || is_unseen(file, service) || service.goes_on || parts())
}

/// Whether a variable, an option or a setting is given.
fn is_told(file: &ComposeFile<'_>, service: &Service, database: &Database, switch: &str) -> bool {
    let (name, wanted) = switch.split_once('=').map_or((switch, None), |(name, value)| (name, Some(value)));
    // What is set to something that only the environment knows is set; whether it is this value is not known.
    let is_value = |value: Option<&str>| match (wanted, value) {
        (None, value) => value.is_none_or(|value| !value.is_empty()),
        (Some(wanted), value) => value.is_some_and(|value| value.eq_ignore_ascii_case(wanted)),
    };
    let variable = service
        .variable(name)
        .is_some_and(|variable| is_value(variable.filled.as_deref().filter(|_| variable.value.is_some())));
    let option = service.command.iter().enumerate().any(|(index, word)| {
        let (option, value) =
            word.value.split_once(['=', ' ']).map_or((word.value.as_str(), None), |(a, b)| (a, Some(b)));
        let next = service.command.get(index.saturating_add(1)).map(|next| next.value.as_str());
        option == name && (wanted.is_none() || is_value(value.or(next)))
    });
    let setting =
        file.settings(service, database).iter().any(|setting| setting.name == name && is_value(Some(&setting.value)));
    variable || option || setting
}

/// Whether there may be more than we see: an image that is not the usual one, or a file that we have not read.
fn is_unseen(file: &ComposeFile<'_>, service: &Service) -> bool {
    const CONFIGURATIONS: [&str; 8] = ["conf", "cnf", "cfg", "ini", "yml", "yaml", "xml", "acl"];
    let is_usual = service.database.as_ref().is_some_and(|running| running.is_known) && !service.is_built;
    let is_configuration = |target: &str| {
        let target = Path::new(target);
        let end = target.extension();
        end.is_some_and(|end| CONFIGURATIONS.iter().any(|known| end == *known)) || target.starts_with("/etc")
    };
    let is_read = |target: &str| {
        let mut read = file.configurations.iter().filter(|read| read.service == service.name.value);
        read.any(|read| read.target == target)
    };
    let is_unread = service.mounts.iter().any(|mount| is_configuration(&mount.target) && !is_read(&mount.target));
    // A script, or a file that the command names, may say it.
    let is_script =
        service.command.iter().any(|word| Path::new(&word.value).extension().is_some_and(|end| end == "sh"));
    !is_usual || service.has_more_environment || is_unread || is_script
}
