//! The portfolio: the databases of all data together, as few as pay, instead of the best for each alone.
//!
//! What it minimises is what the engines cost, and what each group pays for being served less than natively and for what
//! strains. A group moves only within its answer's category, or by a rule of the consolidation: being admitted is not
//! enough, for unknown is not small. The cheapest assignment is found exactly. Groups that say the same are one item, so that
//! names change nothing.

mod points;

mod question;

mod offer;

mod network;

mod account;

mod search;

mod loss;

mod price;

mod frontier;

mod breakeven;

pub use account::{Account, Charge, Term};
pub use breakeven::Until;
pub use frontier::{Best, Point};
pub use loss::Loss;
pub use points::Points;
pub use price::{Buy, Price};
pub use question::{PortfolioError, Question};

use catalog::Database;
use solver::{Problem, Solution};

use loss::{headroom, losses};
use network::Network;
use offer::{Item, items};
use search::Search;

use super::context::DecisionContext;
use super::group::Group;
use super::held::{Held, HeldDatabase};
use super::selection::Decisions;

/// The databases of all data together, beside the best for each alone.
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
    /// Why it may go there, where it is held elsewhere.
    pub because: Option<&'static str>,
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

/// The question as the solver sees it.
///
/// # Errors
/// [`PortfolioError::TooMany`] where the catalog has more databases than the solver takes.
pub fn problem<'a>(question: Question<'a>, context: &DecisionContext<'a>) -> Result<Problem, PortfolioError> {
    let groups = Group::of_file(question.requirements, context.catalog());
    let decisions = Decisions::of(&groups, context, &Held::default());
    let items = items(&groups, &decisions, context);
    let network = Network::of(&items, context).ok_or(PortfolioError::TooMany)?;
    Ok(Problem { most: question.most, ..network.problem(&items) })
}

impl<'a> Portfolio<'a> {
    /// Finds the cheapest databases for all data together.
    ///
    /// `stop` is asked now and then; when it says true, what was found so far is the answer, with its proven gap.
    ///
    /// # Errors
    /// [`PortfolioError`] where so many databases cannot hold the data, or nothing was found in time.
    pub fn of(
        question: Question<'a>,
        context: &DecisionContext<'a>,
        stop: &mut dyn FnMut() -> bool,
    ) -> Result<Self, PortfolioError> {
        let groups = Group::of_file(question.requirements, context.catalog());
        let decisions = Decisions::of(&groups, context, &Held::default());
        let items = items(&groups, &decisions, context);
        let network = Network::of(&items, context).ok_or(PortfolioError::TooMany)?;
        let mut search = Search::new(&network, &items, question.most, stop);
        let best = search.first()?;
        let choices = best.choices.as_slice();
        let together = search.account(choices);
        let alone = search.account(&vec![0; choices.len()]);
        let prices = price::prices(&mut search, &together);
        let frontier = frontier::frontier(&mut search, &together);
        let mut kinds = Vec::with_capacity(question.requirements.data.len());
        for (index, item) in items.iter().enumerate() {
            kinds.extend(placements(&mut search, index, item, &best));
        }
        kinds.sort_by_key(|(place, _)| *place);
        let kinds = kinds.into_iter().map(|(_, placement)| placement).collect();
        let gap = (!best.exact).then(|| Points::of_units(best.cost).over(Points::of_units(best.bound)));
        Ok(Self { alone, together, kinds, prices, frontier, gap, unfinished: search.unfinished })
    }

    /// The names of the kinds of data with the databases that are to hold them.
    pub fn held(&self) -> impl Iterator<Item = (&str, &[HeldDatabase])> {
        self.kinds.iter().map(|kind| (kind.data, kind.held.as_slice()))
    }
}

/// What becomes of the kinds of data of an item, each with its place in the file.
fn placements<'a>(
    search: &mut Search<'_, 'a, '_>,
    index: usize,
    item: &Item<'a, '_>,
    best: &Solution,
) -> Vec<(usize, Placement<'a>)> {
    let choice = best.choices.get(index).copied().unwrap_or(0);
    let (Some(alone), Some(together)) = (item.offers.first(), item.offers.get(choice)) else { return Vec::new() };
    let moved = choice != 0;
    let until = if moved { breakeven::until(search, index, best) } else { Vec::new() };
    let context = search.network.context;
    let versions = together.candidate.engines.iter().map(|engine| HeldDatabase {
        id: engine.database.id.to_string(),
        version: engine.version.major.to_string(),
        image: None,
    });
    let held: Vec<_> = versions.collect();
    let lost = if moved { losses(context, item.group, &alone.candidate, &together.candidate) } else { Vec::new() };
    let placement = Placement {
        data: "",
        alone: alone.candidate.databases(),
        together: together.candidate.databases(),
        held,
        because: moved.then(|| together.because()),
        losses: lost,
        used: [alone, together].map(|offer| headroom(context, item.group, &offer.candidate)),
        until,
    };
    let members = item.groups.iter().flat_map(|group| &group.members);
    members.map(|member| (member.place, Placement { data: member.name, ..placement.clone() })).collect()
}
