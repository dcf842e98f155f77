//! `missing-healthcheck`

use catalog::{Database, HealthTest, Version};

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("missing-healthcheck"),
    group: Group::Stack,
    level: Some(Level::Warning),
    summary: "A database has no healthcheck.",
    why: "A database takes seconds to minutes before it answers, longer after a crash. Without a healthcheck \
          `depends_on` only waits for the process, so the application fails at the first connection, and nobody is \
          told when the server hangs.",
    source: "https://docs.docker.com/compose/how-tos/startup-order/",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { disable: true }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { interval: 10s, retries: 5 }
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
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                restart: "no"
                command: pg_dump -h primary
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
            volumes:
              db:
        "#,
        "compose.override.yaml": r"
            services:
              db:
                healthcheck: { test: [CMD, pg_isready] }
        ";
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, database, version) in file.servers() {
        // An image that we do not know may bring its own.
        let is_known = service.database.as_ref().is_some_and(|running| running.is_known);
        let is_open = is_known && (!service.is_built || service.has_known_base);
        if !is_open || file.says(service, |service| service.healthcheck.is_some()) {
            continue;
        }
        let message = format!("nothing checks that {} answers", database.name);
        let runnable = test(database, version);
        let (place, mark) = match (service.idle_healthcheck, service.disabled_healthcheck) {
            (Some(place), _) => (place, "it has no `test`"),
            (None, Some(place)) => (place, "it is switched off"),
            (None, None) => (service.name.place, "no `healthcheck`"),
        };
        let help = match runnable {
            None => String::from("let a `healthcheck` ask the server for an answer"),
            Some(test) if service.idle_healthcheck.is_some() => format!("say what it runs: `test: {test}`"),
            Some(test) if service.disabled_healthcheck.is_some() => {
                format!("put in its place `healthcheck: {{ test: {test}, interval: 10s }}`")
            }
            Some(test) => format!("add `healthcheck: {{ test: {test}, interval: 10s }}`"),
        };
        violations.push(Violation::new(service.about(), file.at(place, mark), message).help(help));
    }
}

/// What a version's image can run as a test.
fn test<'d>(database: &'d Database, version: Option<&Version>) -> Option<&'d str> {
    let version = version.or_else(|| database.default_version())?;
    let has = |row: &&HealthTest| database.is_in(version, row.versions());
    database.detect.healthchecks.iter().find(has).map(|row| row.test.as_str())
}
