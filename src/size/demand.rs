//! What a service is asked for by all the kinds of data that it serves, and the names under which formulas speak of it.

use std::sync::Arc;

use catalog::units::Span;
use catalog::vocabulary::{Amount, Flag, Quantity, Sync, Workload};

use super::host::Host;
use super::stored::Stored;
use crate::decide::{Role, Selected, Service};
use crate::expression::Scope;
use crate::requirements::{Data, Profile, Requirements};

/// What a service is asked for. A figure that nobody states is zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    amounts: [u64; Quantity::ALL.len()],
    components: u64,
    record_bytes: u64,
    flags: [bool; Flag::ALL.len()],
    /// What it is for.
    pub role: Role,
    /// How its relational data is used.
    pub workload: Workload,
    /// The changes that may be lost, where every kind of data in it says so.
    pub rpo: Option<Span>,
    /// How long recovery may take.
    pub rto: Option<Span>,
    /// Whether something follows its changes.
    pub cdc: bool,
}

const MICROSECONDS: u64 = 1_000_000;

impl Default for Demand {
    fn default() -> Self {
        Self {
            amounts: [0; Quantity::ALL.len()],
            components: 0,
            record_bytes: 0,
            flags: [false; Flag::ALL.len()],
            role: Role::Record,
            workload: Workload::Web,
            rpo: None,
            rto: None,
            cdc: false,
        }
    }
}

impl Demand {
    /// What the kinds of data of a service ask of it together.
    pub fn of(service: &Service<'_>, kinds: &[(&Selected<'_>, Profile)], requirements: &Requirements) -> Self {
        let mut demand = Self { role: service.role, ..Self::default() };
        for (_, profile) in kinds {
            demand.add(profile);
        }
        let data = || kinds.iter().map(|(selected, _)| selected.data);
        demand.workload = workload(data());
        demand.rpo = least(data().map(|data| data.rpo.as_ref().map(|rpo| rpo.value)));
        demand.rto = data().filter_map(|data| data.rto.as_ref()).map(|rto| rto.value).min();
        demand.cdc = requirements.data.values().any(|data| {
            let source = data.source.as_ref().is_some_and(|source| service.serves.contains(&source.value.as_str()));
            source && data.sync.as_ref().is_some_and(|sync| matches!(sync.value, Sync::Cdc | Sync::Outbox))
        });
        demand
    }

    /// States a quantity, in its base unit.
    pub fn set(&mut self, quantity: Quantity, Amount(amount): Amount) {
        if let Some(slot) = self.amounts.get_mut(quantity as usize) {
            *slot = amount;
        }
    }

    /// A quantity in its base unit; zero where it is unknown.
    pub fn amount(&self, quantity: Quantity) -> u64 {
        self.amounts.get(quantity as usize).copied().unwrap_or(0)
    }

    fn add(&mut self, profile: &Profile) {
        for quantity in Quantity::ALL {
            let Some(Amount(own)) = profile.quantity(*quantity) else { continue };
            let known = self.amount(*quantity);
            let both = match quantity {
                _ if quantity.adds_up() => known.saturating_add(own),
                Quantity::LatencyP99 if known > 0 => known.min(own),
                _ => known.max(own),
            };
            self.set(*quantity, Amount(both));
        }
        let vectors = profile.quantity(Quantity::Vectors).map_or(0, |Amount(vectors)| vectors);
        let components = vectors.saturating_mul(profile.mean_dimension().unwrap_or(0));
        self.components = self.components.saturating_add(components);
        let stored = Stored::today(profile).unwrap_or_default();
        self.record_bytes = self.record_bytes.saturating_add(stored.records);
        for flag in profile.flags() {
            if let Some(slot) = self.flags.get_mut(flag as usize) {
                *slot = true;
            }
        }
    }

    /// The names of the data, for formulas: bytes, pieces, events a second, seconds.
    pub fn name(&self, scope: &Scope) {
        for quantity in Quantity::ALL {
            let amount = self.amount(*quantity);
            let amount = match quantity {
                Quantity::Retention if amount == Amount::ENDLESS.0 => 0,
                Quantity::Retention => amount.div_euclid(MICROSECONDS),
                _ => amount.checked_div(quantity.formula_unit()).unwrap_or(0),
            };
            match quantity {
                Quantity::LatencyP99 => scope.set(quantity.name(), seconds(amount)),
                Quantity::Dimension => scope.set(quantity.name(), self.dimension()),
                _ => scope.set(quantity.name(), amount),
            }
        }
        let span = |span: Option<Span>| span.map_or(-1.0, |Span(span)| seconds(span));
        scope.set("vector_bytes", self.components.saturating_mul(4));
        scope.set("record_bytes", self.record_bytes);
        scope.set("clients", self.amount(Quantity::Connections));
        scope.set("rpo", span(self.rpo));
        scope.set("rto", span(self.rto));
        scope.set("cdc", self.cdc);
        scope.set("workload", self.workload.name());
        scope.set("role", role(self.role));
        scope.set("derived", matches!(self.role, Role::Derived | Role::Cache));
        scope.set("transactions", self.asks_for(Flag::NeedsTransactions));
        for flag in [Flag::FullText, Flag::VectorSearch, Flag::Geospatial, Flag::TimeSeries] {
            scope.set(flag.name(), self.asks_for(flag));
        }
    }

    /// The mean dimension of the embeddings, or the stated one where their number is unknown.
    fn dimension(&self) -> u64 {
        let mean = self.components.checked_div(self.amount(Quantity::Vectors)).filter(|mean| *mean > 0);
        mean.unwrap_or_else(|| self.amount(Quantity::Dimension))
    }

    fn asks_for(&self, flag: Flag) -> bool {
        self.flags.get(flag as usize).copied().unwrap_or(false)
    }
}

impl Host {
    /// The names of the host, for formulas.
    pub fn name(&self, scope: &Scope) {
        scope.set("host_mem", self.memory.0);
        scope.set("disk", self.disk.0);
        scope.set("storage", self.storage.name());
        scope.set("environment", self.environment.name());
    }

    /// A scope with the names of the host and of a demand.
    pub fn scope(&self, demand: &Demand) -> Arc<Scope> {
        let scope = Arc::new(Scope::default());
        self.name(&scope);
        demand.name(&scope);
        scope
    }
}

/// What an instance is for, in the words of formulas: a rebuilt copy is kept like a record.
fn role(role: Role) -> &'static str {
    match role {
        Role::Record | Role::Derived => "record",
        Role::Cache => "cache",
        Role::Stream => "stream",
    }
}

/// How relational data is used: as all of it says, `mixed` where they differ.
fn workload<'a>(data: impl Iterator<Item = &'a Data>) -> Workload {
    let mut stated = data.map(|data| data.workload.as_ref().map_or(Workload::Web, |workload| workload.value));
    let Some(first) = stated.next() else { return Workload::Web };
    if stated.all(|other| other == first) { first } else { Workload::Mixed }
}

/// The least of all, where all are stated.
fn least(spans: impl Iterator<Item = Option<Span>>) -> Option<Span> {
    spans.collect::<Option<Vec<_>>>()?.into_iter().min()
}

fn seconds(microseconds: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "exact below 285 years")]
    let microseconds = microseconds as f64;
    microseconds / 1e6
}
