//! The portfolio: the databases of all kinds of data together, as few as pay, instead of the best for each alone.
//!
//! The cost of a set of databases is the care of each, the memory that their services need to start, the misfit of each
//! kind of data where it is held, and keeping in step what is held apart from its source. The cheapest assignment is
//! found exactly; limits hold for the sum of what each service holds.

mod account;
mod capacity;
mod frontier;
mod loss;
mod network;
mod offer;
mod points;
mod price;
pub mod solver;
mod until;

pub use account::{Account, Charge, Term};
pub use frontier::{Best, Point};
pub use loss::Loss;
pub use points::Points;
pub use price::{Buy, Price};
pub use until::Until;

use account::databases;
use loss::{headroom, losses};
use network::Network;
use offer::{Kind, Offer, kinds, operated};
use solver::{Answer, Problem, solve};

use super::choose::candidates;
use super::facts::Facts;
use super::held::HeldDatabase;
use super::selection::Selection;
use super::tree::Tree;
use crate::catalog::{Catalog, Database, Weights};
use crate::requirements::Requirements;

/// The databases of all kinds of data together, beside the best for each alone.
#[derive(Debug, Clone)]
pub struct Portfolio<'a> {
    /// What the best for each alone runs and costs.
    pub alone: Account<'a>,
    /// What the best together runs and costs.
    pub together: Account<'a>,
    /// What becomes of each kind of data, in the order of the file.
    pub kinds: Vec<Placement<'a>>,
    /// What each database of the best costs and is worth.
    pub prices: Vec<Price<'a>>,
    /// The best for one database, for two, and so on.
    pub frontier: Vec<Point<'a>>,
    /// How much cheaper another assignment could be at the most; nothing where it is proven that none is.
    pub gap: Option<Points>,
    /// Whether some prices, points of the frontier or loads were not found in time.
    pub unfinished: bool,
}

/// What becomes of a kind of data.
#[derive(Debug, Clone)]
pub struct Placement<'a> {
    /// Its name.
    pub data: &'a str,
    /// Its databases if it were alone.
    pub alone: Vec<&'a Database>,
    /// Its databases together with the others.
    pub together: Vec<&'a Database>,
    /// The same with their versions.
    pub held: Vec<HeldDatabase>,
    /// What is lost by holding it there.
    pub losses: Vec<Loss>,
    /// How much of the nearest bound is used, alone and together: 0.25 is a quarter.
    pub used: [Option<f64>; 2],
    /// The loads up to which it stays there.
    pub until: Vec<Until<'a>>,
}

impl Placement<'_> {
    /// Whether it is held elsewhere than it would be alone.
    pub fn moved(&self) -> bool {
        !until::same(&self.alone, &self.together)
    }
}

/// Why there is no portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortfolioError {
    /// So few databases cannot hold the data.
    #[error("{most} {} cannot hold all of the data{}", noun(*most), needed(*least))]
    TooFew {
        /// How many were allowed.
        most: usize,
        /// How many it takes, as far as that was found out.
        least: Option<usize>,
    },
    /// More databases than the solver takes.
    #[error("the catalog has too many databases for a portfolio: with their services they may be 128")]
    TooMany,
    /// Nothing was found in time.
    #[error("no portfolio was found in time")]
    Stopped,
}

fn noun(count: usize) -> &'static str {
    if count == 1 { "database" } else { "databases" }
}

fn needed(least: Option<usize>) -> String {
    least.map_or_else(String::new, |least| format!("; it takes {least}"))
}

/// What a portfolio is asked of.
#[derive(Clone, Copy)]
pub struct Question<'q, 'a> {
    /// What is to be held.
    pub requirements: &'a Requirements,
    /// The databases.
    pub catalog: &'a Catalog,
    /// The tree that says what is best for each alone.
    pub tree: &'q Tree,
    /// What is best for each alone.
    pub alone: &'q Selection<'a>,
    /// The most databases that may run.
    pub most: Option<usize>,
}

impl<'a> Portfolio<'a> {
    /// Finds the cheapest databases for all kinds of data together.
    ///
    /// `stop` is asked now and then; when it says true, what was found so far is the answer, with its proven gap.
    ///
    /// # Errors
    /// [`PortfolioError`] where so many databases cannot hold the data, or nothing was found in time.
    pub fn of(
        question: Question<'_, 'a>,
        facts: &Facts<'a>,
        weights: Weights,
        stop: &mut dyn FnMut() -> bool,
    ) -> Result<Self, PortfolioError> {
        let Question { requirements, catalog, tree, alone, most } = question;
        let answers = candidates(tree, facts).unwrap_or_default();
        let kinds = kinds(requirements, catalog, facts, alone, &answers, &weights);
        let operated = operated(requirements).into_iter().map(String::from).collect();
        let network = Network::of(&kinds, facts, weights, operated).ok_or(PortfolioError::TooMany)?;
        let mut unfinished = false;
        let mut search = Search { network: &network, kinds, most, stop, unfinished: &mut unfinished };
        let best = search.first()?;
        let choices = best.choices.as_slice();
        let together = search.account(choices);
        let first: Vec<usize> = choices.iter().map(|_| 0).collect();
        let alone = search.account(&first);
        let prices = price::prices(&mut search, &together);
        let frontier = frontier::frontier(&mut search, &together);
        let placements = (0..search.kinds.len()).filter_map(|index| placement(&mut search, index, &best));
        let kinds = placements.collect();
        let gap = (!best.exact).then(|| best.cost.over(best.bound));
        Ok(Self { alone, together, kinds, prices, frontier, gap, unfinished })
    }

