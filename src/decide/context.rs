//! What a decision depends on besides the data: what we know, as one run sees it, with policy, team and host applied.

use std::cell::RefCell;

use catalog::vocabulary::{Amount, Facts, Platform, Quantity};
use catalog::{Answer, Catalog, Database, DatabaseRef, Extent, Map, REFERENCE_MEMORY, Text, Version, Weights};

use super::candidate::Candidate;
use super::engine::{End, Engine, Familiarity, HostMemory, Known, Limit, Reckoner};
use super::tree::Tree;
use crate::config::Policy;
use crate::requirements::{Profile, Requirements};

/// What does not depend on the file that is decided on.
#[derive(Clone, Copy)]
pub struct Knowledge<'a> {
    /// The databases.
    pub catalog: &'a Catalog,
    /// The tree.
    pub tree: &'a Tree,
    /// What the organisation allows and prefers.
    pub policy: &'a Policy,
    /// What things cost.
    pub weights: &'a Weights,
}

/// Everything that a decision needs to know besides the data itself.
pub struct DecisionContext<'a> {
    knowledge: Knowledge<'a>,
    engines: Vec<Engine<'a>>,
    /// Where the relational core stands among the engines.
    core: usize,
    pub(super) memory: HostMemory,
    pub(super) platform: Platform,
    reckoner: Reckoner,
    /// What has been looked up of where engines end.
    limits: RefCell<Map<(usize, Quantity, Asked), Known>>,
}

impl<'a> DecisionContext<'a> {
    /// Prepares a run for a file's host, team and pinned versions.
    pub fn new(knowledge: Knowledge<'a>, file: &Requirements) -> Self {
        let pins = pins_of(file);
        let known = knowledge.catalog.databases().enumerate();
        let engines = known.filter_map(|(index, database)| {
            let version = version_for(database, &pins)?;
            Some(Engine::new(index, (database, version), knowledge.policy, &file.target))
        });
        let mut context = Self {
            knowledge,
            engines: engines.collect(),
            core: 0,
            memory: HostMemory::of(&file.target),
            platform: file.target.platform(),
            reckoner: Reckoner::default(),
            limits: RefCell::default(),
        };
        context.meet(file);
        context
    }

    /// The same for another file: what depends on its host, its team and its pinned versions is taken anew. Whoever looks
    /// at thousands of files need not begin at each again.
    #[must_use]
    pub fn renewed(mut self, file: &Requirements) -> Self {
        let pins = pins_of(file);
        for engine in &mut self.engines {
            engine.renew(self.knowledge.policy, &file.target);
            if let Some(version) = version_for(engine.database, &pins) {
                let _ = engine.set_version(&version.major);
            }
        }
        self.platform = file.target.platform();
        let memory = HostMemory::of(&file.target);
        if self.memory != memory {
            self.memory = memory;
            self.reckoner.forget();
        }
        self.meet(file);
        self
    }

    /// Takes note of the team, and so of the core.
    fn meet(&mut self, file: &Requirements) {
        self.limits.get_mut().clear();
        let operates = file.team.operates.as_ref();
        let runs: Vec<&str> = operates.into_iter().flatten().map(|id| DatabaseRef::parse(&id.value).id).collect();
        let kin: Vec<&Database> = runs.iter().filter_map(|id| self.knowledge.catalog.get(id)).collect();
        for engine in &mut self.engines {
            let database = engine.database;
            engine.can_be_core = self.knowledge.tree.core().contains(&database.id);
            engine.familiarity = match operates {
                _ if runs.contains(&database.id.as_str()) => Familiarity::Operated,
                _ if kin.iter().any(|other| database.is_kin(other)) => Familiarity::Related,
                Some(_) => Familiarity::New,
                None => Familiarity::Unknown,
            };
        }
        self.core = self.find_core(&runs);
    }

    /// The relational engine that carries what asks for no other: the policy's, else the first of the tree's that the team
    /// runs, in the team's order but for the first one of all, else the first that is allowed.
    fn find_core(&self, runs: &[&str]) -> usize {
        let possible = &self.knowledge.tree.core();
        let place = |id: &str| self.engines.iter().position(|engine| engine.database.id == id);
        let usable = |place: &usize| self.engines.get(*place).is_some_and(Engine::is_usable);
        let is_possible = |id: &&str| possible.iter().any(|core| core == id);
        let first = possible.first().map(Text::as_str);
        let preferred = self.knowledge.policy.preferred().filter(is_possible);
        let first_if_run = first.filter(|first| runs.contains(first));
        let operated = runs.iter().copied().filter(is_possible);
        let any = possible.iter().map(Text::as_str);
        let mut ranked = preferred.chain(first_if_run).chain(operated).chain(any).filter_map(place);
        ranked.find(usable).or_else(|| first.and_then(place)).unwrap_or(0)
    }

