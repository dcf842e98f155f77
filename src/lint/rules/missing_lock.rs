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
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            name: shop
            data:
              orders: { kind: user_profile }
        ",
        "deploy/compose.yaml": r"
            name: shop
            services: {}
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
        ",
        "deploy/compose.yaml": r"
            name: polyglot
            services: {}
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            name: shop
            data:
              orders: { kind: user_profile }
        ",
        "deploy/compose.yaml": r"
            name: another
            services: {}
        ";
        "polyglot.yaml": r"
            version: 1
            name: shop
            data:
              orders: { kind: user_profile }
        ",
        "polyglot.lock": r#"
            version = 1

            [data.orders]
            databases = ["postgresql@18"]
            images = ["docker.io/library/postgres:18.6-trixie"]
            fingerprint = "481257e880ba565b"

            [data.orders.fields]
            complex_relations = true
            needs_transactions = true
        "#,
        "deploy/compose.yaml": r"
            name: shop
            services: {}
        ";
    },
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
