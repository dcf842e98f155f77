//! `unknown-rule`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unknown-rule"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A comment allows a finding of a rule that there is not.",
    why: "The comment allows nothing: what it was written for still counts, or the rule has gone and so can the \
          comment. Read by a person, it says that something was looked at that was not.",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports:
                  # polyglot: allow(exposed-ports) behind a firewall
                  - "5432:5432"
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(derived-without-sources) rebuilt by hand
              orders: { full_text: true, search_heavy: true, durability: derived }
        ";
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports:
                  # polyglot: allow(exposed-port) behind a firewall
                  - "5432:5432"
                mem_limit: 1g
                volumes: ["db:/var/lib/postgresql"]
                healthcheck: { test: [CMD, pg_isready] }
            volumes:
              db:
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(derived-without-source) rebuilt by hand
              orders: { full_text: true, search_heavy: true, durability: derived }
        ";
    },
    check: Check::Comment(check),
    ..Rule::EMPTY
};

fn check(comment: &Comment<'_>, violations: &mut Vec<Violation>) {
    for named in comment.suppression.rules.iter().filter(|named| named.rule.is_none()) {
        let message = format!("there is no rule `{}`", named.name);
        let violation = Violation::new("comment", Location::new(comment.source, named.place, "not known"), message);
        violations.push(violation.help(match did_you_mean(&named.name, comment.known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => String::from("`polyglot lint --list` lists the rules"),
        }));
    }
}

/// The rule that was meant, as far as one can tell.
fn did_you_mean(name: &str, known: &[RuleId]) -> Option<RuleId> {
    // The search compares with `_` between words.
    let folded = |id: RuleId| id.as_str().replace('-', "_");
    let names: Vec<String> = known.iter().copied().map(folded).collect();
    let meant = crate::diagnostic::did_you_mean(name, names.iter().map(String::as_str))?;
    known.iter().copied().find(|id| folded(*id) == meant)
}
