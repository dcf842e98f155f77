//! `transactions-without-support`

use catalog::Level as ServiceLevel;
use catalog::vocabulary::{Flag, Need};

use super::prelude::*;
use crate::decide::What;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("transactions-without-support"),
    group: Group::Architecture,
    level: Some(Level::Error),
    summary: "Changes have to happen together in a database that cannot do that.",
    why: "Without a transaction a crash between two writes leaves half of an order behind, and nothing rolls \
          it back. The application then has to find and mend such halves itself, in every place that writes.",
    source: "https://www.postgresql.org/docs/current/tutorial-transactions.html",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              bookings:
                needs_transactions: true
                durability: primary
                backup: { every: 1d, keep: 30d }
                database: cassandra
                justification: the team runs it already
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              accounts: { kind: user_profile, database: redis, justification: it is fast }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              bookings:
                needs_transactions: true
                durability: primary
                backup: { every: 1d, keep: 30d }
                database: mongodb
                justification: the team runs it already
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              accounts: { kind: user_profile, needs_transactions: false, database: redis, justification: it is fast }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        for check in &kind.selected.checks {
            let What::Need(Need::NeedsTransactions, service) = check.what else { continue };
            if service.level < ServiceLevel::Strained {
                continue;
            }
            let name = &check.database.name;
            let message = format!(
                "`{}` needs transactions, and {name} cannot commit or undo several changes together",
                kind.name
            );
            let location = system.at(kind.flag_place(Flag::NeedsTransactions), "asked for here");
            let violation = Violation::new(kind.about(), location, message).also(system.decided(kind, "has none"));
            violations.push(violation.help(service.why.as_str()).help(
                "take a database that commits several changes together, `database: postgresql`, or say \
                 `needs_transactions: false` where each change stands alone",
            ));
        }
    }
}
