//! `expired-suppression`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("expired-suppression"),
    group: Group::Linting,
    level: Some(Level::Error),
    summary: "A comment that allows a finding has run out.",
    why: "Somebody allowed it up to a day, and promised to mend it by then. From that day on the finding counts \
          again, and the comment is there to be removed, or to be given a new day by somebody who has looked.",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports:
                  # polyglot: allow(exposed-port) until=2026-03-01 until the tunnel is there
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
              # polyglot: allow(derived-without-source) until=spring rebuilt by hand
              orders: { full_text: true, search_heavy: true, durability: derived }
        ";
    },
    good: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports:
                  # polyglot: allow(exposed-port) until=2027-03-01 until the tunnel is there
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
              # polyglot: allow(derived-without-source) until=2026-12-24 rebuilt by hand
              orders: { full_text: true, search_heavy: true, durability: derived }
        ";
    },
    check: Check::Comment(check),
    ..Rule::EMPTY
};

fn check(comment: &Comment<'_>, violations: &mut Vec<Violation>) {
    let Comment { suppression, source, today, .. } = comment;
    let Some(until) = suppression.until.as_ref().filter(|_| suppression.is_expired(*today)) else { return };
    let (message, text, help) = match until.date {
        None => (
            String::from("this is no day, so the comment allows nothing"),
            "expected a day",
            "write the last day on which it holds: `until=2027-03-01`",
        ),
        Some(day) => (
            format!("this held until {day}"),
            "has run out",
            "mend what it allowed and remove it, or give it a new day",
        ),
    };
    violations.push(Violation::new("comment", Location::new(source, until.place, text), message).help(help));
}
