//! The catalog as one decision run sees it: amounts read, formulas reckoned for this host, policy applied.

use std::cell::OnceCell;

use indexmap::IndexMap;

use crate::catalog::{Bound, Catalog, Database, Limit, Service, State, Version};
use crate::config::{Policy, Refusal};
use crate::expression::{Formula, Formulas, Names};
use crate::requirements::{Profile, Requirements, Target};
use crate::vocabulary::{Amount, Environment, Need, Quantity};

/// Everything a decision needs to know besides the data itself.
pub struct Facts<'a> {
    databases: IndexMap<&'a str, Engine<'a>>,
    pub(super) policy: &'a Policy,
    host: Names,
    /// The host as the file leaves it open, so that a bound reckoned from it decides nothing.
    assumed: Vec<&'static str>,
}

/// A database as one run sees it.
pub struct Engine<'a> {
    /// What we know of it.
    pub database: &'a Database,
    /// The version that would run.
    pub version: &'a Version,
    pub(super) services: [&'a Service; Need::ALL.len()],
    pub(super) limits: Vec<Reckoned<'a>>,
    pub(super) standing: Standing,
}

/// What speaks against a database before any data is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    /// Policy refuses it.
    Refused(Refusal),
    /// Its licence forbids production use, and this is production.
    NoProduction,
    /// Nobody maintains it, and policy does not allow that.
    Archived,
    /// Nobody has maintained it for long.
    Dormant,
}

/// A limit whose bounds have been read.
pub(super) struct Reckoned<'a> {
    pub(super) limit: &'a Limit,
    pub(super) strained: Option<Threshold<'a>>,
    pub(super) exceeds: Option<Threshold<'a>>,
}

/// A bound, ready to compare.
pub(super) enum Threshold<'a> {
    Fixed { amount: Amount, assumed: bool },
    Formula { text: &'a str, formulas: &'a Formulas, compiled: OnceCell<Option<Formula<'a>>> },
}

/// A bound for one kind of data, and whether it rests on a host that the file leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounded {
    pub(super) amount: Amount,
    pub(super) assumed: bool,
}

impl<'a> Facts<'a> {
    /// Prepares a run for a file's host and pinned versions.
    pub fn new(catalog: &'a Catalog, policy: &'a Policy, formulas: &'a Formulas, file: &Requirements) -> Self {
        let (host, assumed) = host_of(&file.target);
        let mut facts = Self { databases: IndexMap::new(), policy, host, assumed };
        let environment = file.target.environment();
        let databases = catalog.databases().filter_map(|database| {
            let pinned = file.data.values().filter_map(|data| data.database.as_ref()?.value.split_once('@'));
            let pinned = pinned.into_iter().find(|(id, _)| *id == database.id);
            let version = pinned.and_then(|(_, version)| database.version(version));
            let version = version.or_else(|| database.default_version())?;
            Some((database.id.as_str(), facts.engine(database, version, environment, formulas)?))
        });
        facts.databases = databases.collect();
        facts
    }

