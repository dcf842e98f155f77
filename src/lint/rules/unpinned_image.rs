//! `unpinned-image`

use catalog::{DataFolder, Database, Version};

use super::prelude::*;
use crate::compose::{Mount, Service, names_version, split_image, without_registry};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unpinned-image"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "The image of a database names no version.",
    why: "Without a version the next `docker compose pull` may bring a new major release, and most databases refuse \
          to start on the files of another one, or convert them with no way back. The same file then runs one thing \
          here and another there.",
    source: "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:alpine
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:${REDIS_TAG:-latest}
                command: redis-server
                mem_limit: 1g
                volumes: ["data:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
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
                image: postgres@sha256:5ec39c188013123927f30a006987c6b0e20f3ef2b54b140dfa96dac6844d883f
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "compose.yaml": r#"
            services:
              cache:
                image: redis:${REDIS_TAG:?}
                command: redis-server
                mem_limit: 1g
                volumes: ["data:/data"]
                healthcheck: { test: [CMD, redis-cli, ping] }
            volumes:
              data:
        "#;
        "compose.yaml": r"
            services:
              db:
                image: postgres:latest
                build: ./postgres
        ";
    },
    check: Check::Compose(check),
    ..Rule::EMPTY
};

fn check(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for service in file.compose.services.iter().filter(|service| !service.is_built || service.has_known_base) {
        let running = service.database.as_ref();
        let database = running.and_then(|running| file.catalog.get(&running.id));
        let (Some(image), Some(running), Some(database)) = (&service.image, running, database) else { continue };
        let (repository, tag) = split_image(&image.value);
        if image.value.contains('@') || tag.is_some_and(names_version) {
            continue;
        }
        let message = match tag {
            None => format!("`{}` names no version of {}", image.value, database.name),
            Some(tag) => format!("the tag `{tag}` names no version of {}", database.name),
        };
        let violation = Violation::new(service.about(), file.at(image.place, "whatever is newest"), message);
        let known = database.default_version().filter(|version| is_image(version, repository) && running.is_known);
        let Some((version, newest)) = known.and_then(|version| Some((version, version.tag.as_deref()?))) else {
            violations.push(violation.help(format!("name the version of {} that runs today", database.name)));
            continue;
        };
        let name = if service.is_built { "FROM " } else { "image: " };
        let violation = violation
            .help(format!("name a version: `{name}{repository}:{}`", flavoured(newest, tag)))
            .help("a volume that holds data needs the major version that wrote it");
        violations.push(moved(service, database, version).into_iter().fold(violation, Violation::help));
    }
}

/// Whether it is the image that the catalog pins for a version.
fn is_image(version: &Version, repository: &str) -> bool {
    version.image.as_deref().is_some_and(|image| without_registry(image) == without_registry(repository))
}

/// A tag in the variant that stands there: an Alpine image has another C library, which sorts texts in another order, and
/// indexes of text break when it changes.
fn flavoured(newest: &str, tag: Option<&str>) -> String {
    let is_alpine = tag.is_some_and(|tag| tag.split('-').any(|part| part.starts_with("alpine")));
    match newest.split('-').next().filter(|_| is_alpine) {
        Some(version) => format!("{version}-alpine"),
        None => newest.to_owned(),
    }
}

/// What to know where the newest version keeps its data elsewhere than what is mounted.
fn moved<'d>(service: &Service, database: &'d Database, version: &Version) -> Option<&'d str> {
    let is_here = |row: &&DataFolder| database.is_in(version, row.versions());
    let row = database.detect.data.iter().find(is_here)?;
    let others = || database.detect.data.iter().filter(|other| other.path != row.path);
    let is_old = |mount: &Mount| others().any(|other| *other.path == *mount.folder());
    row.note.as_deref().filter(|_| service.mounts.iter().any(is_old))
}
