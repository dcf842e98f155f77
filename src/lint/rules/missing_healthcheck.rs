//! `missing-healthcheck`

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
    for (service, database, _) in file.servers() {
        // Another image, or one that is built, may bring its own.
        let is_known = !service.is_built && service.database.as_ref().is_some_and(|running| running.is_known);
        if !is_known || file.says(service, |service| service.healthcheck.is_some()) {
            continue;
        }
        let message = format!("nothing checks that {} answers", database.name);
        let violation = Violation::new(service.about(), file.at(service.name.place, "no `healthcheck`"), message);
        violations.push(match &database.detect.healthcheck {
            Some(test) => violation.help(format!("add `healthcheck: {{ test: {test}, interval: 10s }}`")),
            None => violation.help("add a `healthcheck` that asks the server for an answer"),
        });
    }
}
