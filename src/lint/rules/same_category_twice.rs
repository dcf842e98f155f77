//! `same-category-twice`

use catalog::Database;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("same-category-twice"),
    group: Group::Architecture,
    level: Some(Level::Warning),
    summary: "Two databases of one category run side by side, and one of them could hold all of it.",
    why: "A second engine of the same category brings upgrades, backups, alerts and habits of its own and no \
          ability that the first lacks. One transaction, one join and one backup no longer span the data.",
    source: "https://learn.microsoft.com/en-us/azure/architecture/guide/technology-choices/data-store-overview",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers: { kind: user_profile }
              stock: { needs_transactions: true, database: mysql }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { durability: cache }
              presence: { kind: realtime_state, durability: cache, database: keydb }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers: { kind: user_profile }
              stock: { needs_transactions: true, complex_relations: true }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              customers: { kind: user_profile }
              blog: { needs_transactions: true, database: mysql, justification: WordPress wants it }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let databases = system.selection.databases();
    for (index, second) in databases.iter().enumerate() {
        let same = |first: &&&Database| first.category == second.category && first.hosting == second.hosting;
        let Some(first) = databases.iter().take(index).find(same) else { continue };
        if is_forced(system, first) || is_forced(system, second) {
            continue;
        }
        // Two of which neither can take the other's place are not the same thing twice.
        let replaces =
            |one: &Database, other: &Database| system.held_by(other).all(|kind| system.could_hold(one, kind));
        let (stays, goes) = match () {
            () if replaces(first, second) => (first, second),
            () if replaces(second, first) => (second, first),
            () => continue,
        };
        let (Some(kept), Some(moved)) = (system.held_by(stays).next(), system.held_by(goes).next()) else { continue };
        let message = format!(
            "`{}` runs {} beside the {} of `{}`: two {} databases",
            moved.name, goes.name, stays.name, kept.name, goes.category
        );
        let violation = Violation::new(moved.about(), system.at(moved.data.key, format!("in {}", goes.name)), message);
        let pin = format!("keep it in {} too: `database: {}`, with a `justification`", stays.name, stays.id);
        let why = format!("or pin `database: {}` and say in its `justification` what {} lacks", goes.id, stays.name);
        violations.push(violation.also(system.at(kept.data.key, format!("in {}", stays.name))).help(pin).help(why));
    }
}

/// Whether a database is there because pins with reasons want it.
fn is_forced(system: &System<'_>, database: &Database) -> bool {
    system.held_by(database).all(|kind| kind.selected.pinned && kind.data.justification.is_some())
}
