//! What a decision depends on besides the data: the catalog as one run sees it, with amounts read, formulas evaluated for
//! this host and policy applied, and the tree.

use std::cell::{OnceCell, RefCell};
use std::ops::BitOr;
use std::sync::Arc;

use catalog::vocabulary::{Amount, Environment, Flag, Need, Quantity};
use catalog::{Bound, Catalog, Database, Level, Limit, Map, Service, State, Text, Version};
use smallvec::SmallVec;

use super::needs::Needs;
use super::tree::Tree;
use crate::config::{Policy, Refusal};
use crate::expression::{Formula, Formulas, Names, mentions, words};
use crate::requirements::{Profile, Requirements, Target};

/// Everything a decision needs to know besides the data itself.
pub struct DecisionContext<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) tree: &'a Tree,
    pub(super) policy: &'a Policy,
    engines: Vec<Engine<'a>>,
    /// The formulas that have been compiled, by their texts: most databases end where the disk does.
    compiled: RefCell<Map<String, Compiled>>,
    host: Names,
    /// The names of the host that the file leaves open, so that a bound reckoned from them decides nothing.
    assumed: Vec<&'static str>,
}

/// A database as one run sees it.
pub struct Engine<'a> {
    /// What we know of it.
    pub database: &'a Database,
    /// The version that would run.
    pub version: &'a Version,
    /// Where it stands among the engines.
    pub(super) index: usize,
    pub(super) served: [Served<'a>; Need::ALL.len()],
    /// Which needs it serves how, to see at a glance.
    pub(super) levels: Levels,
    /// The figures up to which needs are served well, of all needs together.
    pub(super) served_up_to: Vec<(Need, Quantity, Amount)>,
    pub(super) limits: Vec<Reckoned<'a>>,
    /// The quantities that its figures and limits speak of, each the bit of its place in the vocabulary.
    pub(super) concerns: u32,
    pub(super) eligibility: Eligibility,
    /// What takes its place: its successor, then its alternatives.
    pub(super) substitutes: Vec<usize>,
}

/// How a need is served, with the figures up to which it is served well.
pub(super) struct Served<'a> {
    pub(super) service: &'a Service,
    pub(super) up_to: Vec<(Quantity, Amount)>,
}

/// The needs by how a database serves them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Levels {
    /// Those that it is made for.
    pub(super) native: Needs,
    /// Those that it serves badly or not at all.
    pub(super) weak: Needs,
    /// Those that it does not serve.
    pub(super) refused: Needs,
    /// Those that it serves well up to a figure.
    pub(super) bounded: Needs,
}

impl Levels {
    fn of(served: &[Served<'_>]) -> Self {
        let those = |serves: fn(&Served<'_>) -> bool| {
            let needs = Need::ALL.iter().zip(served).filter(|(_, served)| serves(served));
            needs.map(|(need, _)| *need).collect()
        };
        Self {
            native: those(|served| served.service.level == Level::Native),
            weak: those(|served| served.service.level >= Level::Strained),
            refused: those(|served| served.service.level == Level::No),
            bounded: those(|served| !served.up_to.is_empty()),
        }
    }
}

/// What speaks against a database before any data is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Eligibility {
    Good,
    /// Policy refuses it.
    Refused(Refusal),
    /// Its licence forbids production use, and this is production.
    NoProduction,
    /// The same, but that this is production is a guess.
    PerhapsNoProduction,
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
    /// A figure, read when it is first asked for: of hundreds a run asks for some tens.
    Fixed { text: &'a str, read: OnceCell<Option<Amount>> },
    /// A formula of the host alone, reckoned when it is first asked for.
    OfHost { text: &'a str, reckoned: OnceCell<Option<Bounded>> },
    /// A formula of the data too.
    OfData(OfData<'a>),
}

/// A formula of the data, compiled when it is first asked for; the last bound is kept, since trial after trial asks
/// with the same figures.
pub(super) struct OfData<'a> {
    text: &'a str,
    of: SmallVec<[Quantity; 2]>,
    compiled: OnceCell<Compiled>,
    last: RefCell<Option<(Figures, Option<Bounded>)>>,
}

/// A compiled formula, if it is one.
type Compiled = Option<Arc<Formula<'static>>>;

/// The figures that a formula is asked with, in the order of its quantities.
type Figures = SmallVec<[Option<u64>; 2]>;

/// A bound for one kind of data, and whether it rests on a host that the file leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounded {
    pub(super) amount: Amount,
    pub(super) assumed: bool,
}

impl<'a> DecisionContext<'a> {
    /// Prepares a run for a file's host and pinned versions.
    pub fn new(catalog: &'a Catalog, tree: &'a Tree, policy: &'a Policy, file: &Requirements) -> Self {
        let (host, assumed) = host_of(&file.target);
        let pins = pins_of(file);
        let places: Map<&str, usize> = catalog.ids().enumerate().map(|(place, id)| (id, place)).collect();
        let engines = catalog.databases().enumerate().filter_map(|(index, database)| {
            let substitutes =
                database.upstream.successor.iter().chain(database.alternatives.iter().map(|other| &other.id));
            let served = served(database)?;
            let version = version_for(database, &pins)?;
            let mut engine = Engine {
                database,
                version,
                index,
                served_up_to: served_up_to(&served),
                levels: Levels::of(&served),
                served,
                limits: Vec::new(),
                concerns: 0,
                eligibility: eligibility(database, policy, &file.target),
                substitutes: substitutes.filter_map(|id| places.get(id.as_str()).copied()).collect(),
            };
            engine.take_limits();
            Some(engine)
        });
        Self { catalog, tree, policy, engines: engines.collect(), compiled: RefCell::default(), host, assumed }
    }

