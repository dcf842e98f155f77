//! `missing-lock`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("missing-lock"),
    group: Group::Decision,
    level: Some(Level::Warning),
    summary: "The stack is rendered, and nothing records what was decided.",
    why: "Without a lock the next render decides anew: a changed figure, or a newer polyglot, then moves data to another \
          database in a file that nobody reviews. `polyglot.lock` is that review.",
    source: "https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html",
    bad: examples![
        &[
            ("polyglot.yaml", "version: 1\nname: shop\ndata:\n  orders: { kind: user_profile }\n"),
            ("deploy/compose.yaml", "name: shop\nservices: {}\n"),
        ],
        &[
            ("polyglot.yaml", "version: 1\ndata:\n  orders: { kind: user_profile }\n"),
            ("deploy/compose.yaml", "name: polyglot\nservices: {}\n"),
        ],
    ],
    good: examples![
        &[
            ("polyglot.yaml", "version: 1\nname: shop\ndata:\n  orders: { kind: user_profile }\n"),
            ("deploy/compose.yaml", "name: another\nservices: {}\n"),
        ],
        &[
            ("polyglot.yaml", "version: 1\nname: shop\ndata:\n  orders: { kind: user_profile }\n"),
            (
                "polyglot.lock",
                "version = 1\n\n[data.orders]\ndatabases = [\"postgresql@18\"]\
                 \nimages = [\"docker.io/library/postgres:18.6-trixie\"]\nfingerprint = \"481257e880ba565b\"\
                 \n\n[data.orders.fields]\ncomplex_relations = true\nneeds_transactions = true\n",
            ),
            ("deploy/compose.yaml", "name: shop\nservices: {}\n"),
        ],
    ],
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    if !system.is_rendered || system.lock.is_some() {
        return;
    }
    let requirements = system.requirements;
    let place = requirements.name.as_ref().map_or(requirements.version.place, |name| name.place);
    let message = format!("the stack `{}` is rendered, and no lock records what was decided", requirements.name());
    let violation = Violation::new("lock", system.at(place, "decided anew by each render"), message);
    violations.push(violation.help("record it with `polyglot select --write`, and commit polyglot.lock"));
}
