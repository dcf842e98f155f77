//! The account of an assignment: what runs, and every term of what it costs.

#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use catalog::Database;

use super::network::{Familiarity, Network};
use super::offer::{Kind, Offer, Reckoned, misfit, synchronisation, writes_followed};
use super::points::Points;
use crate::decide::check::{Check, Verdict};
use crate::decide::context::Engine;
use crate::decide::load::{Load, Role};

/// What an assignment of all kinds of data runs and costs.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// The databases, in the order in which they are first needed.
    pub databases: Vec<&'a Database>,
    /// The databases of each kind of data, the one that holds it first.
    pub stores: Vec<Vec<&'a Database>>,
    /// How many services run.
    pub services: usize,
    /// The memory that they need to start, in GB.
    pub memory: f64,
    /// How many kinds of data are kept in step with a source that lives elsewhere.
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
    /// What stands against a database.
    Standing,
    /// The memory that a service needs to start.
    Memory,
    /// That a database is not made for the data, or carries it with effort.
    Misfit,
    /// That nothing fits.
    Unfit,
    /// Keeping a copy in step.
    Copy,
}

impl Charge {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operating => "operating",
            Self::Cluster => "cluster",
            Self::Standing => "standing",
            Self::Memory => "memory",
            Self::Misfit => "misfit",
            Self::Unfit => "unfit",
            Self::Copy => "copy",
        }
    }
}

/// The choices that an account is of: the offer of each kind.
pub(super) fn chosen<'k, 'a, 'f>(kinds: &'k [Kind<'a, 'f>], choices: &[usize]) -> Vec<&'k Offer<'a, 'f>> {
    kinds.iter().zip(choices).filter_map(|(kind, choice)| kind.offers.get(*choice)).collect()
}

impl<'a> Account<'a> {
    /// The account of an assignment.
    pub(super) fn of(network: &Network<'a, '_>, kinds: &[Kind<'a, '_>], choices: &[usize]) -> Self {
        let offers = chosen(kinds, choices);
        let mut account = Self {
            databases: Vec::new(),
            stores: offers.iter().map(|offer| databases(offer)).collect(),
            services: 0,
            memory: 0.0,
            copies: 0,
            terms: Vec::new(),
            cost: Points::ZERO,
        };
        account.run(network, kinds, &offers);
        for (kind, offer) in kinds.iter().zip(&offers) {
            account.terms.extend(misfits(network, kind, offer));
        }
        account.copy(network, kinds, &offers);
        account.cost = account.terms.iter().map(|term| term.points).sum();
        account
    }

    /// Takes in what runs.
    fn run(&mut self, network: &Network<'a, '_>, kinds: &[Kind<'a, '_>], offers: &[&Offer<'a, '_>]) {
        let (mut services, mut clusters) = (Vec::new(), Vec::new());
        let engines = kinds
            .iter()
            .zip(offers)
            .flat_map(|(kind, offer)| offer.candidate.engines.iter().map(move |engine| (*engine, kind)));
        for (engine, kind) in engines {
            if !self.databases.iter().any(|database| database.id == engine.database.id) {
                self.databases.push(engine.database);
                self.terms.extend(care(network, engine));
            }
            let place = network.place(engine);
            if let Some(place) = place.filter(|place| kind.profile.spreads() && !clusters.contains(place)) {
                clusters.push(place);
                self.terms.push(clustering(network, engine, place));
            }
            let service = network.service(engine, &kind.profile).zip(place);
            if let Some((service, place)) = service.filter(|(service, _)| !services.contains(service)) {
                services.push(service);
                self.memory += network.gigabytes(place);
                self.terms.extend(memory(network, engine, kind, place));
            }
        }
        self.services = services.len();
    }

    /// Takes in what is kept in step with a source that lives elsewhere.
    fn copy(&mut self, network: &Network<'a, '_>, kinds: &[Kind<'a, '_>], offers: &[&Offer<'a, '_>]) {
        let home = |index: usize| {
            let (kind, offer) = kinds.get(index).zip(offers.get(index))?;
            network.service(offer.candidate.engines.first()?, &kind.profile)
        };
        for (index, kind) in kinds.iter().enumerate() {
            let Some(source) = kind.source.filter(|source| home(*source) != home(index)) else { continue };
            let writes = writes_followed(kinds.get(source), kind);
            let (copy, each) = (network.weights.copy.get(), network.weights.writes.get());
            let from = kinds.get(source).map_or("", |source| source.name);
            let how = match writes {
                Some(writes) if writes > 1.0 => {
                    format!("follows {from}: {copy} + {each} × {:.1} factors of ten of writes a second", writes.log10())
                }
                _ => format!("follows {from}"),
            };
            self.copies = self.copies.saturating_add(1);
            self.terms.push(Term {
                charge: Charge::Copy,
                data: Some(kind.name),
                databases: named(offers.get(index).copied()),
                points: synchronisation(writes, &network.weights),
                how,
            });
        }
        self.terms.retain(|term| term.points > Points::ZERO);
    }
}

