//! `invalid-lock`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("invalid-lock"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A polyglot.lock cannot be used.",
    why: "The lock says which database holds the data that is there. As long as it cannot be read, nobody can tell \
          whether a change of the requirements would move it, and the file beside it is not checked. The exit code \
          is then 2.",
    bad: examples! {
        "polyglot.lock": r"
            version = 1

            <<<<<<< ours
            [data.sessions]
        ",
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
        "polyglot.lock": "version = 99\n",
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(unrealised-retention) a job of ours deletes what is older
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
        "polyglot.lock": r"
            version = 1

            [data]
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
