//! The account of an assignment: what runs, and every term of what it costs.

#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use catalog::{Database, Level};

use super::network::Network;
use super::offer::{Item, Offer};
use super::points::Points;
use crate::decide::check::{Check, Verdict, What};
use crate::decide::engine::{Engine, Familiarity};
use crate::decide::instance::{Placed, instances};

/// What an assignment of all data runs and costs.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// The databases, in the order in which they are first needed.
    pub databases: Vec<&'a Database>,
    /// The databases of each item, the one that holds it first.
    pub(super) stores: Vec<Vec<&'a Database>>,
    /// How many services run.
    pub services: usize,
    /// How many kinds of data are kept in step with a source that lives in another database.
    pub copies: usize,
    /// Everything that costs anything; together they make the cost.
    pub terms: Vec<Term<'a>>,
    /// What it costs.
    pub cost: Points,
}

/// A part of what an assignment costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term<'a> {
    /// What it is paid for.
    pub charge: Charge,
    /// The kind of data, where it is one's.
    pub data: Option<&'a str>,
    /// The names of the databases.
    pub databases: String,
    /// What it costs.
    pub points: Points,
    /// How that is reckoned.
    pub how: String,
}

/// What something is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Charge {
    /// The care of a database.
    Operating,
    /// Running it over several servers.
    Cluster,
    /// That a database is not made for the data.
    Misfit,
    /// That it carries the data with effort.
    Strain,
}

impl Charge {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operating => "operating",
            Self::Cluster => "cluster",
            Self::Misfit => "misfit",
            Self::Strain => "strain",
        }
    }
}

/// The choices that an account is of: the offer of each item.
pub(super) fn chosen<'k, 'a, 'f>(items: &'k [Item<'a, 'f>], choices: &[usize]) -> Vec<&'k Offer<'a, 'f>> {
    items.iter().zip(choices).filter_map(|(item, choice)| item.offers.get(*choice)).collect()
}

impl<'a> Account<'a> {
    /// The account of an assignment.
    pub(super) fn of(network: &Network<'a, '_>, items: &[Item<'a, '_>], choices: &[usize]) -> Self {
        let offers = chosen(items, choices);
        let mut account = Self {
            databases: Vec::new(),
            stores: offers.iter().map(|offer| offer.candidate.databases()).collect(),
            services: services(network, items, &offers),
            copies: copies(items, &offers),
            terms: Vec::new(),
            cost: Points::ZERO,
        };
        account.run(network, items, &offers);
        for (item, offer) in items.iter().zip(&offers) {
            account.terms.extend(misfits(network, item, offer));
        }
        account.terms.retain(|term| term.points > Points::ZERO);
        account.cost = account.terms.iter().map(|term| term.points).sum();
        account
    }

    /// Takes in what runs.
    fn run(&mut self, network: &Network<'a, '_>, items: &[Item<'a, '_>], offers: &[&Offer<'a, '_>]) {
        let mut clusters = Vec::new();
        let engines = items.iter().zip(offers);
        let engines = engines.flat_map(|(item, offer)| offer.candidate.engines.iter().map(move |one| (*one, item)));
        for (engine, item) in engines {
            if !self.databases.iter().any(|database| database.id == engine.database.id) {
                self.databases.push(engine.database);
                self.terms.push(care(network, engine));
            }
            if item.group.spreads() && !clusters.contains(&engine.index) {
                clusters.push(engine.index);
                self.terms.push(clustering(network, engine));
            }
        }
    }
}

/// How many services an assignment makes.
fn services<'a>(network: &Network<'a, '_>, items: &[Item<'a, '_>], offers: &[&Offer<'a, '_>]) -> usize {
    let placed = items
        .iter()
        .zip(offers)
        .flat_map(|(item, offer)| item.groups.iter().map(|group| Placed { group, candidate: &offer.candidate }));
    let mut names: Vec<_> = instances(network.context, &placed.collect::<Vec<_>>()).into_iter().flatten().collect();
    names.sort_unstable_by_key(ToString::to_string);
    names.dedup();
    names.len()
}