pub(super) fn databases<'a>(offer: &Offer<'a, '_>) -> Vec<&'a Database> {
    offer.candidate.databases()
}

pub(super) fn same(one: &[&Database], other: &[&Database]) -> bool {
    one.iter().map(|database| &database.id).eq(other.iter().map(|database| &database.id))
}

fn named(offer: Option<&Offer<'_, '_>>) -> String {
    let names = offer.into_iter().flat_map(databases).map(|database| database.name.to_string());
    names.collect::<Vec<_>>().join(" + ")
}

/// What the care of a database costs, and what stands against it.
fn care<'a>(network: &Network<'a, '_>, engine: &Engine<'a>) -> Vec<Term<'a>> {
    let (database, weights) = (engine.database, &network.weights);
    let mut how = format!("{}", weights.care(database));
    match network.familiarity(engine) {
        Familiarity::Operated => how = format!("{how} × {} (the team runs it)", weights.operated.get()),
        Familiarity::Related => {
            let kin = engine.database.family().unwrap_or_default();
            how = format!("{how} × {} (the team runs {kin}, which it is akin to)", weights.related.get());
        }
        Familiarity::New => how = format!("{how} × {} (new to the team)", weights.new.get()),
        Familiarity::Unknown => {}
    }
    if network.is_preferred(engine) {
        how = format!("{how} × {} (preferred)", weights.preferred.get());
    }
    let term = |charge, points, how| Term { charge, data: None, databases: database.name.to_string(), points, how };
    let standing = engine
        .standing_check()
        .map(|check| term(Charge::Standing, network.standing(engine), format!("{}: {}", check.name(), check.value())));
    [term(Charge::Operating, network.operating(engine), how)].into_iter().chain(standing).collect()
}

/// What it costs besides to run a database over several servers.
fn clustering<'a>(network: &Network<'a, '_>, engine: &Engine<'a>, place: usize) -> Term<'a> {
    let (weight, factor) = (network.weights.clustering(engine.database), network.factor(network.familiarity(engine)));
    Term {
        charge: Charge::Cluster,
        data: None,
        databases: engine.database.name.to_string(),
        points: network.clustering(place),
        how: format!("{weight} × {factor} for several servers"),
    }
}

/// What the memory of a service costs.
fn memory<'a>(network: &Network<'a, '_>, engine: &Engine<'a>, kind: &Kind<'a, '_>, place: usize) -> Option<Term<'a>> {
    let gigabytes = network.gigabytes(place);
    let service = Role::of(&kind.profile).instance(engine.database);
    (gigabytes > 0.0).then(|| Term {
        charge: Charge::Memory,
        data: None,
        databases: engine.database.name.to_string(),
        points: network.memory(place),
        how: format!("{gigabytes} GB × {} for {service} to start", network.weights.memory.get()),
    })
}

/// What it costs that the databases are not made for a kind of data.
fn misfits<'a>(network: &Network<'a, '_>, kind: &Kind<'a, '_>, offer: &Offer<'a, '_>) -> Vec<Term<'a>> {
    let weights = &network.weights;
    let checks = network.context.checks(&offer.candidate, &kind.profile, &Load::default());
    let term = |charge, points, how| Term { charge, data: Some(kind.name), databases: named(Some(offer)), points, how };
    let misfits = checks.iter().filter_map(|check| {
        let (points, reckoned) = misfit(check, &kind.profile, weights);
        (reckoned != Reckoned::Nothing)
            .then(|| term(Charge::Misfit, points, reason(check, reckoned, weights.strained.get())))
    });
    let trouble = checks.iter().find(|check| check.verdict == Verdict::Exceeds);
    let unfit = trouble.map(|check| term(Charge::Unfit, Points::of(weights.unfit.get()), check.trouble()));
    let beyond = (offer.beyond && offer.fits).then(|| {
        let why = String::from("with the others it is more than its service bears, and nothing else has room");
        term(Charge::Unfit, Points::of(weights.unfit.get()), why)
    });
    misfits.chain(unfit).chain(beyond).collect()
}

/// Why a check costs what it costs.
fn reason(check: &Check<'_>, reckoned: Reckoned, strained: f64) -> String {
    let via = check.via().map_or_else(String::new, |via| format!(" by {via}"));
    match (reckoned, check.figure()) {
        (Reckoned::Past { strain }, Some((quantity, figure))) => {
            format!("{quantity} {}: {}, {strain:.2} × {strained}", quantity.show(figure.total), check.limit())
        }
        (Reckoned::Adequate { spreads: true }, _) => {
            format!("{}: {}{via}, on each of several servers", check.name(), check.limit())
        }
        _ => format!("{}: {}{via}", check.name(), check.limit()),
    }
}