    /// The same for another file: what depends on its host and its pinned versions is taken anew, and what was
    /// read and compiled stays. Whoever looks at thousands of files need not begin at each again.
    #[must_use]
    pub fn renewed(mut self, file: &Requirements) -> Self {
        (self.host, self.assumed) = host_of(&file.target);
        let pins = pins_of(file);
        for engine in &mut self.engines {
            engine.eligibility = eligibility(engine.database, self.policy, &file.target);
            let Some(version) = version_for(engine.database, &pins) else { continue };
            if *engine.version.major != *version.major {
                engine.version = version;
                engine.take_limits();
            }
            engine.limits.iter_mut().for_each(Reckoned::forget_host);
        }
        self
    }

    /// The catalog.
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// Takes another version of a database than the file's; nothing where the catalog does not know it.
    pub(super) fn set_version(&mut self, id: &str, major: &str) -> Option<()> {
        let engine = self.engines.iter_mut().find(|engine| engine.database.id == id)?;
        engine.version = engine.database.version(major)?;
        engine.take_limits();
        Some(())
    }

    fn rests_on_assumption(&self, formula: &str) -> bool {
        self.assumed.iter().any(|name| mentions(formula, name))
    }

    /// The bound for one kind of data; nothing where the formula needs a quantity that is unknown.
    pub(super) fn bound(
        &self,
        what: Quantity,
        threshold: &Threshold<'a>,
        profile: &Profile,
        dimension: Option<u64>,
    ) -> Option<Bounded> {
        let reckon = |text: &str, formula: &Formula<'_>, names: &Names| {
            let amount = Amount(formula.evaluate(names).ok()?.saturating_mul(what.formula_unit()));
            Some(Bounded { amount, assumed: self.rests_on_assumption(text) })
        };
        match threshold {
            Threshold::Fixed { text, read } => {
                let amount = *read.get_or_init(|| what.parse(text).ok());
                amount.map(|amount| Bounded { amount, assumed: false })
            }
            Threshold::OfHost { text, reckoned } => {
                *reckoned.get_or_init(|| reckon(text, &*self.compiled(text)?, &self.host))
            }
            Threshold::OfData(OfData { text, of, compiled, last }) => {
                let figures: Figures = of.iter().map(|quantity| figure(*quantity, profile, dimension)).collect();
                if let Some((asked, bound)) = &*last.borrow()
                    && *asked == figures
                {
                    return *bound;
                }
                let formula = compiled.get_or_init(|| self.compiled(text)).as_deref()?;
                let mut names = self.host.clone();
                for (quantity, known) in of.iter().zip(&figures).filter_map(|(q, figure)| Some((q, (*figure)?))) {
                    names.set(quantity.name(), known);
                }
                let bound = reckon(text, formula, &names);
                *last.borrow_mut() = Some((figures, bound));
                bound
            }
        }
    }

    fn compiled(&self, text: &str) -> Compiled {
        if let Some(known) = self.compiled.borrow().get(text) {
            return known.clone();
        }
        let compiled = Formulas::default().compile_owned(text).ok().map(Arc::new);
        self.compiled.borrow_mut().insert(text.to_owned(), compiled.clone());
        compiled
    }

    /// Whether the policy takes some databases before others.
    pub(super) fn has_preferences(&self) -> bool {
        self.policy.preferred().next().is_some()
    }

    /// The engine of an id.
    pub fn engine_of(&self, id: &str) -> Option<&Engine<'a>> {
        self.engines.iter().find(|engine| engine.database.id == id)
    }

    /// The engine at a place.
    pub(super) fn engine(&self, index: usize) -> Option<&Engine<'a>> {
        self.engines.get(index).filter(|engine| engine.index == index)
    }

    /// All engines, in the catalog's order.
    pub fn engines(&self) -> impl ExactSizeIterator<Item = &Engine<'a>> {
        self.engines.iter()
    }
}

impl<'a> Threshold<'a> {
    fn new(bound: &'a Bound) -> Self {
        match bound {
            Bound::Fixed(text) => Self::Fixed { text, read: OnceCell::new() },
            Bound::Formula(text) => {
                let mut of: SmallVec<_> = words(text).filter_map(Quantity::named).collect();
                of.sort_unstable();
                of.dedup();
                if of.is_empty() {
                    Self::OfHost { text, reckoned: OnceCell::new() }
                } else {
                    Self::OfData(OfData { text, of, compiled: OnceCell::new(), last: RefCell::default() })
                }
            }
        }
    }

