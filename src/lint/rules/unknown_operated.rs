//! `unknown-operated`

use super::prelude::*;
use crate::diagnostic::did_you_mean;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unknown-operated"),
    group: Group::Requirements,
    level: Some(Level::Note),
    summary: "The team operates something that the catalog does not know.",
    why: "What the team runs already is preferred, so a name that is not found changes nothing where it was meant to. It may be a \
          misspelling, or a database that is not in the catalog yet; a folder of one's own adds it.",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            team: { operates: [postgresq] }
            data:
              orders: { kind: user_profile }
        ";
        "polyglot.yaml": r"
            version: 1
            team: { operates: [postgresql, db2] }
            data:
              orders: { kind: user_profile }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            team: { operates: [postgresql] }
            data:
              orders: { kind: user_profile }
        ";
        "polyglot.yaml": r"
            version: 1
            team: { engineers: 4 }
            data:
              orders: { kind: user_profile }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let unknown =
        system.requirements.team.operates.iter().flatten().filter(|name| system.catalog.get(&name.value).is_none());
    for name in unknown {
        let message = format!("the team operates `{}`, which the catalog does not know", name.value);
        let violation = Violation::new("team.operates", system.at(name.place, "not known"), message);
        violations.push(match did_you_mean(&name.value, system.catalog.ids()) {
            Some(meant) => violation.help(format!("did you mean `{meant}`?")),
            None => violation.help("add a folder for it with `[catalog] extra`, or leave it as a note to the reader"),
        });
    }
}
