//! `near-end-of-life`

use super::prelude::*;
use super::shared::{ALMANAC, lasting};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("near-end-of-life"),
    group: Group::Lifecycle,
    level: Some(Level::Warning),
    summary: "A version runs that soon gets no fixes any more, and a later one is known.",
    why: "An upgrade of a database wants a rehearsal, a backup and an hour at night, and half a year is what \
          planning that takes; 180 days are polyglot's judgement. Where no later version is known there is \
          nothing to plan yet, and nothing is said.",
    source: "https://endoflife.date",
    bad: examples! {
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
        "polyglot.yaml": r"
            version: 1
            data:
              rains: { time_series: true, retention: 3650d, database: almanac, justification: decades }
              snows: { time_series: true, retention: 3650d, database: almanac@2, justification: decades }
        ",
        "polyglot.toml": r#"
            [catalog]
            extra = ["databases"]
        "#,
        "databases/almanac/database.toml": ALMANAC;
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
              page_views: { analytics: true, write_heavy: true, retention: 365d }
        ";
    },
    check: Check::Both { system: check, compose: check_images },
    needs_today: true,
};

/// The days before the end on which it is time to plan.
const SOON: i64 = 180;

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let Some(today) = system.today else { return };
    for service in &system.selection.services {
        let (database, version) = (service.database, service.version);
        let Some(end) = version.end_of_life else { continue };
        let days = end.days().saturating_sub(today.days());
        let Some(next) = lasting(database, version).filter(|_| (0..=SOON).contains(&days)) else { continue };
        let Some(kind) = system.versioned(database) else { continue };
        let message = format!("{} {} gets fixes until {end}: {days} more days", database.name, version.major);
        let location = system.decided_version(kind, format!("version {}", version.major));
        let violation = Violation::new(kind.about(), location, message).also(system.at(kind.data.key, "held by it"));
        violations.push(
            violation.help(format!("plan the move to version {0}: `database: {1}@{0}`", next.major, database.id)),
        );
    }
}

/// The same for the images of a compose file.
fn check_images(file: &ComposeFile<'_>, violations: &mut Vec<Violation>) {
    let Some(today) = file.today else { return };
    for (service, image, database, version) in file.versions() {
        let is_offered = database.version(&version.major).is_some();
        let Some(end) = version.end_of_life.filter(|_| is_offered) else { continue };
        let days = end.days().saturating_sub(today.days());
        let Some(next) = lasting(database, version).filter(|_| (0..=SOON).contains(&days)) else { continue };
        let message = format!("{} {} gets fixes until {end}: {days} more days", database.name, version.major);
        let location = file.at(image.place, format!("version {}", version.major));
        let violation = Violation::new(service.about(), location, message);
        violations.push(violation.help(format!("plan the move to version {}", next.major)));
    }
}
