//! `invalid-compose`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("invalid-compose"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A compose file cannot be read.",
    why: "Compose refuses it too, so nothing starts with it, and no other rule can look at it. The exit code is then \
          2, whatever else was found.",
    bad: examples! {
        "compose.yaml": r"
            services:
              db:
                image: postgres:18.1
               ports: []
        ";
        "compose.yaml": "- services\n";
    },
    good: examples! {
        "compose.yaml": r"
            services:
              web:
                image: nginx:1.29
                ports: []
        ";
        "compose.yaml": r"
            x-base: &base { restart: always }
            services:
              web:
                <<: *base
                image: nginx:1.29
                ports: !reset []
        ";
    },
    check: Check::Reading,
    ..Rule::EMPTY
};
