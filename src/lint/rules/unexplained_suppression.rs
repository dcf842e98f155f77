//! `unexplained-suppression`

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unexplained-suppression"),
    group: Group::Linting,
    level: Some(Level::Warning),
    summary: "A comment allows a finding and does not say why.",
    why: "Whoever reads it next cannot tell whether it was thought about or silenced, and so can neither keep nor \
          remove it. The reason stands behind the list, and reports repeat it.",
    bad: examples! {
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports:
                  # polyglot: allow(exposed-port)
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
              # polyglot: allow(derived-without-source) until=2027-03-01
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
              # polyglot: allow(derived-without-source) until=2027-03-01 rebuilt by hand
              orders: { full_text: true, search_heavy: true, durability: derived }
        ";
    },
    check: Check::Comment(check),
    ..Rule::EMPTY
};

fn check(comment: &Comment<'_>, violations: &mut Vec<Violation>) {
    let Comment { suppression, source, .. } = comment;
    if suppression.reason.is_none() {
        let location = Location::new(source, suppression.place, "why?");
        let violation = Violation::new("comment", location, "a finding is allowed without a reason");
        violations.push(violation.help("say why behind the list: `# polyglot: allow(RULE) behind a firewall`"));
    }
}
