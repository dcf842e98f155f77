//! `invalid-requirements`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("invalid-requirements"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A requirements file cannot be used.",
    why: "Nothing can be decided, and nothing else can be checked, until it can. The exit code is then 2, whatever else \
          was found.",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                need_transactions: true
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { data_size: 20 GiBi, source: nothing }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                needs_transactions: true
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { data_size: 20GiB }
        ";
    },
    check: Check::Reading,
    ..Rule::EMPTY
};
