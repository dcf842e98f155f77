//! `invalid-config`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("invalid-config"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A polyglot.toml cannot be used.",
    why: "The files under it are not checked, because nobody can tell by which policy and which levels. The exit \
          code is then 2, whatever else was found.",
    bad: examples![
        &[
            ("polyglot.toml", "[lint]\ndual-writes = \"error\"\n"),
            (
                "polyglot.yaml",
                "version: 1\ndata:\n  sessions: { key_lookup: true, durability: cache, retention: 1h }\n",
            ),
        ],
        &[
            ("polyglot.toml", "[policy]\nmax_databases = \"three\"\n"),
            (
                "polyglot.yaml",
                "version: 1\ndata:\n  sessions: { key_lookup: true, durability: cache, retention: 1h }\n",
            ),
        ],
    ],
    good: examples![
        &[
            ("polyglot.toml", "[lint]\nexposed-port = \"error\"\n"),
            (
                "polyglot.yaml",
                "version: 1\ndata:\n  sessions: { key_lookup: true, durability: cache, retention: 1h }\n",
            ),
        ],
        &[
            ("polyglot.toml", "[policy]\nmax_databases = 3\n"),
            (
                "polyglot.yaml",
                "version: 1\ndata:\n  sessions: { key_lookup: true, durability: cache, retention: 1h }\n",
            ),
        ],
    ],
    check: Check::Reading,
    ..Rule::EMPTY
};
