//! The search: nodes from a stack, each bounded, drawn conclusions from, and split until nothing better can be left.

use super::bound::{Effort, Exhausted, ascend};
use super::branch::{first_choice, question};
use super::forest::{FAR, Forest, Server};
use super::improve::improve;
use super::model::{Model, Plan, unscaled};
use super::node::{Node, Way};
use super::polish::polish;
use super::propagate::{keep_preferred, propagate};
use super::{Answer, Solution};

/// How many nodes pass between two questions whether to stop.
const PATIENCE: usize = 64;

/// How many nodes there are before better plans are looked for again: a small search ends without.
const SEARCHED: usize = 16;

/// The most walks of one ascent.
const WALKS: usize = 10;

/// The most steps along the subgradient, at the root only: further down they cost more than they save.
const STEPS: usize = 30;

/// A search under way.
pub(super) struct Search<'a> {
    model: &'a Model<'a>,
    forest: Forest,
    server: Server,
    best: Option<Plan>,
}

impl<'a> Search<'a> {
    pub(super) fn new(model: &'a Model<'a>) -> Self {
        Self { model, forest: Forest::new(model), server: Server::new(model), best: None }
    }

    /// Searches until nothing better can be left, or until told to stop.
    pub(super) fn run(mut self, stop: &mut dyn FnMut() -> bool) -> Answer {
        let mut open = vec![self.model.root()];
        let mut nodes = 0_usize;
        while let Some(node) = open.pop() {
            // Not before the first node: it is what finds a good plan.
            if nodes.checked_rem(PATIENCE) == Some(1) && stop() {
                let bound = open.iter().map(|node| node.bound).fold(node.bound, u64::min);
                return self.stopped(bound);
            }
            nodes = nodes.saturating_add(1);
            if let Ok(Some((last, first))) = self.expand(node, nodes) {
                open.push(last);
                open.push(first);
            }
        }
        match self.best.take() {
            Some(plan) => self.answer(plan, None),
            None => Answer::Impossible,
        }
    }

    /// Bounds a node and splits it, if anything is left of it: the part to search last, and the part to search first.
    fn expand(&mut self, mut node: Node, count: usize) -> Result<Option<(Node, Node)>, Exhausted> {
        self.settle(&mut node)?;
        let mut relaxed = self.forest.relaxed(self.model, &node);
        self.try_out(&node, &relaxed, count == 1 || (count >= SEARCHED && count.is_power_of_two()));
        if count == 1 && node.bound < self.limit() {
            let effort = Effort { walks: WALKS, limit: self.limit() };
            polish(self.model, &mut self.forest, &mut node, effort, STEPS.min(self.model.links.len()))?;
            self.settle(&mut node)?;
            relaxed = self.forest.relaxed(self.model, &node);
            self.try_out(&node, &relaxed, false);
        }
        let limit = self.limit();
        if node.bound > limit {
            return Err(Exhausted);
        }
        let question = if node.bound == limit { first_choice(&node) } else { question(self.model, &node, &relaxed) };
        // Without a question there is one assignment left in the node, which has been tried out.
        Ok(question.map(|question| question.split(node)).map(|(yes, no)| (no, yes)))
    }

    /// What an assignment may come to at most to be of interest.
    fn limit(&self) -> u64 {
        self.best.as_ref().map_or(FAR, |plan| plan.key)
    }

    /// Raises the bound of a node and draws conclusions, until neither gets further.
    fn settle(&mut self, node: &mut Node) -> Result<(), Exhausted> {
        loop {
            let limit = self.limit();
            let effort = Effort { walks: WALKS, limit };
            let total = ascend(self.model, &mut self.forest, node, effort)?;
            let mut changed = propagate(self.model, node, total, limit)?;
            if node.bound > limit {
                return Err(Exhausted);
            }
            if node.bound == limit {
                let preferred = node.spots.iter().map(|spot| spot.ways.first().map_or(0, |way| way.index)).collect();
                self.offer(preferred);
                if let Some(best) = &self.best {
                    changed |= keep_preferred(node, best)?;
                }
            }
            if !changed {
                return Ok(());
            }
        }
    }

    /// Tries out what the bound's own plan suggests, and on demand what is better near it.
    fn try_out(&mut self, node: &Node, relaxed: &[Way], thoroughly: bool) {
        self.offer(relaxed.iter().map(|way| way.index).collect());
        let used = relaxed.iter().fold(node.open, |mask, way| mask | way.needs);
        if let Some(choices) = self.server.serve(self.model, &node.spots, used) {
            self.offer(choices);
        }
        let open = node.bound < self.limit();
        if thoroughly
            && open
            && let Some(plan) = improve(&mut self.server, self.model, node, used)
        {
            self.offer(plan.choices);
        }
    }

    /// Keeps a plan if it is the best so far.
    fn offer(&mut self, choices: Vec<usize>) {
        let plan = self.model.plan(choices);
        if self.best.as_ref().is_none_or(|best| plan < *best) && self.model.excess(&plan.choices) == (0, 0) {
            self.best = Some(plan);
        }
    }

    /// The answer where the search was stopped with this bound on what is left.
    fn stopped(mut self, bound: u64) -> Answer {
        match self.best.take() {
            Some(plan) => self.answer(plan, Some(bound)),
            None => Answer::Stopped { bound: unscaled(bound) },
        }
    }

    fn answer(&self, plan: Plan, bound: Option<u64>) -> Answer {
        let cost = unscaled(plan.key);
        let bound = bound.map(unscaled);
        let exact = bound.is_none();
        let used = self.model.used(&plan.choices);
        Answer::Best(Solution {
            cost,
            used,
            bound: bound.map_or(cost, |bound| bound.min(cost)),
            exact,
            choices: plan.choices,
        })
    }
}
