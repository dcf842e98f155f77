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
    bad: examples![
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:18.1\n    volumes: [\"db:/var/lib/postgresql\"]\n    \
             healthcheck: { test: [CMD, pg_isready] }\nvolumes:\n  db:\n",
        )],
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:18.1\n    deploy: { resources: { limits: { cpus: \"2\" } } }\n    \
             volumes: [\"db:/var/lib/postgresql\"]\n    healthcheck: { test: [CMD, pg_isready] }\nvolumes:\n  \
             db:\n",
        )],
    ],
    good: examples![
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:18.1\n    mem_limit: 1g\n    \
             volumes: [\"db:/var/lib/postgresql\"]\n    healthcheck: { test: [CMD, pg_isready] }\nvolumes:\n  \
             db:\n",
        )],
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:18.1\n    deploy: { resources: { limits: { memory: 1g } } }\n    \
             volumes: [\"db:/var/lib/postgresql\"]\n    healthcheck: { test: [CMD, pg_isready] }\nvolumes:\n  \
             db:\n",
        )],
        &[(
            "compose.yaml",
            "x-small: &small\n  mem_limit: 1g\nservices:\n  db:\n    <<: [*small]\n    image: postgres:18.1\n",
        )],
    ],
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
        violations.push(violation.help("add `mem_limit: 2g`, or what `polyglot tune` gives it on this host"));
    }
}
