//! `empty-compose`

use std::sync::Arc;

use super::prelude::*;
use crate::source::{Place, Source};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("empty-compose"),
    group: Group::Linting,
    level: Some(Level::Note),
    summary: "A compose file holds nothing but comments.",
    why: "Compose reads such a file where it adds to another one, as a place for services of one's own, and refuses it \
          alone. One that is named on the command line is an error.",
    source: "https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/",
    bad: examples! {
        "compose.yaml": r"
            # services come later
        ";
        "compose.extras.yaml": "# A place for services of your own.\n",
        "compose.yaml": r"
            services:
              web:
                image: example/web:1.2
        ";
    },
    good: examples! {
        "compose.yaml": r"
            services:
              web:
                image: example/web:1.2
        ";
        "compose.extras.yaml": "services: {}\n",
        "compose.yaml": r"
            services:
              web:
                image: example/web:1.2
        ";
    },
    check: Check::Reading,
    ..Rule::EMPTY
};

/// What is said of such a file.
pub(crate) fn violation(source: &Arc<Source>) -> Violation {
    let location = Location::new(source, Place::default(), "");
    let violation = Violation::new(RULE.id.as_str(), location, "the compose file holds nothing but comments");
    violation.help("write `services:`, or remove the file if nothing names it")
}
