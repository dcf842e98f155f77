//! The problem as the solver sees it: databases, what each takes to run over several nodes, and who could hold what.

use solver::{Choice, Facility, Problem};

use super::offer::{Item, Offer};
use super::points::Points;
use crate::decide::context::DecisionContext;
use crate::decide::engine::Engine;
use crate::decide::group::Group;

/// What can be run: the databases that hold anything in some offer, then those that would run over several nodes.
pub(super) struct Network<'a, 'f> {
    pub(super) context: &'f DecisionContext<'a>,
    /// The databases, by their place among the facilities.
    pub(super) databases: Vec<&'f Engine<'a>>,
    /// The databases that would run over several nodes for some group, by their places.
    clusters: Vec<usize>,
}

/// How many facilities the solver takes.
const MOST_FACILITIES: usize = 128;

impl<'a, 'f> Network<'a, 'f> {
    /// What the offers of some items need; nothing where it is more than the solver takes.
    pub(super) fn of(items: &[Item<'a, 'f>], context: &'f DecisionContext<'a>) -> Option<Self> {
        let mut network = Self { context, databases: Vec::new(), clusters: Vec::new() };
        for item in items {
            for engine in item.offers.iter().flat_map(|offer| offer.candidate.engines.iter().copied()) {
                let place = network.place(engine).unwrap_or_else(|| {
                    network.databases.push(engine);
                    network.databases.len().saturating_sub(1)
                });
                if item.group.spreads() && !network.clusters.contains(&place) {
                    network.clusters.push(place);
                }
            }
        }
        let facilities = network.databases.len().saturating_add(network.clusters.len());
        (facilities <= MOST_FACILITIES).then_some(network)
    }

    /// The solver's problem for some items.
    pub(super) fn problem(&self, items: &[Item<'a, 'f>]) -> Problem {
        let databases = self
            .databases
            .iter()
            .map(|engine| Facility { cost: self.care(engine).units(), counts: !engine.is_embedded() });
        let clusters = self.clusters.iter().filter_map(|place| self.databases.get(*place));
        let clusters = clusters.map(|engine| Facility { cost: self.clustering(engine).units(), counts: false });
        Problem {
            facilities: databases.chain(clusters).collect(),
            items: items.iter().map(|item| self.item(item)).collect(),
            capacities: Vec::new(),
            most: None,
            without: 0,
        }
    }

    /// An item as the solver sees it.
    fn item(&self, item: &Item<'a, 'f>) -> solver::Item {
        let choices = item.offers.iter().filter_map(|offer| self.choice(item, offer));
        solver::Item { source: None, sync: 0, choices: choices.collect() }
    }

    fn choice(&self, item: &Item<'a, 'f>, offer: &Offer<'a, 'f>) -> Option<Choice> {
        let mut needs = 0;
        let mut home = None;
        for engine in &offer.candidate.engines {
            let database = self.place(engine)?;
            needs |= bit(database) | self.cluster(database, item.group).map_or(0, bit);
            home = home.or(Some(database));
        }
        let cost = offer.misfit.units().saturating_mul(item.count());
        Some(Choice { needs, home: home?, cost, load: Vec::new() })
    }

    pub(super) fn place(&self, engine: &Engine<'a>) -> Option<usize> {
        self.databases.iter().position(|other| other.index == engine.index)
    }

    /// The place of what a database needs to run over several nodes, where a group asks for that.
    fn cluster(&self, database: usize, group: &Group<'_>) -> Option<usize> {
        let cluster = self.clusters.iter().position(|place| *place == database).filter(|_| group.spreads())?;
        Some(self.databases.len().saturating_add(cluster))
    }

    /// The care of a database. One inside the application is nobody's care.
    pub(super) fn care(&self, engine: &Engine<'a>) -> Points {
        if engine.is_embedded() { Points::ZERO } else { Points::of(self.context.cost(engine, false)) }
    }

    /// What it costs besides to run a database over several nodes.
    pub(super) fn clustering(&self, engine: &Engine<'a>) -> Points {
        Points::of(self.context.cost(engine, true)).over(Points::of(self.context.cost(engine, false)))
    }
}

/// A set of facilities with one in it.
pub(super) fn bit(place: usize) -> u128 {
    u32::try_from(place).ok().and_then(|place| 1u128.checked_shl(place)).unwrap_or(0)
}
