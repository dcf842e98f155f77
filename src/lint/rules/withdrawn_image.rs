//! `withdrawn-image`

use catalog::State;

use super::prelude::*;
use crate::compose::{Service, split_image, without_registry};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("withdrawn-image"),
    group: Group::Lifecycle,
    level: Some(Level::Warning),
    summary: "The image of a database gets no updates any more.",
    why: "A tag that nobody builds anew keeps every hole that is found in the server and in what lies beneath it, and the \
          next `pull` may find no image at all. The version of the server can be maintained all the same: it is the \
          image that was left behind.",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: bitnami/postgresql:17.6.0
                mem_limit: 1g
                volumes: ["db:/bitnami/postgresql"]
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:17.6-bullseye
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql/data"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:17.11-trixie
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql/data"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r"
            services:
              db:
                image: registry.example.org/team/postgresql:17.6.0
        ";
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    let is_run = |service: &&Service| !file.is_rendered && (!service.is_built || service.has_known_base);
    for service in file.compose.services.iter().filter(is_run) {
        let database = service.database.as_ref().and_then(|running| file.catalog.get(&running.id));
        let (Some(image), Some(database)) = (&service.image, database) else { continue };
        // Where the database itself has ended, that is what is said.
        if matches!(database.upstream.state, State::Archived | State::Dormant) {
            continue;
        }
        let (repository, tag) = split_image(&image.value);
        let plain = without_registry(repository);
        let is_of = |tag: &str, part: &str| tag.split(['-', '_']).any(|word| word == part);
        let row = database.detect.withdrawn.iter().find(|row| {
            let is_tag = row.tags.is_empty() || tag.is_some_and(|tag| row.tags.iter().any(|part| is_of(tag, part)));
            is_tag && row.images.iter().any(|name| *name == *plain)
        });
        let Some(row) = row else { continue };
        let what = if row.tags.is_empty() { repository } else { image.value.as_str() };
        let since = row.since.map_or_else(String::new, |day| format!(" since {day}"));
        let message = format!("`{what}` {}{since}", row.state);
        let violation = Violation::new(service.about(), file.at(image.place, "no updates"), message);
        violations.push(violation.help(row.help.as_str()));
    }
}
