//! `unreachable-rpo`

use catalog::Hosting;

use super::prelude::*;
use crate::decide::Role;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unreachable-rpo"),
    group: Group::Operations,
    level: Some(Level::Warning),
    summary: "Less may be lost than lies between two backups.",
    why: "When the disk dies or somebody deletes the wrong rows, the last backup is where one goes back to: \
          what came after it is gone. The rendered stack makes dumps and archives no log, so a shorter loss \
          needs log shipping or a replica that is set up beside it.",
    source: "https://aws.amazon.com/blogs/mt/establishing-rpo-and-rto-targets-for-cloud-applications/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                durability: primary
                backup: { every: 1d, keep: 30d }
                rpo: 5min
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              accounts: { kind: user_profile, backup: { every: 12h } }
              invoices: { complex_relations: true, durability: primary, rpo: 1h }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, rpo: 0s }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                kind: user_profile
                durability: primary
                backup: { every: 6h, keep: 30d }
                rpo: 6h
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              sessions: { durability: cache, rpo: 1s }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let Some(rpo) = kind.data.rpo.as_ref().filter(|_| !is_elsewhere(kind)) else { continue };
        let name = kind.name;
        // A backup takes all that a service holds, so the most frequent one counts.
        let intervals = system.beside(kind).filter_map(|other| other.data.backup.as_ref()?.value.every.as_ref());
        let Some(every) = intervals.min_by_key(|every| every.value) else {
            if kind.selected.role == Role::Record {
                let message = format!("`{name}` may lose {}, and is backed up by nothing", rpo.value);
                let violation = Violation::new(kind.about(), system.at(rpo.place, "kept by nothing"), message);
                violations.push(violation.help(
                    "say how often it is backed up, as by `backup: { every: 1d, keep: 30d }`; or, if it can be lost or \
                     rebuilt, `durability: cache` or `derived`",
                ));
            }
            continue;
        };
        if every.value <= rpo.value {
            continue;
        }
        let message = format!("`{name}` may lose {}, and is backed up every {}", rpo.value, every.value);
        let violation = Violation::new(kind.about(), system.at(rpo.place, "not kept by backups"), message);
        violations.push(violation.also(system.at(every.place, "between two backups")).help(format!(
            "ship the log or run a replica beside this stack, and allow the finding with that reason; or say what \
             backups keep: `rpo: {}`",
            every.value
        )));
    }
}

/// Whether a vendor keeps it, who does more than back it up.
fn is_elsewhere(kind: &Kind<'_>) -> bool {
    kind.database().is_some_and(|database| database.hosting == Hosting::Managed)
}
