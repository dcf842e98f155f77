//! `unreadable-file`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unreadable-file"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A file cannot be read.",
    why: "It is no text in UTF-8, too large, not to be opened for this user, or a folder. What it says was not \
          checked, so the exit code is 2, whatever else was found.",
    bad: examples! {
        "polyglot.lock/notes.txt": "a folder where the lock should be\n",
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
        "polyglot.lock/.keep": "\n",
        "req.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
    },
    good: examples! {
        "notes.txt": "beside the requirements\n",
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(unrealised-retention) a job of ours deletes what is older
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
        "polyglot.lock.d/notes.txt": "\n",
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
    },
    check: Check::Reading,
    ..Rule::EMPTY
};
