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
    bad: examples![
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres\n    mem_limit: 1g\n    \
             volumes: [\"db:/var/lib/postgresql\"]\n    healthcheck: { test: [CMD, pg_isready] }\nvolumes:\n  \
             db:\n",
        )],
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:alpine\n    mem_limit: 1g\n    \
             volumes: [\"db:/var/lib/postgresql\"]\n    healthcheck: { test: [CMD, pg_isready] }\nvolumes:\n  \
             db:\n",
        )],
        &[(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:${REDIS_TAG:-latest}\n    command: redis-server\n    \
             mem_limit: 1g\n    volumes: [\"data:/data\"]\n    healthcheck: { test: [CMD, redis-cli, ping] }\n\
             volumes:\n  data:\n",
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
            "services:\n  db:\n    \
             image: postgres@sha256:5ec39c188013123927f30a006987c6b0e20f3ef2b54b140dfa96dac6844d883f\n    \
             mem_limit: 1g\n    volumes: [\"db:/var/lib/postgresql\"]\n    \
             healthcheck: { test: [CMD, pg_isready] }\nvolumes:\n  db:\n",
        )],
        &[(
            "compose.yaml",
            "services:\n  cache:\n    image: redis:${REDIS_TAG:?}\n    command: redis-server\n    mem_limit: 1g\n    \
             volumes: [\"data:/data\"]\n    healthcheck: { test: [CMD, redis-cli, ping] }\nvolumes:\n  data:\n",
        )],
        &[("compose.yaml", "services:\n  db:\n    image: postgres:latest\n    build: ./postgres\n")],
    ],
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
