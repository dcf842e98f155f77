//! `unready-dependency`

use catalog::Detect;

use super::prelude::*;
use crate::compose::{Service, is_among, program};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unready-dependency"),
    group: Group::Stack,
    level: Some(Level::Warning),
    summary: "A service that connects at once does not wait until its database is ready.",
    why: "`depends_on` waits for the container, not for the server in it, which takes seconds to minutes more. What \
          connects as its first act, a migration or a client, fails meanwhile, and nothing starts it again: whether the \
          stack comes up depends on who was faster. What waits by itself, or is restarted, is not meant.",
    source: "https://docs.docker.com/compose/how-tos/startup-order/",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
              schema:
                image: postgres:18.1
                command: psql -h db -f /schema.sql
                depends_on: [db]
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: mysql:8.4
                mem_limit: 1g
                volumes: ["db:/var/lib/mysql"]
                healthcheck: { test: [CMD, mysqladmin, ping] }
              web:
                build: .
                command: sh -c "python manage.py migrate && gunicorn shop.wsgi"
                depends_on: { db: { condition: service_started } }
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
              schema:
                image: postgres:18.1
                command: psql -h db -f /schema.sql
                depends_on: { db: { condition: service_healthy } }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
              schema:
                image: postgres:18.1
                command: sh -c "until pg_isready -h db; do sleep 1; done; psql -h db -f /schema.sql"
                depends_on: [db]
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
              web:
                build: .
                command: sh -c "python manage.py migrate && gunicorn shop.wsgi"
                restart: unless-stopped
                depends_on: [db]
            volumes:
              db:
        "#;
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for service in &file.compose.services {
        if service.dependencies.is_empty() || service.command.is_empty() || waits(service) {
            continue;
        }
        for dependency in service.dependencies.iter().filter(|one| one.condition == "service_started") {
            let Some(other) = file.compose.named(&dependency.name.value) else { continue };
            let Some((database, _)) = other.server(file.catalog) else { continue };
            let Some(first) = connects(service, &database.detect) else { continue };
            let message = format!("`{first}` connects before {} is ready, and nothing starts it again", database.name);
            let violation =
                Violation::new(service.about(), file.at(dependency.name.place, "waits for its start alone"), message);
            let name = &dependency.name.value;
            let help = format!("wait until it answers: `depends_on: {{ {name}: {{ condition: service_healthy }} }}`");
            let violation = violation.help(help);
            violations.push(if file.says(other, |part| part.healthcheck.is_some()) {
                violation
            } else {
                violation.help(format!("`{name}` needs a `healthcheck` for that"))
            });
        }
    }
}

/// Whether a service waits by itself, or is started again when it fails.
fn waits(service: &Service) -> bool {
    const WAITING: [&str; 9] =
        ["until", "while", "sleep", "wait-for-it.sh", "wait-for-it", "wait-for", "dockerize", "nc", "timeout"];
    const PART: [&str; 4] = ["wait", "retry", "retries", "ready"];
    let is_waiting = |word: &str| WAITING.contains(&program(word)) || PART.iter().any(|part| word.contains(part));
    service.starts_again() || service.command.iter().any(|word| is_waiting(&word.value))
}

/// What a service runs that connects as its first act: a client of the database, or a migration.
fn connects<'s>(service: &'s Service, detect: &Detect) -> Option<&'s str> {
    const MIGRATIONS: [&[&str]; 11] = [
        &["manage.py", "migrate"],
        &["alembic", "upgrade"],
        &["flask", "db", "upgrade"],
        &["prisma", "migrate", "deploy"],
        &["knex", "migrate:latest"],
        &["sequelize", "db:migrate"],
        &["sequelize-cli", "db:migrate"],
        &["rails", "db:migrate"],
        &["rake", "db:migrate"],
        &["artisan", "migrate"],
        &["typeorm", "migration:run"],
    ];
    let words: Vec<&str> = service.command.iter().map(|word| program(&word.value)).collect();
    let migration = MIGRATIONS.iter().find(|wanted| words.windows(wanted.len()).any(|words| words == **wanted));
    let client = || service.runs(|name| is_among(&detect.clients, name) && !is_among(&detect.programs, name));
    migration.and_then(|migration| migration.first().copied()).or_else(|| words.get(client()?).copied())
}
