//! `decisive-default`

use super::prelude::*;
use crate::decide::{Depth, Flip, Selection, Verdict};
use crate::requirements::{Change, Profile};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("decisive-default"),
    group: Group::Requirements,
    level: None,
    summary: "What a kind of data leaves out could change its database.",
    why: "A figure that is not given is unknown, and the tree goes on without it: an unanswered question then decides the \
          architecture. Most of them would not change anything, and these would. It is off because an early draft leaves \
          much open on purpose; a review switches it on.",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              state:
                kind: realtime_state
        ",
        "polyglot.toml": r#"
            [lint]
            decisive-default = "warning"
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              readings: { kind: time_series, durability: primary }
        ",
        "polyglot.toml": r#"
            [lint]
            decisive-default = "note"
        "#;
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              state: { kind: realtime_state, database: redis }
        ",
        "polyglot.toml": r#"
            [lint]
            decisive-default = "warning"
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              state:
                kind: realtime_state
        ",
        "polyglot.toml": r#"
            [lint]
            decisive-default = "allow"
        "#;
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let System { requirements, facts, .. } = system;
    let now = Selection::of(requirements, facts, Depth::Flips);
    for (kind, selected) in system.kinds.iter().zip(&now.kinds) {
        let decisive = |flip: &&Flip| is_open(flip.change, &kind.profile) && flip.verdict < Verdict::Exceeds;
        let open: Vec<&Flip> = selected.flips.iter().filter(decisive).collect();
        if open.is_empty() {
            continue;
        }
        let mut fields: Vec<&str> = open.iter().map(|flip| flip.change.field()).collect();
        fields.dedup();
        let fields = fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
        let message = format!("`{}` leaves open what could change its database: {fields}", kind.name);
        let violation = Violation::new(kind.about(), system.at(kind.data.key, "decided without it"), message);
        let help = open
            .iter()
            .map(|flip| format!("with `{}` it would be {}", flip.change.show(), system.written(&flip.databases)));
        violations.push(help.fold(violation, Violation::help).help("say it in the file, whichever way it is"));
    }
}

/// Whether the file leaves open what the change would say. A flag that is absent is false, so it is not open.
fn is_open(change: Change, profile: &Profile) -> bool {
    match change {
        Change::Quantity(quantity, _) => profile.quantity(quantity).is_none(),
        Change::Durability(_) => profile.durability.is_none(),
        Change::Consistency(_) => profile.consistency.is_none(),
        Change::Scale(_) => profile.scale.is_none(),
        Change::Tenancy(_) => profile.tenancy.is_none(),
        Change::Flag(..) | Change::Sync(_) | Change::Source(_) => false,
    }
}
