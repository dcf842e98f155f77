//! A database as one run sees it: the version that would run, the rows that hold for it, what policy and the team make of it.

use std::cell::RefCell;

use catalog::expression::{Formulas, mentions};
use catalog::vocabulary::{Amount, Environment, Facts, Manner, Need, Platform, Quantity};
use catalog::{
    Bound, Category, Database, Extent, Figure, Hosting, Level, Map, Service, State, Version, evaluated, most_specific,
};

use super::check::{Check, Verdict, What};
use crate::config::{Policy, Refusal};
use crate::requirements::Target;

/// A database as one run sees it.
pub struct Engine<'a> {
    /// What we know of it.
    pub database: &'a Database,
    /// The version that would run.
    pub version: &'a Version,
    /// Where it stands among the engines.
    pub(super) index: usize,
    pub(super) levels: Levels,
    /// How each need is served, by its place in the vocabulary.
    services: Vec<Option<&'a Service>>,
    /// What is known of its ends in this version, in the order of the quantities.
    bounds: Vec<&'a Bound>,
    /// Where the rows of each quantity end among these.
    ends: [usize; Quantity::ALL.len()],
    /// The special uses that it serves without a row of their own, which only a folder of another catalogue may leave out:
    /// the row of any use says nothing of these.
    missing: Vec<(Quantity, Facts)>,
    pub(super) eligibility: Eligibility,
    /// Whether the team runs it, or what it is akin to.
    pub(super) familiarity: Familiarity,
    /// Whether the policy takes it before others.
    pub(super) is_preferred: bool,
    /// Whether it is one of those that can be the relational core.
    pub(super) can_be_core: bool,
}

/// The needs by how a database serves them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Levels {
    pub(super) native: Facts,
    pub(super) adequate: Facts,
    pub(super) strained: Facts,
    pub(super) refused: Facts,
}

impl Levels {
    fn of(services: &[Option<&Service>]) -> Self {
        let mut levels = Self::default();
        for (need, service) in Need::ALL.iter().zip(services) {
            let of_level = match service.map_or(Level::No, |service| service.level) {
                Level::Native => &mut levels.native,
                Level::Adequate => &mut levels.adequate,
                Level::Strained => &mut levels.strained,
                Level::No => &mut levels.refused,
            };
            *of_level = of_level.and((*need).into());
        }
        levels
    }
}

/// What the care of a database is multiplied by, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Familiarity {
    /// The team runs it.
    Operated,
    /// The team runs what it is akin to.
    Related,
    /// The team runs others.
    New,
    /// The file does not say.
    Unknown,
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
    /// Nobody has maintained it for long, or policy allows that nobody does.
    Dormant,
}

impl Eligibility {
    fn of(database: &Database, policy: &Policy, target: &Target) -> Self {
        if let Some(refusal) = policy.refuses(database) {
            return Self::Refused(refusal);
        }
        if !database.licence.production && target.environment() == Environment::Production {
            return if target.environment.is_some() { Self::NoProduction } else { Self::PerhapsNoProduction };
        }
        match database.upstream.state {
            State::Archived if !policy.allow_archived => Self::Archived,
            State::Archived | State::Dormant => Self::Dormant,
            State::Active | State::Maintenance => Self::Good,
        }
    }

    fn verdict(self) -> Verdict {
        match self {
            Self::Good => Verdict::Fits,
            Self::PerhapsNoProduction | Self::Dormant => Verdict::Strained,
            Self::Refused(_) | Self::NoProduction | Self::Archived => Verdict::Exceeds,
        }
    }
}

/// Where an engine ends for a quantity.
#[derive(Clone, Copy)]
pub(super) enum Limit<'a> {
    /// Nobody has said.
    Unknown,
    /// Nowhere, and why.
    Unbounded(&'a Bound),
    /// There.
    Ends(End<'a>),
}

/// A row that holds, with its bounds in base units.
#[derive(Clone, Copy)]
pub(super) struct End<'a> {
    pub(super) row: &'a Bound,
    pub(super) strained: Amount,
    pub(super) exceeds: Amount,
    pub(super) on_several_nodes: bool,
}

/// A limit with the place of its row among those of its engine.
#[derive(Clone, Copy)]
pub(super) enum Known {
    Nothing,
    Unbounded(usize),
    Ends { row: usize, strained: Amount, exceeds: Amount, on_several_nodes: bool },
}

impl End<'_> {
    /// Whether the host's memory decides.
    pub(super) fn is_held_in_memory(&self) -> bool {
        matches!(&self.row.extent, Extent::Ends(ends) if ends.held_in_memory)
    }
}

