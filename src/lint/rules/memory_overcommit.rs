//! `memory-overcommit`

use super::prelude::*;
use crate::plan::PlanError;
use crate::source::Place;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("memory-overcommit"),
    group: Group::Operations,
    level: Some(Level::Error),
    summary: "The host has less memory than its databases need.",
    why: "Where the shares exceed the memory the kernel picks a victim, mostly the largest process, which is \
          the database. What has to lie in memory is reckoned from the stated figures; the arithmetic is in \
          the finding, and `polyglot render` refuses the stack for the same reason.",
    source: "https://docs.kernel.org/admin-guide/mm/concepts.html",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { memory: 1GB }
            data:
              articles:
                kind: user_profile
              article_search: { full_text: true, search_heavy: true, durability: derived, source: articles, sync: cdc }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { durability: cache, data_size: 1GB }
            target:
              memory: 1GB
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { memory: 16GB }
            data:
              articles:
                kind: user_profile
              article_search: { full_text: true, search_heavy: true, durability: derived, source: articles, sync: cdc }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { durability: cache, data_size: 100MB }
            target:
              memory: 1GB
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let Err(PlanError::TooSmall(small)) = system.budget else { return };
    let target = &system.requirements.target;
    let first_line = Place::new(0, system.source.text.lines().next().map_or(0, str::len));
    let place = target.memory.as_ref().map_or(first_line, |memory| memory.place);
    let guess = if target.memory.is_none() { ", which is what is taken where nothing is said" } else { "" };
    let message = format!("the databases need a host of {}, and this one has {}{guess}", small.host(), target.memory());
    let rows: Vec<String> = small.rows().map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let violation = Violation::new("target.memory", system.at(place, "too little"), message);
    violations.push(
        violation
            .help(rows.join("; "))
            .help(format!("give the host more, `memory: {}`, or let fewer databases share it", small.host())),
    );
}
