//! `missing-pooler`

use std::collections::HashMap;

use catalog::units::Count;
use catalog::vocabulary::{Environment, Quantity};
use catalog::{Database, Purpose};

use super::prelude::*;
use crate::decide::{Instance, Verdict};

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
    let loads = loads(system);
    for (index, kind) in system.kinds.iter().enumerate() {
        let Some((load, stated)) = instance_of(kind).and_then(|one| loads.get(one)).zip(kind.data.connections.as_ref())
        else {
            continue;
        };
        // One finding for what shares a service, at the kind that brings the most.
        let Some(crowd) = crowd(system, kind, load.clients).filter(|_| load.most.1 == index) else { continue };
        let shared = if crowd.clients == stated.value { "" } else { " with what shares its service" };
        let message = format!(
            "`{}` brings {} clients{shared} to {}, which carries {} well",
            kind.name, crowd.clients, crowd.database.name, crowd.carried
        );
        let violation = Violation::new(kind.about(), system.at(stated.place, "no pooler in front"), message);
        violations.push(violation.help(match &crowd.database.pooler {
            Some(pooler) => pooler.advice.as_str(),
            None => "let the processes share fewer connections, and state the `connections` that they open together",
        }));
    }
}

/// The clients of a service.
#[derive(Default)]
struct Load {
    clients: u64,
    /// The most that one kind of data brings, and which one.
    most: (u64, usize),
}

fn instance_of<'k>(kind: &'k Kind<'_>) -> Option<&'k Instance> {
    kind.selected.instances.first()
}

/// The clients of each service that somebody states any for.
fn loads<'k>(system: &'k System<'_>) -> HashMap<&'k Instance, Load> {
    let mut loads: HashMap<&Instance, Load> = HashMap::new();
    for (index, kind) in system.kinds.iter().enumerate() {
        let Some((instance, clients)) = instance_of(kind).zip(clients_of(kind)) else { continue };
        let load = loads.entry(instance).or_default();
        load.clients = load.clients.saturating_add(clients);
        if load.clients == clients || clients > load.most.0 {
            load.most = (clients, index);
        }
    }
    loads
}

/// More clients than a database carries well by itself.
struct Crowd<'a> {
    database: &'a Database,
    clients: Count,
    carried: Count,
}

/// The clients of a service that are too many without a pooler, where none is rendered and another database is not the
/// remedy.
fn crowd<'a>(system: &System<'a>, kind: &Kind<'a>, clients: u64) -> Option<Crowd<'a>> {
    let database = kind.database()?;
    let carried = system.facts.clients_without_pooler(database, &kind.profile)?.0;
    let is_past_help = kind.selected.checks.iter().any(|check| {
        let of_clients = check.figure().is_some_and(|(quantity, _)| quantity == Quantity::Connections);
        of_clients && check.verdict == Verdict::Exceeds
    });
    let is_crowded = clients > carried && !is_past_help && !has_pooler(system, database);
    is_crowded.then_some(Crowd { database, clients: Count(clients), carried: Count(carried) })
}

fn clients_of(kind: &Kind<'_>) -> Option<u64> {
    kind.data.connections.as_ref().map(|clients| clients.value.0)
}

/// Whether one is rendered when it is needed.
fn has_pooler(system: &System<'_>, database: &Database) -> bool {
    let recipe = system.catalog.recipe(&database.id);
    recipe.is_some_and(|recipe| recipe.jobs.iter().any(|job| job.purpose == Purpose::Proxy))
}
