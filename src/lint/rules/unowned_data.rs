//! `unowned-data`

use catalog::vocabulary::Durability;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unowned-data"),
    group: Group::Requirements,
    level: None,
    summary: "A system of record has no owner.",
    why: "When it breaks, when a column is to go, when somebody asks to be forgotten, a person has to answer for the data. \
          Copies and caches belong to whoever owns their source. It is off because one team needs no names; several \
          teams switch it on.",
    source: "https://learn.microsoft.com/azure/cloud-adoption-framework/organize/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                durability: primary
                backup: { every: 1d, keep: 30d }
        ",
        "polyglot.toml": r#"
            [lint]
            unowned-data = "note"
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, owner: checkout }
              products: { flexible_schema: true }
        ",
        "polyglot.toml": r#"
            [lint]
            unowned-data = "warning"
        "#;
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                durability: primary
                owner: checkout
                backup: { every: 1d, keep: 30d }
        ",
        "polyglot.toml": r#"
            [lint]
            unowned-data = "note"
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, owner: checkout }
              pages: { durability: cache }
        ",
        "polyglot.toml": r#"
            [lint]
            unowned-data = "warning"
        "#;
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let is_copy = |kind: &Kind<'_>| matches!(kind.profile.durability, Some(Durability::Derived | Durability::Cache));
    for kind in system.kinds.iter().filter(|kind| kind.data.owner.is_none() && !is_copy(kind)) {
        let message = format!("nobody answers for `{}`", kind.name);
        let violation = Violation::new(kind.about(), system.at(kind.data.key, "whose is it?"), message);
        violations.push(violation.help("name a team, not a person: `owner: checkout`"));
    }
}
