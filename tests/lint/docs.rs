//! The documentation of the rules is made from the rules.

use std::fmt::Write as _;

use polyglot::lint::{Group, RULES, Rule};
use polyglot::report::rules::{level, markdown};
use snapbox::{Data, assert_data_eq};

use super::{folder, lint};
use crate::support::{polyglot, project};

const HEAD: &str = "\
# The rules of `polyglot lint`

Made from the rules themselves; a test fails when it is stale. `polyglot explain RULE` prints one of them.

A rule is set to another level, or switched off or on, under `[lint]` in `polyglot.toml`: `rule = \"error\"`, `\"warning\"`,
`\"note\"` or `\"allow\"`. A finding is allowed where it stands by a comment on its line, on the line above, or on the key of
what it is about: `# polyglot: allow(rule) reason`, until a day with `# polyglot: allow(rule) until=2027-03-01 reason`.

";

/// What the program prints for the first bad example.
fn printed(rule: &Rule) -> String {
    let folder = folder(rule.bad.first().copied().unwrap_or_default());
    let (text, ..) = lint(folder.path(), &["--today", "2026-11-22"]);
    let mut pictures = text.split("\n\n").filter(|picture| picture.contains(&format!("[{}]", rule.id)));
    pictures.next().unwrap_or_default().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_of_rules_is_made_from_the_rules() {
    let mut page = String::from(HEAD);
    page.push_str("| rule | level | finds |\n| --- | --- | --- |\n");
    for rule in RULES {
        let _ = writeln!(page, "| [{0}](#{0}) | {1} | {2} |", rule.id, level(rule), rule.summary);
    }
    for group in Group::ALL {
        let _ = write!(page, "\n## {}\n", group.name());
        for rule in RULES.iter().filter(|rule| rule.group == *group) {
            let _ = write!(page, "\n### {}\n\n{} Level: {}.\n\n{}", rule.id, rule.summary, level(rule), markdown(rule));
            let _ = write!(page, "What is printed:\n\n```text\n{}\n```\n", printed(rule));
        }
    }
    let committed = project("docs/rules.md");
    assert_data_eq!(page, Data::read_from(&committed, None).raw());
}

#[test]
fn every_rule_is_explained() {
    let folder = folder(&[]);
    for rule in RULES {
        let output = polyglot(folder.path(), &["explain", rule.id.as_str()]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains(rule.summary), "{}: {text}", rule.id);
    }
}
