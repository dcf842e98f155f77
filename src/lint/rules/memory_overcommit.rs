//! `memory-overcommit`

use super::prelude::*;
use super::shared::rows;
use crate::plan::CapacityVerdict;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("memory-overcommit"),
    group: Group::Operations,
    level: Some(Level::Error),
    summary: "The host has less memory than its databases need.",
    why: "Where the services exceed the memory the kernel picks a victim, mostly the largest process, which is \
          the database. What has to be in memory is computed from the stated figures; the arithmetic is in \
          the finding, and `polyglot render` refuses the stack for the same reason. Where the file does not \
          state the memory, nothing is reported.",
    source: "https://docs.kernel.org/admin-guide/mm/concepts.html",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { memory: 1GB }
            data:
              articles:
                kind: user_profile
              article_search: { kind: log, records: 50M, durability: derived, source: articles, sync: cdc }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { durability: cache, data_size: 1GB, database: redis, justification: sessions expire }
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
              # polyglot: allow(unrealised-statement) what feeds it runs beside the stack
              article_search: { kind: log, records: 50M, durability: derived, source: articles, sync: cdc }
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
    let Some(capacity) = system.capacity else { return };
    let memory = &capacity.memory;
    let Some(stated) = &system.requirements.target.memory else { return };
    if memory.verdict() < CapacityVerdict::Exceeds {
        return;
    }
    let message =
        format!("the databases need {} of memory, and the host has {}", memory.needed.rounded(), stated.value);
    let violation = Violation::new("target.memory", system.at(stated.place, "too little"), message);
    let more = format!("give the host more, `memory: {}`, or let fewer databases share it", memory.smallest_written());
    violations.push(violation.help(rows(memory)).help(more));
}
