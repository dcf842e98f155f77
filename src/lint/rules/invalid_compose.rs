//! `invalid-compose`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("invalid-compose"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A compose file cannot be read.",
    why: "Compose refuses it too, so nothing starts with it, and no other rule can look at it. The exit code is then \
          2, whatever else was found.",
    bad: examples![
        &[("compose.yaml", "services:\n  db:\n    image: postgres:18.1\n   ports: []\n")],
        &[("compose.yaml", "- services\n")],
    ],
    good: examples![
        &[("compose.yaml", "services:\n  web:\n    image: nginx:1.29\n    ports: []\n")],
        &[(
            "compose.yaml",
            "x-base: &base { restart: always }\nservices:\n  web:\n    <<: *base\n    image: nginx:1.29\n    \
             ports: !reset []\n",
        )],
    ],
    check: Check::Reading,
    ..Rule::EMPTY
};
