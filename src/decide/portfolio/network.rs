//! The problem as the solver sees it: databases and their services, and what each takes of what there is.

use catalog::{Hosting, Weights};
use solver::{Choice, Facility, Item, Problem};

use super::capacity;
use super::offer::{Kind, Offer, synchronisation, writes_followed};
use super::points::Points;
use crate::decide::context::{DecisionContext, Engine};
use crate::decide::load::Role;
use crate::requirements::Profile;

/// What can be run: the databases that hold anything in some offer, then the services of those that run one for each
/// role.
pub(super) struct Network<'a, 'f> {
    pub(super) context: &'f DecisionContext<'a>,
    pub(super) weights: Weights,
    /// The databases, by their place among the facilities.
    pub(super) databases: Vec<&'f Engine<'a>>,
    /// The services beside them: the database's place, and the role.
    services: Vec<(usize, Option<&'static str>)>,
    /// The databases that would run over several servers for some kind of data, by their places.
    clusters: Vec<usize>,
    operated: Vec<String>,
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

/// How many facilities the solver takes.
const MOST_FACILITIES: usize = 128;

impl<'a, 'f> Network<'a, 'f> {
    /// What the offers of some kinds of data need; nothing where it is more than the solver takes.
    pub(super) fn of(
        kinds: &[Kind<'a, 'f>],
        context: &'f DecisionContext<'a>,
        weights: Weights,
        operated: Vec<String>,
    ) -> Option<Self> {
        let mut databases: Vec<&'f Engine<'a>> = Vec::new();
        let (mut services, mut clusters) = (Vec::new(), Vec::new());
        for kind in kinds {
            for engine in kind.offers.iter().flat_map(|offer| offer.candidate.engines.iter()) {
                let known = databases.iter().position(|other| other.index == engine.index);
                let place = known.unwrap_or_else(|| {
                    databases.push(engine);
                    databases.len().saturating_sub(1)
                });
                let service = (place, role(engine, &kind.profile));
                if !services.contains(&service) {
                    services.push(service);
                }
                if kind.profile.spreads() && !clusters.contains(&place) {
                    clusters.push(place);
                }
            }
        }
        let facilities = [databases.len(), services.len(), clusters.len()].into_iter().fold(0, usize::saturating_add);
        let fits = facilities <= MOST_FACILITIES;
        fits.then_some(Self { context, weights, databases, services, clusters, operated })
    }

    /// The solver's problem for some kinds of data; these may ask for more than those the network was made of.
    pub(super) fn problem(&self, kinds: &[Kind<'a, 'f>]) -> Problem {
        let databases = self.databases.iter().map(|engine| Facility { cost: self.care(engine).units(), counts: true });
        let services =
            self.services.iter().map(|(place, _)| Facility { cost: self.memory(*place).units(), counts: false });
        let clusters =
            self.clusters.iter().map(|place| Facility { cost: self.clustering(*place).units(), counts: false });
        let kinds: Vec<&Kind<'a, 'f>> = kinds.iter().collect();
        let items = kinds.iter().map(|kind| Item {
            source: kind.source,
            sync: self.synchronisation(&kinds, kind),
            choices: kind.offers.iter().filter_map(|offer| self.choice(kind, offer)).collect(),
        });
        let mut problem = Problem {
            facilities: databases.chain(services).chain(clusters).collect(),
            items: items.collect(),
            capacities: Vec::new(),
            most: None,
            without: 0,
        };
        capacity::limit(&mut problem, &kinds);
        problem
    }

    /// Takes into a problem that the figures of one kind of data are others. What could hold it stays the same.
    pub(super) fn update(&self, problem: &mut Problem, kinds: &[&Kind<'a, 'f>], index: usize) {
        for (place, (item, kind)) in problem.items.iter_mut().zip(kinds).enumerate() {
            if place == index || kind.source == Some(index) {
                item.sync = self.synchronisation(kinds, kind);
            }
            item.choices.iter_mut().for_each(|choice| choice.load.clear());
        }
        if let (Some(item), Some(kind)) = (problem.items.get_mut(index), kinds.get(index)) {
            item.choices.iter_mut().for_each(Choice::bar);
            for (place, offer) in kind.open() {
                if let Some(choice) = item.choices.get_mut(place) {
                    choice.cost = offer.misfit.units();
                }
            }
        }
        problem.capacities.clear();
        capacity::limit(problem, kinds);
    }

    fn synchronisation(&self, kinds: &[&Kind<'a, 'f>], kind: &Kind<'a, 'f>) -> u64 {
        let source = kind.source.and_then(|source| kinds.get(source)).copied();
        synchronisation(writes_followed(source, kind), &self.weights).units()
    }

    fn choice(&self, kind: &Kind<'a, 'f>, offer: &Offer<'a, 'f>) -> Option<Choice> {
        let mut needs = 0;
        let mut home = None;
        for engine in &offer.candidate.engines {
            let database = self.place(engine)?;
            let service = self.service(engine, &kind.profile)?;
            let cluster = self.cluster(database).filter(|_| kind.profile.spreads());
            needs |= bit(database) | bit(service) | cluster.map_or(0, bit);
            home = home.or(Some(service));
        }
        Some(Choice { needs, home: home?, cost: offer.misfit.units(), load: Vec::new() })
    }

    pub(super) fn place(&self, engine: &Engine<'a>) -> Option<usize> {
        self.databases.iter().position(|other| other.index == engine.index)
    }

    /// The place of the service that a database would run for a kind of data.
    pub(super) fn service(&self, engine: &Engine<'a>, profile: &Profile) -> Option<usize> {
        let wanted = (self.place(engine)?, role(engine, profile));
        let service = self.services.iter().position(|service| *service == wanted)?;
        Some(self.databases.len().saturating_add(service))
    }

    /// The place of what a database needs to run over several servers.
    fn cluster(&self, database: usize) -> Option<usize> {
        let cluster = self.clusters.iter().position(|place| *place == database)?;
        Some(self.databases.len().saturating_add(self.services.len()).saturating_add(cluster))
    }

    /// What it costs besides to run a database over several servers.
    pub(super) fn clustering(&self, database: usize) -> Points {
        let engine = self.databases.get(database);
        engine.map_or(Points::ZERO, |engine| {
            Points::of(self.weights.clustering(engine.database) * self.factor(self.familiarity(engine)))
        })
    }

    /// The care of a database, with what speaks against it.
    pub(super) fn care(&self, engine: &Engine<'a>) -> Points {
        self.operating(engine).and(self.standing(engine))
    }

    /// The care of a database.
    pub(super) fn operating(&self, engine: &Engine<'a>) -> Points {
        let preferred = if self.is_preferred(engine) { self.weights.preferred.get() } else { 1.0 };
        Points::of(self.weights.care(engine.database) * self.factor(self.familiarity(engine)) * preferred)
    }

    pub(super) fn is_preferred(&self, engine: &Engine<'a>) -> bool {
        self.context.policy.preferred().any(|id| id == engine.database.id.as_str())
    }

    pub(super) fn factor(&self, familiarity: Familiarity) -> f64 {
        match familiarity {
            Familiarity::Operated => self.weights.operated.get(),
            Familiarity::Related => self.weights.related.get(),
            Familiarity::New => self.weights.new.get(),
            Familiarity::Unknown => 1.0,
        }
    }

    pub(super) fn familiarity(&self, engine: &Engine<'a>) -> Familiarity {
        let runs = |id: &str| self.operated.iter().any(|operated| operated == id);
        if self.operated.is_empty() {
            Familiarity::Unknown
        } else if runs(&engine.database.id) {
            Familiarity::Operated
        } else if engine.database.family().is_some_and(runs) {
            Familiarity::Related
        } else {
            Familiarity::New
        }
    }

    /// What it costs that hardly anybody looks after a database any more, or that its licence may forbid the use.
    pub(super) fn standing(&self, engine: &Engine<'a>) -> Points {
        match engine.standing_check() {
            Some(_) => Points::of(self.weights.standing.get()),
            None => Points::ZERO,
        }
    }

    /// What the memory of a service costs that it needs to start.
    pub(super) fn memory(&self, database: usize) -> Points {
        let gigabytes = self.gigabytes(database);
        Points::of(gigabytes * self.weights.memory.get())
    }

    /// The memory that a service of a database needs to start, in GB. One that does not run here needs none.
    pub(super) fn gigabytes(&self, database: usize) -> f64 {
        let here = self.databases.get(database).filter(|engine| engine.database.hosting == Hosting::Container);
        here.map_or(0.0, |engine| self.weights.memory_floor(engine.database))
    }
}

/// The name that a database gives the service for a kind of data, where it runs one for each role.
fn role(engine: &Engine<'_>, profile: &Profile) -> Option<&'static str> {
    Role::of(profile).suffix(engine.database)
}

/// A set of facilities with one in it.
pub(super) fn bit(place: usize) -> u128 {
    u32::try_from(place).ok().and_then(|place| 1u128.checked_shl(place)).unwrap_or(0)
}