    /// Whether the bound is a formula of the host's memory.
    pub(super) fn is_of_memory(&self) -> bool {
        match self {
            Self::Fixed { .. } => false,
            Self::OfHost { text, .. } | Self::OfData(OfData { text, .. }) => mentions(text, "mem"),
        }
    }

    /// The quantities of the data that the bound depends on.
    fn quantities(&self) -> &[Quantity] {
        match self {
            Self::Fixed { .. } | Self::OfHost { .. } => &[],
            Self::OfData(OfData { of, .. }) => of,
        }
    }

    /// Whether the bound depends on a quantity of the data.
    pub(super) fn depends_on(&self, quantity: Quantity) -> bool {
        self.quantities().contains(&quantity)
    }
}

/// The figure of a quantity as a formula speaks of it.
fn figure(quantity: Quantity, profile: &Profile, dimension: Option<u64>) -> Option<u64> {
    match quantity {
        Quantity::Dimension => dimension,
        _ => profile.quantity(quantity).and_then(|Amount(amount)| amount.checked_div(quantity.formula_unit())),
    }
}

fn served(database: &Database) -> Option<[Served<'_>; Need::ALL.len()]> {
    let served = Need::ALL.iter().map(|need| {
        let service = database.serves.get(need)?;
        let up_to = service.up_to.iter().filter(|(what, amount)| !is_a_limit(database, *need, **what, amount));
        let up_to = up_to.filter_map(|(what, amount)| Some((*what, what.parse(amount).ok()?)));
        Some(Served { service, up_to: up_to.collect() })
    });
    served.collect::<Option<Vec<_>>>()?.try_into().ok()
}

/// Whether a limit says the same as a figure up to which a need is served well.
fn is_a_limit(database: &Database, need: Need, what: Quantity, amount: &Text) -> bool {
    let flag = Flag::named(need.name());
    let same = |limit: &Limit| limit.strained.as_ref().is_some_and(|bound| *bound == Bound::Fixed(amount.clone()));
    database.limits.iter().any(|limit| limit.what == what && limit.when == flag && same(limit))
}

/// The figures up to which needs are served well, of all needs together.
fn served_up_to(served: &[Served<'_>]) -> Vec<(Need, Quantity, Amount)> {
    let needs = Need::ALL.iter().zip(served);
    needs.flat_map(|(need, served)| served.up_to.iter().map(|(what, amount)| (*need, *what, *amount))).collect()
}

impl Engine<'_> {
    /// Takes the limits of its version.
    fn take_limits(&mut self) {
        let limits = self.database.limits.iter().filter(|limit| self.database.is_in(self.version, limit.versions()));
        let reckoned = limits.map(|limit| Reckoned {
            limit,
            strained: limit.strained.as_ref().map(Threshold::new),
            exceeds: limit.exceeds.as_ref().map(Threshold::new),
        });
        self.limits = reckoned.collect();
        let served = self.served_up_to.iter().map(|(_, quantity, _)| *quantity);
        self.concerns = served.chain(self.limits.iter().flat_map(Reckoned::quantities)).map(bit).fold(0, BitOr::bitor);
    }
}

/// The versions that a file pins, by database.
fn pins_of(file: &Requirements) -> Map<&str, &str> {
    file.data.values().filter_map(|data| data.database.as_ref()?.value.split_once('@')).collect()
}

/// The version of a database that a file pins, or the usual one.
fn version_for<'a>(database: &'a Database, pins: &Map<&str, &str>) -> Option<&'a Version> {
    let pinned = pins.get(database.id.as_str()).and_then(|version| database.version(version));
    pinned.or_else(|| database.default_version())
}

impl Reckoned<'_> {
    /// Forgets what was reckoned for a host.
    fn forget_host(&mut self) {
        for threshold in self.strained.iter_mut().chain(&mut self.exceeds) {
            match threshold {
                Threshold::Fixed { .. } => {}
                Threshold::OfHost { reckoned, .. } => *reckoned = OnceCell::new(),
                Threshold::OfData(OfData { last, .. }) => *last.get_mut() = None,
            }
        }
    }

    /// The quantities that move the limit or are held against it.
    fn quantities(&self) -> impl Iterator<Item = Quantity> + '_ {
        let thresholds = self.strained.iter().chain(&self.exceeds);
        thresholds.flat_map(Threshold::quantities).copied().chain([self.limit.what])
    }
}

/// The bit of a quantity in a set.
pub(super) fn bit(quantity: Quantity) -> u32 {
    1u32.checked_shl(quantity as u32).unwrap_or(0)
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

fn eligibility(database: &Database, policy: &Policy, target: &Target) -> Eligibility {
    if let Some(refusal) = policy.refuses(database) {
        return Eligibility::Refused(refusal);
    }
    if !database.licence.production && target.environment() == Environment::Production {
        return if target.environment.is_some() { Eligibility::NoProduction } else { Eligibility::PerhapsNoProduction };
    }
    match database.upstream.state {
        State::Archived if !policy.allow_archived => Eligibility::Archived,
        State::Archived | State::Dormant => Eligibility::Dormant,
        State::Active | State::Maintenance => Eligibility::Good,
    }
}
