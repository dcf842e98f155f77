//! `stale-baseline`

use std::sync::Arc;

use super::prelude::*;
use crate::lint::subject::Entry;
use crate::source::Source;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("stale-baseline"),
    group: Group::Linting,
    level: Some(Level::Warning),
    summary: "The baseline has an entry that no finding needs any more.",
    why: "What it stood for was mended. As long as the entry is there the same fault can come back, and nobody is \
          told: the baseline is a list that only gets shorter.",
    bad: examples! {
        "polyglot.baseline.toml": r#"
            version = 1

            [[finding]]
            rule = "derived-without-source"
            file = "polyglot.yaml"
            about = "data.sessions"
        "#,
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
        "polyglot.baseline.toml": r#"
            version = 1

            [[finding]]
            rule = "derived-without-source"
            file = "polyglot.yaml"
            about = "data.orders"
            count = 2
        "#,
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { full_text: true, search_heavy: true, durability: derived, sync: outbox }
        ";
    },
    good: examples! {
        "polyglot.baseline.toml": r#"
            version = 1

            [[finding]]
            rule = "derived-without-source"
            file = "polyglot.yaml"
            about = "data.orders"
        "#,
        "polyglot.yaml": r"
            version: 1
            data:
              # polyglot: allow(unrealised-statement) what feeds it runs beside the stack
              orders: { full_text: true, search_heavy: true, durability: derived, sync: outbox }
        ";
        "polyglot.baseline.toml": "version = 1\n",
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { key_lookup: true, durability: cache, retention: 1h }
        ";
    },
    check: Check::Baseline(check),
    ..Rule::EMPTY
};

fn check(entry: &Entry, source: &Arc<Source>, violations: &mut Vec<Violation>) {
    let Entry { file, about, rule, count, place } = entry;
    let message = if *count > 1 {
        format!("`{rule}` finds `{about}` in {file} less than {count} times")
    } else {
        format!("`{rule}` no longer finds `{about}` in {file}")
    };
    let violation = Violation::new("baseline", Location::new(source, *place, "not needed"), message);
    violations.push(violation.help(if *count > 1 {
        "lower its `count`, or remove the entry"
    } else {
        "remove the entry"
    }));
}