    /// The names of the kinds of data with the databases that are to hold them.
    pub fn held(&self) -> impl Iterator<Item = (&str, &[HeldDatabase])> {
        self.kinds.iter().map(|kind| (kind.data, kind.held.as_slice()))
    }
}

/// What becomes of a kind of data.
fn placement<'a>(search: &mut Search<'_, 'a, '_>, index: usize, best: &Found) -> Option<Placement<'a>> {
    let kind = search.kinds.get(index)?.clone();
    let choice = *best.choices.get(index)?;
    let (alone, together) = (kind.offers.first()?, kind.offers.get(choice)?);
    let moved = choice != 0 && !together.beyond;
    let until = if moved { until::until(search, index, best) } else { Vec::new() };
    let versions = together.candidate.engines.iter().map(|engine| HeldDatabase {
        id: engine.database.id.to_string(),
        version: engine.version.major.to_string(),
        image: None,
    });
    let facts = search.network.facts;
    Some(Placement {
        data: kind.name,
        alone: databases(alone),
        together: databases(together),
        held: versions.collect(),
        losses: if moved { losses(facts, &kind.profile, &alone.candidate, &together.candidate) } else { Vec::new() },
        used: [alone, together].map(|offer| headroom(facts, &kind.profile, &offer.candidate)),
        until,
    })
}

/// The search for the best assignment of some kinds of data.
struct Search<'s, 'a, 'f> {
    network: &'s Network<'a, 'f>,
    kinds: Vec<Kind<'a, 'f>>,
    most: Option<usize>,
    stop: &'s mut dyn FnMut() -> bool,
    /// Whether a search was stopped before its end, this one's or that of a variation.
    unfinished: &'s mut bool,
}

/// A search was stopped before its end.
struct NotProven;

/// The best assignment that was found.
struct Found {
    /// The offer of each kind.
    choices: Vec<usize>,
    cost: Points,
    bound: Points,
    exact: bool,
}

impl<'a, 'f> Search<'_, 'a, 'f> {
    /// The best assignment; where the limits leave none, one that goes past them.
    fn first(&mut self) -> Result<Found, PortfolioError> {
        if let Some(found) = self.solve(|_| ())? {
            return Ok(found);
        }
        if let Some(most) = self.most.take() {
            return Err(PortfolioError::TooFew { most, least: self.least(most) });
        }
        for kind in &mut self.kinds {
            let beyond = kind.offers.first().map(|first| first.beyond(&self.network.weights));
            kind.offers.extend(beyond);
        }
        self.solve(|_| ())?.ok_or(PortfolioError::Stopped)
    }

    /// The fewest databases past a number that can hold the data.
    fn least(&mut self, most: usize) -> Option<usize> {
        let all = self.network.databases.len();
        (most.saturating_add(1)..=all)
            .find(|most| matches!(self.solve(|problem| problem.most = Some(*most)), Ok(Some(_))))
    }

    /// The best assignment of a problem, proven or not; nothing where there is none.
    fn solve(&mut self, change: impl FnOnce(&mut Problem)) -> Result<Option<Found>, PortfolioError> {
        let mut problem = self.network.problem(&self.kinds);
        problem.most = self.most;
        change(&mut problem);
        match solve(&problem, self.stop) {
            Answer::Best(best) => Ok(Some(Found {
                choices: best.choices,
                cost: Points::of_units(best.cost),
                bound: Points::of_units(best.bound),
                exact: best.exact,
            })),
            Answer::Impossible => Ok(None),
            Answer::Stopped { .. } => Err(PortfolioError::Stopped),
        }
    }

    /// The best assignment of a changed problem, if there is one.
    fn best(&mut self, change: impl FnOnce(&mut Problem)) -> Result<Option<Found>, NotProven> {
        match self.solve(change) {
            Ok(found) if found.as_ref().is_none_or(|found| found.exact) => Ok(found),
            _ => {
                *self.unfinished = true;
                Err(NotProven)
            }
        }
    }

    /// What it costs at the least if a kind of data is held elsewhere than an offer says.
    fn elsewhere(&mut self, index: usize, ours: &Offer<'a, 'f>) -> Result<Option<Points>, NotProven> {
        let Some(mut kind) = self.kinds.get(index).cloned() else { return Ok(None) };
        kind.offers.retain(|offer| !until::same(&databases(offer), &databases(ours)));
        if kind.offers.is_empty() {
            return Ok(None);
        }
        let best = self.with(index, kind).best(|_| ())?;
        Ok(best.map(|best| best.cost))
    }

    /// The same search with another kind of data at a place.
    fn with(&mut self, index: usize, kind: Kind<'a, 'f>) -> Search<'_, 'a, 'f> {
        let mut kinds = self.kinds.clone();
        if let Some(place) = kinds.get_mut(index) {
            *place = kind;
        }
        let (stop, unfinished) = (&mut *self.stop, &mut *self.unfinished);
        Search { network: self.network, kinds, most: self.most, stop, unfinished }
    }

    fn account(&self, choices: &[usize]) -> Account<'a> {
        Account::of(self.network, &self.kinds, choices)
    }
}
