//! The portfolio: the databases of all kinds of data together, as few as pay, instead of the best for each alone.
//!
//! The cost of a set of databases is the care of each, the memory that their services need to start, the misfit of each
//! kind of data where it is held, and keeping in step what is held apart from its source. The cheapest assignment is
//! found exactly; limits hold for the sum of what each service holds.

mod account;
mod breakeven;
mod capacity;
mod demand;
mod frontier;
mod loss;
mod network;
mod offer;
mod points;
mod price;
mod question;
mod search;

pub use account::{Account, Charge, Term};
pub use breakeven::Until;
pub use frontier::{Best, Point};
pub use loss::Loss;
pub use points::Points;
pub use price::{Buy, Price};
pub use question::{PortfolioError, Question};

use catalog::{Database, Weights};
use solver::{Problem, Solution};

use account::databases;
use loss::{headroom, losses};
use network::Network;
use offer::{Kind, kinds, operated};
use search::Search;

use super::choose::candidates;
use super::context::DecisionContext;
use super::held::HeldDatabase;

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
        !account::same(&self.alone, &self.together)
    }
}

impl<'q, 'a> Question<'q, 'a> {
    /// The question as the solver sees it.
    ///
    /// # Errors
    /// [`PortfolioError::TooMany`] where the catalog has more databases than the solver takes.
    pub fn problem(self, context: &DecisionContext<'a>, weights: Weights) -> Result<Problem, PortfolioError> {
        let (network, kinds) = self.network(context, weights)?;
        Ok(Problem { most: self.most, ..network.problem(&kinds) })
    }

    /// What can be run, and what each kind of data could be held by.
    fn network<'f>(
        self,
        context: &'f DecisionContext<'a>,
        weights: Weights,
    ) -> Result<(Network<'a, 'f>, Vec<Kind<'a, 'f>>), PortfolioError>
    where
        'q: 'f,
    {
        let answers = candidates(context).unwrap_or_default();
        let kinds = kinds(self, context, &answers, &weights);
        let operated = operated(self.requirements).into_iter().map(String::from).collect();
        let network = Network::of(&kinds, context, weights, operated).ok_or(PortfolioError::TooMany)?;
        Ok((network, kinds))
    }
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
        context: &DecisionContext<'a>,
        weights: Weights,
        stop: &mut dyn FnMut() -> bool,
    ) -> Result<Self, PortfolioError> {
        let (network, kinds) = question.network(context, weights)?;
        let mut search = Search::new(&network, kinds, question.most, stop);
        let best = search.first()?;
        let choices = best.choices.as_slice();
        let together = search.account(choices);
        let first: Vec<usize> = choices.iter().map(|_| 0).collect();
        let alone = search.account(&first);
        let prices = price::prices(&mut search, &together);
        let frontier = frontier::frontier(&mut search, &together);
        let placements = (0..search.kinds.len()).filter_map(|index| placement(&mut search, index, &best));
        let kinds = placements.collect();
        let gap = (!best.exact).then(|| Points::of_units(best.cost).over(Points::of_units(best.bound)));
        Ok(Self { alone, together, kinds, prices, frontier, gap, unfinished: search.unfinished })
    }

    /// The names of the kinds of data with the databases that are to hold them.
    pub fn held(&self) -> impl Iterator<Item = (&str, &[HeldDatabase])> {
        self.kinds.iter().map(|kind| (kind.data, kind.held.as_slice()))
    }
}

/// What becomes of a kind of data.
fn placement<'a>(search: &mut Search<'_, 'a, '_>, index: usize, best: &Solution) -> Option<Placement<'a>> {
    let kind = search.kinds.get(index)?.clone();
    let choice = *best.choices.get(index)?;
    let (alone, together) = (kind.offers.first()?, kind.offers.get(choice)?);
    let moved = choice != 0 && !together.beyond;
    let until = if moved { breakeven::until(search, index, best) } else { Vec::new() };
    let versions = together.candidate.engines.iter().map(|engine| HeldDatabase {
        id: engine.database.id.to_string(),
        version: engine.version.major.to_string(),
        image: None,
    });
    let context = search.network.context;
    Some(Placement {
        data: kind.name,
        alone: databases(alone),
        together: databases(together),
        held: versions.collect(),
        losses: if moved { losses(context, &kind.profile, &alone.candidate, &together.candidate) } else { Vec::new() },
        used: [alone, together].map(|offer| headroom(context, &kind.profile, &offer.candidate)),
        until,
    })
}
