//! `unmaintained-database`

use catalog::{Database, State};

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unmaintained-database"),
    group: Group::Lifecycle,
    level: Some(Level::Warning),
    summary: "A database runs that nobody maintains any more.",
    why: "Where upstream has stopped, the next hole is yours to find and to mend, images vanish from \
          registries, and drivers move on. A successor that speaks the same protocol is mostly a change of one \
          line, as long as the data is small.",
    source: "",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              presence:
                kind: realtime_state
                durability: cache
                database: keydb
                justification: it uses all cores
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              photos: { kind: file, database: minio, justification: it ran for years }
        ";
        "compose.yaml": r#"
            services:
              files:
                image: quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z
                command: server /data
                mem_limit: 1g
                volumes: ["files:/data"]
                healthcheck: { test: [CMD, mc, ready, local] }
            volumes:
              files:
        "#;
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              presence:
                kind: realtime_state
                durability: cache
                database: valkey
                justification: it uses all cores
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              photos: { kind: file, database: minio, justification: it ran for years }
        ",
        "polyglot.toml": r"
            [policy]
            allow_archived = true
        ";
    },
    check: Check::Both { system: check, compose: check_images },
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    if system.config.policy.allow_archived {
        return;
    }
    for database in system.selection.databases() {
        let upstream = &database.upstream;
        let Some(state) = state(database) else { continue };
        let Some(kind) = system.held_by(database).next() else { continue };
        let message = format!("`{}` is in {}, which {state} upstream", kind.name, database.name);
        let why = upstream.note.as_ref().map_or("", |note| note.as_str());
        let mut violation = Violation::new(kind.about(), system.decided(kind, "nobody maintains it"), message);
        if !why.is_empty() {
            violation = violation.help(why);
        }
        let successor = upstream.successor.as_ref().or_else(|| database.alternatives.first().map(|other| &other.id));
        let other = successor.map_or_else(|| String::from("NAME"), ToString::to_string);
        violations.push(violation.help(format!("move to what is maintained: `database: {other}`")));
    }
}

/// The same for the images of a compose file.
fn check_images(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, database, _) in file.servers().filter(|_| !file.allows_archived && !file.is_rendered) {
        let Some(state) = state(database) else { continue };
        let message = format!("`{}` is {}, which {state} upstream", service.name.value, database.name);
        let place = service.image.as_ref().map_or(service.name.place, |image| image.place);
        let violation = Violation::new(service.about(), file.at(place, "nobody maintains it"), message);
        let note = database.upstream.note.as_ref().filter(|note| !note.is_empty());
        let violation = note.into_iter().fold(violation, |violation, note| violation.help(note.as_str()));
        let successor = database.upstream.successor.as_ref().and_then(|id| file.catalog.get(id));
        violations.push(match successor {
            Some(successor) => violation.help(format!("move to what is maintained: {}", successor.name)),
            None => violation,
        });
    }
}

/// What became of a database that nobody maintains.
fn state(database: &Database) -> Option<&'static str> {
    match database.upstream.state {
        State::Archived => Some("has ended"),
        State::Dormant => Some("has had nothing new for long"),
        State::Active | State::Maintenance => None,
    }
}
