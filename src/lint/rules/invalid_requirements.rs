//! `invalid-requirements`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("invalid-requirements"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A requirements file cannot be used.",
    why: "Nothing can be decided, and nothing else can be checked, until it can. The exit code is then 2, whatever else \
          was found.",
    bad: examples![
        &[("polyglot.yaml", "version: 1\ndata:\n  orders:\n    need_transactions: true\n")],
        &[("polyglot.yaml", "version: 1\ndata:\n  orders: { data_size: 20 GiBi, source: nothing }\n")],
    ],
    good: examples![
        &[("polyglot.yaml", "version: 1\ndata:\n  orders:\n    needs_transactions: true\n")],
        &[("polyglot.yaml", "version: 1\ndata:\n  orders: { data_size: 20GiB }\n")],
    ],
    check: Check::Reading,
    ..Rule::EMPTY
};