impl<'a> Engine<'a> {
    pub(super) fn new(
        index: usize,
        (database, version): (&'a Database, &'a Version),
        policy: &Policy,
        target: &Target,
    ) -> Self {
        let services: Vec<_> = Need::ALL.iter().map(|need| database.serves.get(need)).collect();
        let mut engine = Self {
            database,
            version,
            index,
            levels: Levels::of(&services),
            services,
            bounds: Vec::new(),
            ends: [0; Quantity::ALL.len()],
            missing: Vec::new(),
            eligibility: Eligibility::of(database, policy, target),
            familiarity: Familiarity::Unknown,
            is_preferred: policy.preferred().any(|id| database.id == id),
            can_be_core: false,
        };
        engine.take_bounds();
        engine
    }

    /// Takes the rows of its version.
    fn take_bounds(&mut self) {
        let of_version = |bound: &&'a Bound| self.database.is_in(self.version, bound.versions());
        self.bounds = self.database.bounds.iter().filter(of_version).collect();
        self.bounds.sort_by_key(|bound| bound.of);
        for (quantity, end) in Quantity::ALL.iter().zip(&mut self.ends) {
            *end = self.bounds.partition_point(|bound| bound.of <= *quantity);
        }
        let served = self.levels.native.and(self.levels.adequate).and(self.levels.strained);
        let has_row = |of: Quantity, when: Facts| self.bounds.iter().any(|bound| bound.of == of && bound.when == when);
        let uses = Quantity::ALL.iter().flat_map(|of| of.special_uses().iter().map(|need| (*of, Facts::from(*need))));
        self.missing = uses.filter(|(of, use_)| use_.is_within(served) && !has_row(*of, *use_)).collect();
    }

    /// What is known of a limit, to be kept.
    pub(super) fn known(&self, limit: Limit<'a>) -> Known {
        let place = |row: &Bound| self.bounds.iter().position(|bound| std::ptr::eq(*bound, row));
        let known = match limit {
            Limit::Unknown => None,
            Limit::Unbounded(row) => place(row).map(Known::Unbounded),
            Limit::Ends(End { row, strained, exceeds, on_several_nodes }) => {
                place(row).map(|row| Known::Ends { row, strained, exceeds, on_several_nodes })
            }
        };
        known.unwrap_or(Known::Nothing)
    }

