//! `invalid-config`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("invalid-config"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A polyglot.toml cannot be used.",
    why: "The files under it are not checked, because nobody can tell by which policy and which levels. The exit \
          code is then 2, whatever else was found.",
    bad: examples! {
        "polyglot.toml": r#"
            [lint]
            dual-writes = "error"
        "#,
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
        "polyglot.toml": r#"
            [policy]
            max_databases = "three"
        "#,
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
    },
    good: examples! {
        "polyglot.toml": r#"
            [lint]
            exposed-port = "error"
        "#,
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(unrealised-retention) a job of ours deletes what is older
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
        "polyglot.toml": r"
            [policy]
            max_databases = 3
        ",
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
    },
    check: Check::Reading,
    ..Rule::EMPTY
};
