//! `foreign-requirements`

use std::sync::Arc;

use super::prelude::*;
use crate::source::{Place, Source};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("foreign-requirements"),
    group: Group::Linting,
    level: Some(Level::Note),
    summary: "A file has the name of a requirements file, and is another program's.",
    why: "Ansible, conda and Helm have a `requirements.yaml` too. One that a folder holds is read when it says `version: \
          1` and `data:`, and is left alone otherwise; one that is named on the command line is always read.",
    bad: examples! {
        "requirements.yaml": r"
            dependencies:
              - name: cache
                version: 1.2.3
                repository: https://charts.example.org
        ";
        "requirements.yaml": r"
            - name: example.backup
              version: 2.0.0
        ";
    },
    good: examples! {
        "requirements.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
        ";
        "galaxy/requirements.yml": r"
            - name: example.backup
              version: 2.0.0
        ",
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile }
        ";
    },
    check: Check::Reading,
    ..Rule::EMPTY
};

/// What is said of such a file.
pub(crate) fn violation(source: &Arc<Source>) -> Violation {
    let location = Location::new(source, Place::default(), "");
    let violation =
        Violation::new(RULE.id.as_str(), location, "this is no requirements file of polyglot, and is not read");
    violation.help("one begins with `version: 1` and `data:`; its usual name is `polyglot.yaml`")
}
