//! `missing-limit`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("missing-limit"),
    group: Group::Stack,
    level: Some(Level::Warning),
    summary: "A database has no limit of memory.",
    why: "Databases size their caches by the memory they believe to have, and without a limit that is the whole \
          host, for each of them. When it runs out the kernel chooses what to kill, and a large database is what it \
          likes best.",
    source: "https://docs.docker.com/engine/containers/resource_constraints/",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                deploy: { resources: { limits: { cpus: "2" } } }
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
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
                deploy: { resources: { limits: { memory: 1g } } }
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r"
            x-small: &small
              mem_limit: 1g
            services:
              db:
                <<: [*small]
                image: postgres:18.1
        ";
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, database, _) in file.servers() {
        if file.says(service, |service| service.memory.is_some()) {
            continue;
        }
        let message = format!("{} may take all of the host's memory", database.name);
        let violation = Violation::new(service.about(), file.at(service.name.place, "no limit of memory"), message);
        // A file that has a `deploy` may be for a swarm, which reads no `mem_limit`.
        let limit = if service.has_deploy {
            "add `resources: { limits: { memory: 2g } }` to its `deploy`"
        } else {
            "add `mem_limit: 2g`"
        };
        violations.push(violation.help(format!("{limit}, or what `polyglot tune` gives it on this host")));
    }
}
