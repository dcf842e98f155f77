//! `end-of-life`

use catalog::Date;

use super::prelude::*;
use super::shared::{ALMANAC, lasting};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("end-of-life"),
    group: Group::Lifecycle,
    level: Some(Level::Error),
    summary: "A version runs that gets no fixes any more.",
    why: "After the last day of support the next hole in it stays open, and is published all the same. The \
          upgrade does not get easier by waiting: tools stop skipping versions, and drivers stop talking to \
          old ones. Versions that had ended when polyglot was built are found on any day, others on the day of `--today`.",
    source: "https://endoflife.date",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              rains:
                time_series: true
                retention: 3650d
                database: almanac@1
                justification: it keeps readings for decades
        ",
        "polyglot.toml": r#"
            [catalog]
            extra = ["databases"]
        "#,
        "databases/almanac/database.toml": ALMANAC;
        "polyglot.yaml": r"
            version: 1
            data:
              rains: { time_series: true, retention: 3650d, database: almanac@1, justification: decades }
              snows: { time_series: true, retention: 3650d, database: almanac, justification: decades }
        ",
        "polyglot.toml": r#"
            [catalog]
            extra = ["databases"]
        "#,
        "databases/almanac/database.toml": ALMANAC;
        "compose.yaml": r#"
            services:
              db:
                image: postgres:12.4
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql/data"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              rains:
                time_series: true
                retention: 3650d
                database: almanac@3
                justification: it keeps readings for decades
        ",
        "polyglot.toml": r#"
            [catalog]
            extra = ["databases"]
        "#,
        "databases/almanac/database.toml": ALMANAC;
        "polyglot.yaml": r"
            version: 1
            data:
              rains:
                time_series: true
                retention: 3650d
                database: almanac@2
                justification: it keeps readings for decades
        ",
        "polyglot.toml": r#"
            [catalog]
            extra = ["databases"]
        "#,
        "databases/almanac/database.toml": ALMANAC;
    },
    check: Check::Both { system: check, compose: check_images },
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let Some(today) = system.today else { return };
    for service in &system.selection.services {
        let Some(end) = service.version.end_of_life.filter(|end| *end < today) else { continue };
        let (database, version) = (service.database, service.version);
        let Some(kind) = system.versioned(database) else { continue };
        let message = format!("{} {} has had no fixes since {end}", database.name, version.major);
        let location = system.decided_version(kind, format!("version {}", version.major));
        let violation = Violation::new(kind.about(), location, message).also(system.at(kind.data.key, "held by it"));
        violations.push(match lasting(database, version) {
            Some(next) => violation.help(format!("move to version {0}: `database: {1}@{0}`", next.major, database.id)),
            None => violation.help("move to a version that is maintained; a newer polyglot may know one"),
        });
    }
}

/// The same for the images of a compose file.
fn check_images(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    for (service, image, database, version) in file.versions() {
        let is_over = |end: Date| file.today.is_some_and(|today| end < today);
        let is_offered = database.version(&version.major).is_some();
        if is_offered && !version.end_of_life.is_some_and(is_over) {
            continue;
        }
        let since = version.end_of_life.map_or_else(|| String::from("any more"), |end| format!("since {end}"));
        let message = match version.end_of_life {
            Some(_) => format!("{} {} has had no fixes {since}", database.name, version.major),
            None => format!("{} {} gets no fixes {since}", database.name, version.major),
        };
        let violation =
            Violation::new(service.about(), file.at(image.place, format!("version {}", version.major)), message);
        violations.push(match database.default_version() {
            Some(next) => violation.help(format!(
                "move to version {}: dump the data, load it into a new volume, and change the image then",
                next.major
            )),
            None => violation.help("move to a version that is maintained"),
        });
    }
}
