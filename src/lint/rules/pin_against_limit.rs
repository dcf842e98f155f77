//! `pin-against-limit`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("pin-against-limit"),
    group: Group::Decision,
    level: Some(Level::Error),
    summary: "A database is pinned for what it does not do.",
    why: "A pin goes before every question of the tree, and before the limits too: what the database cannot do shows when \
          the system runs. A justification explains a preference; it does not lift a limit. The finding names the limit, \
          and `polyglot catalog` where it is from.",
    source: "https://learn.microsoft.com/azure/architecture/guide/technology-choices/data-store-overview",
    bad: examples![
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  pages:\n    kind: vector\n    dimension: 768\n    database: mysql\
             \n    justification: it is there already\n",
        )],
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  drawings:\n    kind: conversation\n    record_size: 20MB\n    database: mongodb\n",
        )],
    ],
    good: examples![
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  pages:\n    kind: vector\n    dimension: 768\n    database: postgresql\
             \n    justification: it is there already\n",
        )],
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  drawings:\n    kind: conversation\n    record_size: 2MB\n    database: mongodb\n",
        )],
    ],
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| kind.selected.pinned) {
        let Some((pin, breach)) = kind.data.database.as_ref().zip(kind.breach()) else { continue };
        let trouble = breach.trouble();
        let message = format!(
            "{} is pinned for `{}` and cannot hold it: {}",
            breach.database.name,
            kind.name,
            trouble.trim_end_matches('.'),
        );
        let violation = Violation::new(kind.about(), system.at(pin.place, "pinned here"), message);
        let violation = match kind.field_place(breach.name()) {
            Some(place) => violation.also(system.at(place, "asked for here")),
            None => violation,
        };
        let violation = match breach.evidence() {
            Some(evidence) => violation.help(format!("that is from {}", evidence.address)),
            None => violation,
        };
        violations.push(violation.help("take the pin away, or what the database cannot do"));
    }
}
