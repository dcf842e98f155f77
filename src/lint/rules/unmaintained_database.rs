//! `unmaintained-database`

use catalog::State;

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
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    if system.config.policy.allow_archived {
        return;
    }
    for database in system.selection.databases() {
        let upstream = &database.upstream;
        let state = match upstream.state {
            State::Archived => "has ended",
            State::Dormant => "has had nothing new for long",
            State::Active | State::Maintenance => continue,
        };
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
