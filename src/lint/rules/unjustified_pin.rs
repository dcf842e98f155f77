//! `unjustified-pin`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unjustified-pin"),
    group: Group::Decision,
    level: Some(Level::Error),
    summary: "A database is pinned against the tree, and nothing says why.",
    why: "There may be a good reason, and whoever reads the file next cannot know it: they will undo the pin, or keep it \
          for years after the reason has gone. The `justification` is the decision's record.",
    source: "https://learn.microsoft.com/azure/well-architected/architect-role/architecture-decision-record",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                database: mariadb
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              chats: { kind: conversation, database: postgresql@18 }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                database: mariadb
                justification: the shop software knows no other
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                database: postgresql
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    // What a pin breaks is said by `pin-against-limit`; a justification would not mend it.
    let pinned = system.kinds.iter().filter(|kind| kind.selected.unjustified && kind.breach().is_none());
    for kind in pinned {
        let Some(pin) = &kind.data.database else { continue };
        let walked = kind.selected.instead_of.iter().flat_map(|(databases, _)| databases);
        let walked = walked.map(|database| database.name.as_str()).collect::<Vec<_>>().join(" and ");
        let message = format!(
            "`{}` is pinned to {} where the tree says {walked}, without a reason",
            kind.name,
            kind.database_name(),
        );
        let violation = Violation::new(kind.about(), system.at(pin.place, "why?"), message);
        violations.push(violation.help("say why: `justification: WHY`, or take the pin away"));
    }
}
