//! `missing-pooler`

use catalog::units::Count;
use catalog::vocabulary::{Environment, Quantity};
use catalog::{Database, Purpose};

use super::prelude::*;
use crate::decide::{self, Figure, Verdict};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("missing-pooler"),
    group: Group::Operations,
    level: Some(Level::Warning),
    summary: "More clients connect than the database carries, and no pooler stands in front.",
    why: "Each connection costs memory and a process or thread, whether it works or waits. Past what the \
          database carries it swaps or turns clients away, mostly during a deployment, when the old and the \
          new processes are connected together. For PostgreSQL polyglot renders a pooler, for others it does not.",
    source: "https://dev.mysql.com/doc/refman/8.4/en/connection-interfaces.html",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { memory: 32GB }
            data:
              orders:
                needs_transactions: true
                connections: 1500
        ";
        "polyglot.yaml": r"
            version: 1
            target: { memory: 32GB }
            data:
              orders: { needs_transactions: true, connections: 700 }
              returns: { needs_transactions: true, connections: 400 }
        ";
        "polyglot.yaml": r"
            version: 1
            target: { memory: 32GB }
            data:
              readings: { kind: time_series, retention: 90d, connections: 500, database: timescaledb, justification: SQL }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { memory: 32GB }
            data:
              orders:
                needs_transactions: true
                connections: 400
        ";
        "polyglot.yaml": r"
            version: 1
            target: { memory: 32GB }
            data:
              orders: { kind: user_profile, connections: 1500 }
        ";
        "polyglot.yaml": r"
            version: 1
            target: { memory: 32GB, environment: development }
            data:
              orders: { needs_transactions: true, connections: 1500 }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    // A developer opens few, whatever the file says of the real thing.
    if system.requirements.target.environment() == Environment::Development {
        return;
    }
    for (index, kind) in system.kinds.iter().enumerate() {
        let Some((database, figure)) = kind.selected.checks.iter().find_map(strained) else { continue };
        let connected = |other: &Kind<'_>| other.data.connections.as_ref().map_or(0, |clients| clients.value.0);
        // One finding for what shares a service, at the kind that brings the most.
        let earlier = system.kinds.iter().take(index).filter(|other| other.shares_with(kind));
        let later = system.kinds.iter().skip(index.saturating_add(1)).filter(|other| other.shares_with(kind));
        let is_most = earlier.map(connected).all(|other| other < connected(kind))
            && later.map(connected).all(|other| other <= connected(kind));
        let Some(clients) = kind.data.connections.as_ref().filter(|_| is_most && !has_pooler(system, database)) else {
            continue;
        };
        let shared = if figure.own == figure.total { "" } else { " with what shares its service" };
        let message = format!(
            "`{}` brings {} clients{shared} to {}, which carries {} well",
            kind.name,
            Count(figure.total.0),
            database.name,
            figure.strained.map_or_else(String::new, |bound| Count(bound.0).to_string())
        );
        let violation = Violation::new(kind.about(), system.at(clients.place, "no pooler in front"), message);
        violations.push(violation.help(match &database.pooler {
            Some(pooler) => pooler.advice.as_str(),
            None => "let the processes share fewer connections, and state the `connections` that they open together",
        }));
    }
}

/// A check of the clients that came out badly, but not so that nothing fits.
fn strained<'a>(check: &decide::Check<'a>) -> Option<(&'a Database, Figure)> {
    let (quantity, figure) = check.figure()?;
    let is_strained = quantity == Quantity::Connections && check.verdict == Verdict::Strained && !figure.assumed;
    is_strained.then_some((check.database, figure))
}

/// Whether one is rendered when it is needed.
fn has_pooler(system: &System<'_>, database: &Database) -> bool {
    let recipe = system.catalog.recipe(&database.id);
    recipe.is_some_and(|recipe| recipe.jobs.iter().any(|job| job.purpose == Purpose::Proxy))
}