    /// The limit that is known.
    pub(super) fn limit(&self, known: Known) -> Limit<'a> {
        let row = |place: usize| self.bounds.get(place).copied();
        let limit = match known {
            Known::Nothing => None,
            Known::Unbounded(place) => row(place).map(Limit::Unbounded),
            Known::Ends { row: place, strained, exceeds, on_several_nodes } => {
                row(place).map(|row| Limit::Ends(End { row, strained, exceeds, on_several_nodes }))
            }
        };
        limit.unwrap_or(Limit::Unknown)
    }

    /// Takes another version than the default; nothing where the catalog does not know it.
    pub(super) fn set_version(&mut self, major: &str) -> Option<()> {
        let version = self.database.version(major)?;
        if *self.version.major != *version.major {
            self.version = version;
            self.take_bounds();
        }
        Some(())
    }

    /// Looks at it for another file.
    pub(super) fn renew(&mut self, policy: &Policy, target: &Target) {
        self.eligibility = Eligibility::of(self.database, policy, target);
    }

    /// Whether a special use among some facts has no row for a quantity.
    pub(super) fn is_missing(&self, of: Quantity, facts: Facts) -> bool {
        let is_record = of == Quantity::DataSize && facts.meets(catalog::RECORDS);
        !is_record && self.missing.iter().any(|(quantity, special)| *quantity == of && special.is_within(facts))
    }

    /// The rows of a quantity that hold for some facts, the most specific only.
    pub(super) fn rows(&self, of: Quantity, facts: Facts) -> impl Iterator<Item = &'a Bound> {
        let place = of as usize;
        let first = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(place).copied().unwrap_or(first);
        most_specific(self.bounds.get(first..end).unwrap_or_default(), of, facts)
    }

    pub(super) fn service(&self, need: Need) -> Option<&'a Service> {
        self.services.get(need as usize).copied().flatten()
    }

    /// How well it serves a need.
    pub(super) fn level(&self, need: Need) -> Level {
        self.service(need).map_or(Level::No, |service| service.level)
    }

    /// What a bound of it can depend on, for data with some facts.
    pub(super) fn facts(&self, of_data: Facts) -> Facts {
        if self.database.pooler.is_some() { of_data.and(Manner::Pooled.into()) } else { of_data }
    }

    /// Whether it runs in a container of ours, not at a vendor or inside the application.
    pub(super) fn is_run_here(&self) -> bool {
        self.database.hosting == Hosting::Container
    }

    pub(super) fn is_embedded(&self) -> bool {
        self.database.hosting == Hosting::Embedded
    }

    pub(super) fn is_operated(&self) -> bool {
        self.familiarity == Familiarity::Operated
    }

    pub(super) fn is(&self, category: Category) -> bool {
        self.database.is(category)
    }

    /// Whether a managed service may be proposed where the stack runs, or it is none.
    pub(super) fn is_had_on(&self, platform: Platform) -> bool {
        self.database.hosting != Hosting::Managed || self.database.platforms.contains(&platform)
    }

    /// Whether it may be chosen without a pin.
    pub(super) fn is_usable(&self) -> bool {
        match self.eligibility {
            Eligibility::Good => true,
            Eligibility::Dormant => self.is_operated() || self.database.upstream.state == State::Archived,
            Eligibility::Archived => self.is_operated(),
            Eligibility::Refused(_) | Eligibility::NoProduction | Eligibility::PerhapsNoProduction => false,
        }
    }

    /// Why it may not be chosen without a pin, as a predicate; nothing where it may.
    pub(super) fn bar(&self) -> Option<&'static str> {
        let why = match self.eligibility {
            Eligibility::Good => return None,
            Eligibility::Refused(_) => "is not allowed by the policy",
            Eligibility::NoProduction | Eligibility::PerhapsNoProduction => "may not be run in production",
            Eligibility::Archived | Eligibility::Dormant => "is no longer developed",
        };
        (!self.is_usable()).then_some(why)
    }

    pub(super) fn standing_check(&self) -> Option<Check<'a>> {
        let what = match self.eligibility {
            Eligibility::Good => return None,
            Eligibility::Refused(refusal) => What::Policy(refusal),
            Eligibility::NoProduction | Eligibility::PerhapsNoProduction => What::Licence,
            Eligibility::Archived | Eligibility::Dormant => What::Upstream,
        };
        Some(Check { database: self.database, what, verdict: self.eligibility.verdict() })
    }
}

/// The memory that rows marked `held_in = "memory"` see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HostMemory {
    pub(super) bytes: u64,
    pub(super) is_assumed: bool,
}

/// A host that is not stated decides nothing: as large as one gets without asking.
const UNSTATED_MEMORY: u64 = 256 << 30;

impl HostMemory {
    pub(super) fn of(target: &Target) -> Self {
        let stated = target.memory.as_ref().map(|memory| memory.value.0);
        Self { bytes: stated.unwrap_or(UNSTATED_MEMORY), is_assumed: stated.is_none() }
    }
}

/// Reckons the formulas of bounds, each once, or once for each dimension where it speaks of that. A compiled formula takes
/// some kilobytes, so none is kept.
#[derive(Default)]
pub(super) struct Reckoner {
    known: RefCell<Map<String, Reckoned>>,
}

/// What a formula gives, for some dimensions where it speaks of them.
struct Reckoned {
    has_dimension: bool,
    amounts: Map<u64, Option<Amount>>,
}

/// The dimension of embeddings that say none.
const USUAL_DIMENSION: u64 = 768;

impl Reckoner {
    /// Forgets what depends on the host.
    pub(super) fn forget(&mut self) {
        self.known.get_mut().values_mut().for_each(|known| known.amounts.clear());
    }

    /// A bound in base units; nothing where a formula gives no number.
    pub(super) fn amount(&self, of: Quantity, figure: &Figure, memory: u64, dimension: Option<u64>) -> Option<Amount> {
        let text = match figure {
            Figure::Fixed(amount) => return Some(*amount),
            Figure::Formula(text) => text.as_str(),
        };
        let mut known = self.known.borrow_mut();
        if !known.contains_key(text) {
            let has_dimension = mentions(text, "dimension");
            known.insert(text.to_owned(), Reckoned { has_dimension, amounts: Map::default() });
        }
        let Reckoned { has_dimension, amounts } = known.get_mut(text)?;
        let dimension = if *has_dimension { dimension.unwrap_or(USUAL_DIMENSION).max(1) } else { 1 };
        *amounts.entry(dimension).or_insert_with(|| {
            let formula = Formulas::of_settings();
            let formula = formula.compile(text).ok()?;
            evaluated(&formula, of, memory, Some(dimension)).ok()
        })
    }
}