    fn engine(
        &self,
        database: &'a Database,
        version: &'a Version,
        environment: Environment,
        formulas: &'a Formulas,
    ) -> Option<Engine<'a>> {
        let services: Option<Vec<_>> = Need::ALL.iter().map(|need| database.serves.get(need)).collect();
        let limits = database.limits.iter().filter(|limit| database.has_limit(limit, version));
        let reckoned = limits.map(|limit| Reckoned {
            limit,
            strained: limit.strained.as_ref().and_then(|bound| self.threshold(limit.what, bound, formulas)),
            exceeds: limit.exceeds.as_ref().and_then(|bound| self.threshold(limit.what, bound, formulas)),
        });
        Some(Engine {
            database,
            version,
            services: services?.try_into().ok()?,
            limits: reckoned.collect(),
            standing: standing(database, self.policy, environment),
        })
    }

    /// Reads a bound; one that depends on the host alone is reckoned here, once.
    fn threshold(&self, what: Quantity, bound: &'a Bound, formulas: &'a Formulas) -> Option<Threshold<'a>> {
        match bound {
            Bound::Fixed(amount) => what.parse(amount).ok().map(|amount| Threshold::Fixed { amount, assumed: false }),
            Bound::Formula(text) => {
                let formula = formulas.compile(text).ok()?;
                let names = formula.names();
                if names.iter().all(|name| self.host.has(name)) {
                    let amount = Amount(formula.evaluate(&self.host).ok()?.saturating_mul(what.formula_unit()));
                    return Some(Threshold::Fixed { amount, assumed: self.rests_on_assumption(&names) });
                }
                let compiled = OnceCell::new();
                let _ = compiled.set(Some(formula));
                Some(Threshold::Formula { text, formulas, compiled })
            }
        }
    }

    fn rests_on_assumption(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.assumed.contains(&name.as_str()))
    }

    /// The bound for one kind of data; nothing where the formula needs a quantity that is unknown.
    pub(super) fn bound(&self, what: Quantity, threshold: &Threshold<'a>, profile: &Profile) -> Option<Bounded> {
        match threshold {
            Threshold::Fixed { amount, assumed } => Some(Bounded { amount: *amount, assumed: *assumed }),
            Threshold::Formula { text, formulas, compiled } => {
                let formula = compiled.get_or_init(|| formulas.compile(text).ok()).as_ref()?;
                let mut names = self.host.clone();
                for quantity in Quantity::ALL {
                    if let Some(Amount(amount)) = profile.quantity(*quantity) {
                        names.set(quantity.name(), amount.checked_div(quantity.formula_unit())?);
                    }
                }
                if let Some(mean) = profile.mean_dimension() {
                    names.set(Quantity::Dimension.name(), mean);
                }
                let amount = formula.evaluate(&names).ok()?.saturating_mul(what.formula_unit());
                Some(Bounded { amount: Amount(amount), assumed: self.rests_on_assumption(&formula.names()) })
            }
        }
    }

    /// The engine of an id.
    pub fn engine_of(&self, id: &str) -> Option<&Engine<'a>> {
        self.databases.get(id)
    }

    /// All engines, in the catalog's order.
    pub fn engines(&self) -> impl ExactSizeIterator<Item = &Engine<'a>> {
        self.databases.values()
    }
}

impl Threshold<'_> {
    /// Whether the bound depends on a quantity of the data.
    pub(super) fn depends_on(&self, quantity: Quantity) -> bool {
        match self {
            Self::Fixed { .. } => false,
            Self::Formula { compiled, .. } => {
                let formula = compiled.get().and_then(Option::as_ref);
                formula.is_some_and(|formula| formula.names().iter().any(|name| name == quantity.name()))
            }
        }
    }
}

/// The host's names for formulas, and which of them the file leaves open.
fn host_of(target: &Target) -> (Names, Vec<&'static str>) {
    let mut host = Names::new();
    host.set("mem", target.memory().0);
    host.set("disk", target.disk().0);
    host.set("cpus", target.cpus());
    let stated = [("mem", target.memory.is_some()), ("disk", target.disk.is_some()), ("cpus", target.cpus.is_some())];
    (host, stated.into_iter().filter(|(_, stated)| !stated).map(|(name, _)| name).collect())
}

fn standing(database: &Database, policy: &Policy, environment: Environment) -> Standing {
    if let Some(refusal) = policy.refuses(database) {
        return Standing::Refused(refusal);
    }
    if !database.licence.production && environment == Environment::Production {
        return Standing::NoProduction;
    }
    match database.upstream.state {
        State::Archived if !policy.allow_archived => Standing::Archived,
        State::Archived | State::Dormant => Standing::Dormant,
        State::Active | State::Maintenance => Standing::Good,
    }
}
