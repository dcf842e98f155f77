//! The incumbent: the best plan known, and what looks for a better one near a bound.

use crate::forest::Server;
use crate::improve::improve;
use crate::model::{Model, Plan};
use crate::node::{ChoiceState, Node};
use crate::scale::FAR;

/// The best plan known.
pub(crate) struct Incumbent<'a> {
    pub(crate) model: &'a Model<'a>,
    pub(crate) plan: Option<Plan>,
    server: Server,
}

impl<'a> Incumbent<'a> {
    pub(crate) fn new(model: &'a Model<'a>, homes: usize) -> Self {
        Self { model, plan: None, server: Server::new(model, homes) }
    }

    /// What an assignment may come to at most to be of interest.
    pub(crate) fn limit(&self) -> u64 {
        self.plan.as_ref().map_or(FAR, |plan| plan.key)
    }

    /// Keeps a plan if it is the best so far.
    pub(crate) fn offer(&mut self, choices: Vec<usize>) {
        let plan = self.model.plan(choices);
        if self.plan.as_ref().is_none_or(|best| plan < *best) && self.model.excess(&plan.choices) == (0, 0) {
            self.plan = Some(plan);
        }
    }

    /// Tries out what the relaxed plan suggests.
    pub(crate) fn try_out(&mut self, node: &Node, relaxed: &[ChoiceState]) {
        self.offer(relaxed.iter().map(|choice| choice.index).collect());
        if let Some(choices) = self.server.serve(self.model, &node.states, node.used(relaxed)) {
            self.offer(choices);
        }
    }

    /// Looks for good plans that use nearly the same facilities.
    pub(crate) fn look_near(&mut self, node: &Node, used: u128) {
        if node.bound < self.limit()
            && let Some(plan) = improve(&mut self.server, self.model, node, used)
        {
            self.offer(plan.choices);
        }
    }
}
