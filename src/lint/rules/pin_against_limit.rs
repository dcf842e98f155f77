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
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              pages:
                kind: vector
                dimension: 768
                database: mysql
                justification: it is there already
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              drawings:
                kind: conversation
                record_size: 20MB
                database: mongodb
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              pages:
                kind: vector
                dimension: 768
                database: postgresql
                justification: it is there already
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              drawings:
                kind: conversation
                record_size: 2MB
                database: mongodb
        ";
    },
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
