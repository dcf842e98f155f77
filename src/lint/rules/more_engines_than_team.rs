//! `more-engines-than-team`

use catalog::Hosting;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("more-engines-than-team"),
    group: Group::Architecture,
    level: Some(Level::Warning),
    summary: "There are more databases to run than engineers to run them.",
    why: "Each engine is upgrades, backups that somebody has restored once, alerts and failures that somebody \
          understands at night. With more engines than people nobody knows any of them well. One engineer for \
          each is a rule of thumb, and polyglot's judgement that it is worth a look.",
    source: "https://www.amazingcto.com/postgres-for-everything/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            team: { engineers: 2 }
            data:
              customers: { kind: user_profile }
              sessions: { durability: cache }
              talks: { kind: conversation }
        ";
        "polyglot.yaml": r"
            version: 1
            team: { engineers: 1 }
            data:
              customers: { kind: user_profile }
              sessions: { durability: cache }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            team: { engineers: 3 }
            data:
              customers: { kind: user_profile }
              sessions: { durability: cache }
              talks: { kind: conversation }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              customers: { kind: user_profile }
              sessions: { durability: cache }
        ";
        "polyglot.yaml": r"
            version: 1
            team: { engineers: 1 }
            data:
              customers: { kind: user_profile }
              photos: { kind: file, database: s3, justification: the vendor runs it }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let Some(engineers) = &system.requirements.team.engineers else { return };
    // What a vendor runs, or the application itself, is not theirs to look after.
    let databases = system.selection.databases();
    let run: Vec<_> = databases.iter().filter(|database| database.hosting == Hosting::Container).collect();
    if u64::try_from(run.len()).is_ok_and(|run| run <= engineers.value.0) {
        return;
    }
    let names: Vec<&str> = run.iter().map(|database| database.name.as_str()).collect();
    let people = if engineers.value.0 == 1 { "engineer" } else { "engineers" };
    let message = format!("{} databases for {} {people}: {}", run.len(), engineers.value, names.join(", "));
    let violation = Violation::new("team.engineers", system.at(engineers.place, "who run all of them"), message);
    violations.push(violation.help(
        "let one database hold several kinds of data, pinned with `database: postgresql` and a `justification`, or \
         take one that a vendor runs",
    ));
}
