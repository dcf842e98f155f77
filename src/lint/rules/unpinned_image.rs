//! `unpinned-image`

use super::prelude::*;
use crate::compose::{filled, split_image};

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
    for service in file.compose.services.iter().filter(|service| !service.is_built) {
        let running = service.database.as_ref();
        let database = running.and_then(|running| file.catalog.get(&running.id));
        let (Some(image), Some(running), Some(database)) = (&service.image, running, database) else { continue };
        let written = filled(&image.value).text;
        let (repository, tag) = split_image(&written);
        if written.contains('@') || tag.is_some_and(names_version) {
            continue;
        }
        let message = match tag {
            None => format!("`{}` names no version of {}", image.value, database.name),
            Some(tag) => format!("the tag `{tag}` names no version of {}", database.name),
        };
        let violation = Violation::new(service.about(), file.at(image.place, "whatever is newest"), message);
        let known = database.default_version().and_then(|version| version.tag.as_deref()).filter(|_| running.is_known);
        violations.push(match known {
            Some(tag) => violation
                .help(format!("name a version: `image: {repository}:{tag}`"))
                .help("a volume that holds data needs the major version that wrote it"),
            None => violation.help(format!("name the version of {} that runs today", database.name)),
        });
    }
}

/// Whether a tag names a version, or leaves it to the environment: a number that is not the base image's.
fn names_version(tag: &str) -> bool {
    const BASES: [&str; 7] = ["alpine", "debian", "ubuntu", "oraclelinux", "ubi", "al", "rocky"];
    let of_base = |part: &str| BASES.iter().any(|base| part.starts_with(base));
    tag.contains('$') || tag.split('-').any(|part| !of_base(part) && part.bytes().any(|byte| byte.is_ascii_digit()))
}
