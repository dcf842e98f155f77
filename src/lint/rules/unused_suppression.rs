//! `unused-suppression`

use super::prelude::*;
use crate::lint::subject::{Named, Suppression};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unused-suppression"),
    group: Group::Linting,
    level: Some(Level::Warning),
    summary: "A comment allows a finding that there is not.",
    why: "What it allowed was mended, or never stood there. Left in place, the comment hides the next fault of its kind \
          from everybody. `--fix` removes it.",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(derived-without-source) rebuilt by hand
              orders: { kind: user_profile }
        ";
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports: ["127.0.0.1:5432:5432"] # polyglot: allow(exposed-port) behind a firewall
        "#;
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(derived-without-source) rebuilt by hand
              orders: { full_text: true, search_heavy: true, durability: derived }
        ";
        "compose.yaml": r#"
            services:
              db:
                image: postgres:18.1
                ports: ["5432:5432"] # polyglot: allow(exposed-port) behind a firewall
        "#;
    },
    check: Check::Comment(check),
    ..Rule::EMPTY
};

fn check(comment: &Comment<'_>, violations: &mut Vec<Violation>) {
    let Comment { suppression, source, today, .. } = comment;
    if suppression.is_expired(*today) {
        return;
    }
    let unused: Vec<&Named> = suppression.rules.iter().filter(|named| named.checked && !named.used).collect();
    for named in &unused {
        let message = format!("nothing here needs `{}` to be allowed", named.name);
        let violation = Violation::new("comment", Location::new(source, named.place, "nothing found"), message);
        violations.push(violation.help("remove it").fix("remove it", removal(suppression, &unused)));
    }
}

/// Removes the unused names, or with the last name the comment.
fn removal(suppression: &Suppression, unused: &[&Named]) -> Vec<Edit> {
    let kept: Vec<&Named> = suppression.rules.iter().filter(|named| !unused.contains(named)).collect();
    let names = kept.iter().map(|named| named.name.as_str()).collect::<Vec<_>>().join(", ");
    let all = suppression.rules.first().zip(suppression.rules.last());
    match all.filter(|_| !kept.is_empty()) {
        None => vec![Edit { place: suppression.whole, text: String::new() }],
        Some((first, last)) => {
            let place = crate::source::Place::new(first.place.start, last.place.end);
            vec![Edit { place, text: names }]
        }
    }
}
