//! `unstated-durability`

use super::prelude::*;
use crate::decide::Assumption;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unstated-durability"),
    group: Group::Requirements,
    level: Some(Level::Note),
    summary: "The answer assumes that data is a copy, and nothing says whether it is.",
    why: "Search engines, vector stores and in-memory stores are chosen for what can be rebuilt from elsewhere. If it is the only \
          copy, it is in the wrong place, and the day on which that is noticed is the day on which it is lost. One word \
          settles it.",
    source: "https://www.elastic.co/docs/deploy-manage/tools/snapshot-and-restore",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              articles: { search_heavy: true, full_text: true, records: 80M }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              state: { kind: realtime_state, data_size: 4GB }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              articles: { kind: user_profile }
              # polyglot: allow(unrealised-statement) what feeds it runs beside the stack
              search: { search_heavy: true, full_text: true, records: 80M, source: articles, sync: cdc }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              state: { kind: realtime_state, data_size: 4GB, durability: primary }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let says_nothing = |kind: &&Kind<'_>| kind.profile.role().is_none();
    for kind in system.kinds.iter().filter(says_nothing) {
        if system.assumed(kind).contains(&Assumption::Derived) {
            let database = kind.database_name();
            let message =
                format!("`{}` in {database} is assumed to be a copy, and the file does not say what it is", kind.name);
            let location = system.at(kind.data.key, "is this the only copy?");
            let violation = Violation::new(kind.about(), location, message);
            violations
                .push(violation.help("say it: `durability: primary`, or `durability: derived` with its `source`"));
        }
    }
}
