//! `unused-suppression`

use std::sync::Arc;

use catalog::Date;

use super::prelude::*;
use crate::lint::suppression::{Named, Suppression};
use crate::source::Source;

pub(super) static RULE: Rule = Rule {
    id: "unused-suppression",
    group: Group::Linting,
    level: Some(Level::Warning),
    summary: "A comment allows a finding that there is not.",
    why: "What it allowed was mended, or never stood there. Left in place, the comment hides the next fault of its kind \
          from everybody. `--fix` removes it.",
    bad: examples![
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  # polyglot: allow(derived-without-source) rebuilt by hand\n  orders: { kind: user_profile }\n",
        )],
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:18.1\n    ports: [\"127.0.0.1:5432:5432\"] # polyglot: allow(exposed-port) behind a firewall\n",
        )],
    ],
    good: examples![
        &[(
            "polyglot.yaml",
            "version: 1\ndata:\n  # polyglot: allow(derived-without-source) rebuilt by hand\n  orders: { full_text: true, search_heavy: true, durability: derived }\n",
        )],
        &[(
            "compose.yaml",
            "services:\n  db:\n    image: postgres:18.1\n    ports: [\"5432:5432\"] # polyglot: allow(exposed-port) behind a firewall\n",
        )],
    ],
    check: Check::Comment(check),
    ..Rule::EMPTY
};

fn check(comment: &Suppression, source: &Arc<Source>, today: Option<Date>, findings: &mut Findings<'_>) {
    if comment.is_expired(today) {
        return;
    }
    let unused: Vec<&Named> = comment.rules.iter().filter(|named| named.judged && !named.used).collect();
    for named in &unused {
        let message = format!("nothing here needs `{}` to be allowed", named.name);
        let remark = Remark::new("comment", Spot::new(source, named.place, "nothing found"), message);
        findings.add(remark.help("remove it").fix("remove it", removal(comment, &unused)));
    }
}

/// Removes the unused names, or with the last name the comment.
fn removal(comment: &Suppression, unused: &[&Named]) -> Vec<Edit> {
    let kept: Vec<&Named> = comment.rules.iter().filter(|named| !unused.contains(named)).collect();
    let names = kept.iter().map(|named| named.name.as_str()).collect::<Vec<_>>().join(", ");
    let all = comment.rules.first().zip(comment.rules.last());
    match all.filter(|_| !kept.is_empty()) {
        None => vec![Edit { place: comment.whole, text: String::new() }],
        Some((first, last)) => {
            let place = crate::source::Place::new(first.place.start, last.place.end);
            vec![Edit { place, text: names }]
        }
    }
}