/// How many kinds of data live in another database than their source.
fn copies(items: &[Item<'_, '_>], offers: &[&Offer<'_, '_>]) -> usize {
    let homes: std::collections::HashMap<&str, &str> = items
        .iter()
        .zip(offers)
        .flat_map(|(item, offer)| {
            let home = offer.candidate.engines.first().map_or("", |engine| engine.database.id.as_str());
            item.groups.iter().flat_map(|group| &group.members).map(move |member| (member.name, home))
        })
        .collect();
    let members = items.iter().flat_map(|item| &item.groups).flat_map(|group| &group.members);
    let apart = members.filter(|member| {
        member.source.is_some_and(|source| homes.get(source).is_some_and(|home| homes.get(member.name) != Some(home)))
    });
    apart.count()
}

pub(super) fn same(one: &[&Database], other: &[&Database]) -> bool {
    one.iter().map(|database| &database.id).eq(other.iter().map(|database| &database.id))
}

fn named(offer: &Offer<'_, '_>) -> String {
    let names = offer.candidate.engines.iter().map(|engine| engine.database.name.to_string());
    names.collect::<Vec<_>>().join(" + ")
}

/// What the care of a database costs.
fn care<'a>(network: &Network<'a, '_>, engine: &Engine<'a>) -> Term<'a> {
    let (database, weights) = (engine.database, network.context.weights());
    let mut how = format!("{}", weights.care(database));
    match engine.familiarity {
        Familiarity::Operated => how = format!("{how} × {} (the team runs it)", weights.operated.get()),
        Familiarity::Related => how = format!("{how} × {} (the team runs what it is akin to)", weights.related.get()),
        Familiarity::New => how = format!("{how} × {} (new to the team)", weights.new.get()),
        Familiarity::Unknown => {}
    }
    if engine.is_preferred {
        how = format!("{how} × {} (preferred)", weights.preferred.get());
    }
    let points = network.care(engine);
    Term { charge: Charge::Operating, data: None, databases: database.name.to_string(), points, how }
}

/// What it costs besides to run a database over several servers.
fn clustering<'a>(network: &Network<'a, '_>, engine: &Engine<'a>) -> Term<'a> {
    Term {
        charge: Charge::Cluster,
        data: None,
        databases: engine.database.name.to_string(),
        points: network.clustering(engine),
        how: format!("{} for several servers", network.context.weights().clustering(engine.database)),
    }
}

/// What it costs that the databases are not made for a group: each need that is served less than natively, and how far
/// the worst strains. Both are paid once for each group that the item stands for.
fn misfits<'a>(network: &Network<'a, '_>, item: &Item<'a, '_>, offer: &Offer<'a, '_>) -> Vec<Term<'a>> {
    let (context, weights) = (network.context, network.context.weights());
    let mut checks: Vec<Check<'a>> = Vec::new();
    context.each_check(&offer.candidate, item.group, false, |check| checks.push(check));
    let worst = checks
        .iter()
        .filter(|check| check.verdict != Verdict::Fits)
        .max_by(|one, other| one.position().total_cmp(&other.position()));
    let needs = checks.iter().filter_map(|check| {
        let What::Need(_, service) = check.what else { return None };
        let cost = match service.level {
            Level::Adequate => weights.adequate,
            Level::Strained => weights.strained,
            Level::Native | Level::No => return None,
        };
        let via = check.via().map_or_else(String::new, |via| format!(" by {via}"));
        Some((Charge::Misfit, Points::of(cost.get()), format!("{}: {}{via}", check.name(), check.limit())))
    });
    let strain = worst.map(|check| {
        let position = check.position().min(1.0);
        let points = Points::of(weights.position.get() * position);
        (Charge::Strain, points, format!("{}, {position:.2} × {}", check.trouble_in_short(), weights.position.get()))
    });
    let terms: Vec<_> = needs.chain(strain).collect();
    let names = item.groups.iter().filter_map(|group| group.members.first()).map(|member| member.name);
    let term = |name: &'a str, (charge, points, how): &(Charge, Points, String)| Term {
        charge: *charge,
        data: Some(name),
        databases: named(offer),
        points: *points,
        how: how.clone(),
    };
    names.flat_map(|name| terms.iter().map(move |one| term(name, one)).collect::<Vec<_>>()).collect()
}