    /// The catalog.
    pub fn catalog(&self) -> &'a Catalog {
        self.knowledge.catalog
    }

    /// The tree.
    pub(super) fn tree(&self) -> &'a Tree {
        self.knowledge.tree
    }

    /// What the organisation allows and prefers.
    pub(super) fn policy(&self) -> &'a Policy {
        self.knowledge.policy
    }

    /// What things cost.
    pub fn weights(&self) -> &'a Weights {
        self.knowledge.weights
    }

    /// The relational engine that carries what asks for no other.
    pub(super) fn core(&self) -> Option<&Engine<'a>> {
        self.engines.get(self.core)
    }

    /// The engine of an id.
    pub fn engine_of(&self, id: &str) -> Option<&Engine<'a>> {
        self.engines.iter().find(|engine| engine.database.id == id)
    }

    /// All engines, in the catalog's order.
    pub fn engines(&self) -> impl ExactSizeIterator<Item = &Engine<'a>> {
        self.engines.iter()
    }

    /// The amounts of a quantity at which the tree's questions turn.
    pub(super) fn turning_points(&self, quantity: Quantity) -> impl Iterator<Item = u64> + use<'a> {
        self.knowledge.tree.turning_points(quantity)
    }

    /// Takes another version of a database than the file's; nothing where the catalog does not know it.
    pub(super) fn set_version(&mut self, id: &str, major: &str) -> Option<()> {
        self.limits.get_mut().clear();
        self.engines.iter_mut().find(|engine| engine.database.id == id)?.set_version(major)
    }

    /// The databases of one of the tree's answers.
    pub(super) fn candidate(&self, answer: &'a Answer) -> Option<Candidate<'a, '_>> {
        let engines: Option<_> = answer
            .databases
            .iter()
            .map(|id| if id == Answer::CORE { self.core() } else { self.engine_of(id) })
            .collect();
        Some(Candidate { engines: engines?, answer: Some(answer) })
    }

    /// What a database costs to run, over several nodes or on one: the yearly care of one `PostgreSQL` is 1.
    pub(super) fn cost(&self, engine: &Engine<'_>, over_several_nodes: bool) -> f64 {
        let weights = self.weights();
        let care = weights.care(engine.database);
        let clustering = if over_several_nodes { weights.clustering(engine.database) } else { 0.0 };
        let factor = match engine.familiarity {
            Familiarity::Operated => weights.operated.get(),
            Familiarity::Related => weights.related.get(),
            Familiarity::New => weights.new.get(),
            Familiarity::Unknown => 1.0,
        };
        let preference = if engine.is_preferred { weights.preferred.get() } else { 1.0 };
        (care + clustering) * factor * preference
    }

    /// How many clients a database carries well when no pooler stands in front; nothing where that has no end.
    pub fn clients_without_pooler(&self, database: &Database, profile: &Profile) -> Option<Amount> {
        let asked = Asked { facts: profile.bound_facts(), on_several_nodes: false, dimension: None };
        match self.limit(self.engine_of(&database.id)?, Quantity::Connections, asked) {
            Limit::Ends(end) => Some(end.strained),
            Limit::Unbounded(_) | Limit::Unknown => None,
        }
    }

    /// Where an engine ends for a quantity of data with some facts. Trials of changes ask the same again and again.
    pub(super) fn limit(&self, engine: &Engine<'a>, of: Quantity, asked: Asked) -> Limit<'a> {
        let question = (engine.index, of, asked);
        if let Some(known) = self.limits.borrow().get(&question) {
            return engine.limit(*known);
        }
        let limit = self.looked_up(engine, of, asked);
        self.limits.borrow_mut().insert(question, engine.known(limit));
        limit
    }

    fn looked_up(&self, engine: &Engine<'a>, of: Quantity, asked: Asked) -> Limit<'a> {
        if engine.is_missing(of, asked.facts) {
            return Limit::Unknown;
        }
        let mut strictest: Option<End<'a>> = None;
        let mut unbounded = None;
        for row in engine.rows(of, asked.facts) {
            match &row.extent {
                Extent::NotApplicable(_) => {}
                Extent::Unbounded(_) => unbounded = Some(row),
                // Terms of a free licence do not bind who runs the engine already.
                Extent::Ends(ends) if asked.on_several_nodes && ends.licence.is_some() && engine.is_operated() => {
                    unbounded = Some(row);
                }
                Extent::Ends(ends) => {
                    let several = ends.cluster.as_ref().filter(|_| asked.on_several_nodes);
                    let pair = several.unwrap_or(&ends.node);
                    let memory = if ends.held_in_memory { self.memory.bytes } else { REFERENCE_MEMORY };
                    let amount = |figure| self.reckoner.amount(of, figure, memory, asked.dimension);
                    let (Some(strained), Some(exceeds)) = (amount(&pair.strained), amount(&pair.exceeds)) else {
                        continue;
                    };
                    let end = End { row, strained, exceeds, on_several_nodes: several.is_some() };
                    if strictest.is_none_or(|known| end.is_stricter(&known, of)) {
                        strictest = Some(end);
                    }
                }
            }
        }
        match (strictest, unbounded) {
            (Some(end), _) => Limit::Ends(end),
            (None, Some(row)) => Limit::Unbounded(row),
            (None, None) => Limit::Unknown,
        }
    }
}

/// What a bound is looked up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub(super) facts: Facts,
    pub(super) dimension: Option<u64>,
    pub(super) on_several_nodes: bool,
}

impl End<'_> {
    fn is_stricter(&self, other: &Self, of: Quantity) -> bool {
        let (mine, theirs) = ((self.strained, self.exceeds), (other.strained, other.exceeds));
        if of.is_harder_when_smaller() { mine > theirs } else { mine < theirs }
    }
}

/// The version of each database that a pin names, where one does.
type Pins<'f> = Map<&'f str, &'f str>;

fn pins_of(file: &Requirements) -> Pins<'_> {
    let pins = file.data.values().filter_map(|data| data.database.as_ref());
    pins.filter_map(|pin| pin.value.split_once('@')).collect()
}

/// The version that would run: the pinned one, or the default.
fn version_for<'a>(database: &'a Database, pins: &Pins<'_>) -> Option<&'a Version> {
    let pinned = pins.get(database.id.as_str()).and_then(|major| database.version(major));
    pinned.or_else(|| database.default_version())
}
