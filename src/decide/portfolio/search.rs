//! The search for the best assignment of all kinds of data, and of variations of the question.

use solver::{Answer, Problem, Solution, solve_from};

use super::account::{Account, databases, same};
use super::network::Network;
use super::offer::{Kind, Offer};
use super::points::Points;
use super::question::PortfolioError;

/// The search for the best assignment of some kinds of data.
pub(super) struct Search<'s, 'a, 'f> {
    pub(super) network: &'s Network<'a, 'f>,
    pub(super) kinds: Vec<Kind<'a, 'f>>,
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
        kinds: Vec<Kind<'a, 'f>>,
        most: Option<usize>,
        stop: &'s mut dyn FnMut() -> bool,
    ) -> Self {
        let problem = Problem { most, ..network.problem(&kinds) };
        Self { network, kinds, problem, start: None, stop, unfinished: false }
    }

    /// The best assignment; where the limits leave none, one that goes past them.
    pub(super) fn first(&mut self) -> Result<Solution, PortfolioError> {
        let mut best = self.solve(&self.problem.clone())?;
        if best.is_none() {
            if let Some(most) = self.problem.most {
                return Err(PortfolioError::TooFew { most, least: self.least(most) });
            }
            for kind in &mut self.kinds {
                let beyond = kind.offers.first().map(|first| first.beyond(&self.network.weights));
                kind.offers.extend(beyond);
            }
            self.problem = self.network.problem(&self.kinds);
            best = self.solve(&self.problem.clone())?;
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

    /// What it costs at the least if a kind of data is held elsewhere than an offer says.
    pub(super) fn elsewhere(
        &mut self,
        mut problem: Problem,
        index: usize,
        ours: &Offer<'a, 'f>,
    ) -> Result<Option<Points>, NotProven> {
        if let (Some(item), Some(kind)) = (problem.items.get_mut(index), self.kinds.get(index)) {
            for (choice, offer) in item.choices.iter_mut().zip(&kind.offers) {
                if same(&databases(offer), &databases(ours)) {
                    choice.bar();
                }
            }
        }
        Ok(self.best(&problem)?.map(|best| Points::of_units(best.cost)))
    }

    /// The problem where one kind of data has other figures.
    pub(super) fn with(&self, index: usize, kind: &Kind<'a, 'f>) -> Problem {
        let mut problem = self.problem.clone();
        let kinds: Vec<&Kind<'a, 'f>> = self.kinds.iter().collect();
        let changed = kinds.iter().enumerate().map(|(place, other)| if place == index { kind } else { *other });
        self.network.update(&mut problem, &changed.collect::<Vec<_>>(), index);
        problem
    }

    /// The problem as it is.
    pub(super) fn problem(&self) -> Problem {
        self.problem.clone()
    }

    pub(super) fn account(&self, choices: &[usize]) -> Account<'a> {
        Account::of(self.network, &self.kinds, choices)
    }
}
