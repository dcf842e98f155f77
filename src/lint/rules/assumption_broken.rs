//! `assumption-broken`

use catalog::vocabulary::{Amount, Durability};

use super::prelude::*;
use crate::decide::Assumption;
use crate::requirements::Change;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("assumption-broken"),
    group: Group::Decision,
    level: Some(Level::Warning),
    summary: "What the file says now is not what the decision assumed.",
    why: "Where a file leaves an amount open, the database is chosen on the assumption that it stays below some bound, and \
          the lock records which. Past that bound another database was the better answer on the day of the decision, so \
          the decision has to be looked at again, whatever is in production by now.",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, data_size: 60TB }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@18"]
            images = ["docker.io/library/postgres:18.6-trixie"]
            fingerprint = "481257e880ba565b"
            assumes = ["data_size <= 2TB"]

            [data.orders.fields]
            complex_relations = true
            needs_transactions = true
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              entries: { kind: log, durability: primary }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.entries]
            databases = ["elasticsearch@9.5"]
            images = ["docker.io/library/elasticsearch:9.5.0"]
            fingerprint = "481257e880ba565b"
            assumes = ["durability = derived"]

            [data.entries.fields]
            full_text = true
            search_heavy = true
        "#;
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@18"]
            images = ["docker.io/library/postgres:18.6-trixie"]
            fingerprint = "481257e880ba565b"
            assumes = ["data_size <= 2TB"]

            [data.orders.fields]
            complex_relations = true
            needs_transactions = true
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, data_size: 60GB }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@18"]
            images = ["docker.io/library/postgres:18.6-trixie"]
            fingerprint = "481257e880ba565b"
            assumes = ["data_size <= 2TB"]

            [data.orders.fields]
            complex_relations = true
            needs_transactions = true
        "#;
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        for assumption in system.assumed(kind).iter().filter(|one| is_broken(**one, kind)) {
            let field = assumption.field();
            let message = format!("`{}` was decided on the assumption that {}", kind.name, assumption.show());
            let place = kind.field_place(field).unwrap_or(kind.data.key);
            let violation = Violation::new(kind.about(), system.at(place, "it is otherwise now"), message);
            let violation = system.recorded(kind.name).into_iter().fold(violation, Violation::also);
            violations.push(violation.help("see what would be decided now: `polyglot select --diff`"));
        }
    }
}

/// Whether what the file says, or what follows from it, is past what was assumed.
fn is_broken(assumption: Assumption, kind: &Kind<'_>) -> bool {
    let stated = match assumption {
        Assumption::AtMost(quantity, _) | Assumption::AtLeast(quantity, _) => {
            kind.profile.amount(quantity).map(|Amount(amount)| Change::Quantity(quantity, Amount(amount)))
        }
        Assumption::Derived => kind.is_record().then_some(Change::Durability(Durability::Primary)),
    };
    stated.is_some_and(|change| assumption.is_contradicted_by(change))
}
