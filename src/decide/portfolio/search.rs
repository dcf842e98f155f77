//! The search for the best assignment of all data, and of variations of the question.

use solver::{Answer, Problem, Solution, solve_from};

use super::account::Account;
use super::network::Network;
use super::offer::{Item, Offer};
use super::points::Points;
use super::question::PortfolioError;

/// The search for the best assignment of some items.
pub(super) struct Search<'s, 'a, 'f> {
    pub(super) network: &'s Network<'a, 'f>,
    pub(super) items: &'s [Item<'a, 'f>],
    problem: Problem,
    /// The best of all, which variations of the question start from.
    start: Option<Solution>,
    stop: &'s mut dyn FnMut() -> bool,
    /// Whether a search was stopped before its end, the first one or that of a variation.
    pub(super) unfinished: bool,
}

/// A search was stopped before its end.
pub(super) struct NotProven;

impl<'s, 'a, 'f> Search<'s, 'a, 'f> {
    pub(super) fn new(
        network: &'s Network<'a, 'f>,
        items: &'s [Item<'a, 'f>],
        most: Option<usize>,
        stop: &'s mut dyn FnMut() -> bool,
    ) -> Self {
        let problem = Problem { most, ..network.problem(items) };
        Self { network, items, problem, start: None, stop, unfinished: false }
    }

    /// The best assignment.
    pub(super) fn first(&mut self) -> Result<Solution, PortfolioError> {
        let best = self.solve(&self.problem.clone())?;
        if let (None, Some(most)) = (&best, self.problem.most) {
            return Err(PortfolioError::TooFew { most, least: self.least(most) });
        }
        self.start.clone_from(&best);
        best.ok_or(PortfolioError::Stopped)
    }

    /// The fewest databases past a number that can hold the data.
    fn least(&mut self, most: usize) -> Option<usize> {
        let all = self.network.databases.len();
        let mut problem = self.problem.clone();
        (most.saturating_add(1)..=all).find(|most| {
            problem.most = Some(*most);
            matches!(self.solve(&problem), Ok(Some(_)))
        })
    }

    /// The best assignment of a problem, proven or not; nothing where there is none.
    fn solve(&mut self, problem: &Problem) -> Result<Option<Solution>, PortfolioError> {
        match solve_from(self.start.as_ref(), problem, self.stop) {
            Answer::Best(best) => Ok(Some(best)),
            Answer::Impossible => Ok(None),
            Answer::Stopped { .. } => Err(PortfolioError::Stopped),
        }
    }

    /// The best assignment of a problem, if there is one.
    pub(super) fn best(&mut self, problem: &Problem) -> Result<Option<Solution>, NotProven> {
        match self.solve(problem) {
            Ok(found) if found.as_ref().is_none_or(|found| found.exact) => Ok(found),
            _ => {
                self.unfinished = true;
                Err(NotProven)
            }
        }
    }

    /// The best assignment of the changed problem, if there is one.
    pub(super) fn best_if(&mut self, change: impl FnOnce(&mut Problem)) -> Result<Option<Solution>, NotProven> {
        let mut problem = self.problem.clone();
        change(&mut problem);
        self.best(&problem)
    }

    /// The problem where the offers of one item cost otherwise, or are no longer made.
    pub(super) fn with(&self, index: usize, costs: &[Option<Points>]) -> Problem {
        let mut problem = self.problem.clone();
        let count = self.items.get(index).map_or(1, Item::count);
        if let Some(item) = problem.items.get_mut(index) {
            for (choice, cost) in item.choices.iter_mut().zip(costs) {
                match cost {
                    Some(cost) => choice.cost = cost.units().saturating_mul(count),
                    None => choice.bar(),
                }
            }
        }
        problem
    }

    pub(super) fn account(&self, choices: &[usize]) -> Account<'a> {
        Account::of(self.network, self.items, choices)
    }

    /// The offers of an item.
    pub(super) fn offers(&self, index: usize) -> &'s [Offer<'a, 'f>] {
        self.items.get(index).map_or(&[], |item| &item.offers)
    }
}
