//! `unknown-rule`

use std::sync::Arc;

use catalog::Date;

use super::prelude::*;
use super::{RULES, rule};
use crate::lint::suppression::Suppression;
use crate::source::Source;

pub(super) static RULE: Rule = Rule {
    id: "unknown-rule",
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A comment allows a finding of a rule that there is not.",
    why: "The comment allows nothing: what it was written for still counts, or the rule has gone and so can the \
          comment. Read by a person, it says that something was looked at that was not.",
    bad: examples![
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:18.1\n    ports:\n      \
             # polyglot: allow(exposed-ports) behind a firewall\n      - \"5432:5432\"\n    mem_limit: 1g\n    \
             volumes: [\"db:/var/lib/postgresql\"]\n    healthcheck: { test: [CMD, pg_isready] }\nvolumes:\n  \
             db:\n",
        )],
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  # polyglot: allow(derived-without-sources) rebuilt by hand\n  \
             orders: { full_text: true, search_heavy: true, durability: derived }\n",
        )],
    ],
    good: examples![
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:18.1\n    ports:\n      \
             # polyglot: allow(exposed-port) behind a firewall\n      - \"5432:5432\"\n    mem_limit: 1g\n    \
             volumes: [\"db:/var/lib/postgresql\"]\n    healthcheck: { test: [CMD, pg_isready] }\nvolumes:\n  \
             db:\n",
        )],
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  # polyglot: allow(derived-without-source) rebuilt by hand\n  \
             orders: { full_text: true, search_heavy: true, durability: derived }\n",
        )],
    ],
    check: Check::Comment(check),
    ..Rule::EMPTY
};

fn check(comment: &Suppression, source: &Arc<Source>, _: Option<Date>, findings: &mut Findings<'_>) {
    for named in comment.rules.iter().filter(|named| rule(&named.name).is_none()) {
        let message = format!("there is no rule `{}`", named.name);
        let remark = Remark::new("comment", Spot::new(source, named.place, "not known"), message);
        findings.add(remark.help(match did_you_mean(&named.name) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => String::from("`polyglot lint --list` lists the rules"),
        }));
    }
}

/// The rule that was meant, as far as one can tell.
fn did_you_mean(name: &str) -> Option<&'static str> {
    // The search compares with `_` between words.
    let folded: Vec<String> = RULES.iter().map(|rule| rule.id.replace('-', "_")).collect();
    let meant = crate::diagnostic::did_you_mean(name, folded.iter().map(String::as_str))?;
    RULES.iter().map(|rule| rule.id).find(|id| id.replace('-', "_") == meant)
}
