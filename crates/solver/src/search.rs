//! The search: nodes from a stack, each bounded, drawn conclusions from, and split until nothing better can be left.

use crate::bound::{Effort, Exhausted, ascend};
use crate::branch::{first_choice, question};
use crate::forest::{FAR, Forest, Server};
use crate::improve::improve;
use crate::model::{Model, Plan, unscaled};
use crate::node::{Node, Spot, Way};
use crate::polish::polish;
use crate::problem::{Answer, Payments, Solution};
use crate::propagate::{keep_preferred, propagate};

/// How many nodes pass between two questions whether to stop.
const PATIENCE: usize = 64;

/// How many nodes there are before better plans are looked for again: a small search ends without.
const SEARCHED: usize = 16;

/// The most walks of one ascent.
const WALKS: usize = 10;

/// The most steps along the subgradient, at the root only: further down they cost more than they save.
const STEPS: usize = 30;

/// A search under way.
pub(crate) struct Search<'a> {
    pub(crate) model: &'a Model<'a>,
    pub(crate) forest: Forest,
    server: Server,
    start: Option<&'a Solution>,
    best: Option<Plan>,
}

impl<'a> Search<'a> {
    /// A search that starts from nothing, or from the solution of another problem.
    pub(crate) fn new(model: &'a Model<'a>, start: Option<&'a Solution>) -> Self {
        let (forest, server) = (Forest::new(model), Server::new(model));
        Self { model, forest, server, start, best: None }
    }

    /// Searches until nothing better can be left, or until told to stop.
    pub(crate) fn run(mut self, stop: &mut dyn FnMut() -> bool) -> Answer {
        let (root, payments) = self.root();
        let mut open: Vec<Node> = root.into_iter().collect();
        let mut nodes = 0_usize;
        while let Some(node) = open.pop() {
            if nodes.checked_rem(PATIENCE) == Some(1) && stop() {
                let bound = open.iter().map(|node| node.bound).fold(node.bound, u64::min);
                return self.stopped(bound, payments);
            }
            nodes = nodes.saturating_add(1);
            if let Ok(Some((last, first))) = self.expand(node, nodes) {
                open.push(last);
                open.push(first);
            }
        }
        match self.best.take() {
            Some(plan) => self.answer(plan, None, payments),
            None => Answer::Impossible,
        }
    }

    /// Bounds a node and splits it, if anything is left of it: the part to search last, and the part to search first.
    fn expand(&mut self, mut node: Node, count: usize) -> Result<Option<(Node, Node)>, Exhausted> {
        self.settle(&mut node)?;
        let relaxed = self.forest.relaxed(self.model, &node);
        self.try_out(&node, &relaxed, count >= SEARCHED && count.is_power_of_two());
        let limit = self.limit();
        if node.bound > limit {
            return Err(Exhausted);
        }
        let question = if node.bound == limit { first_choice(&node) } else { question(self.model, &node, &relaxed) };
        // Without a question there is one assignment left in the node, which has been tried out.
        Ok(question.map(|question| question.split(node)).map(|(yes, no)| (no, yes)))
    }

    /// The node of all assignments, unless it is settled at once, and what each item pays there.
    fn root(&mut self) -> (Option<Node>, Vec<Payments>) {
        let start = self.start.filter(|start| start.choices.len() == self.model.spots.len());
        let mut root = self.model.root(start.map_or(&[], |start| start.payments.as_slice()));
        if let Some(start) = start {
            let like = self.model.like(&start.choices);
            let used = self.model.used(&like);
            self.offer(like);
            if self.best.is_none() {
                self.look_near(&root, used);
            }
        }
        let prepared = self.prepare(&mut root);
        let payments = root.spots.iter().map(Spot::payments).collect();
        (prepared.ok().map(|()| root), payments)
    }

    /// Takes more trouble over the root than over others, for all that is searched rests on it.
    fn prepare(&mut self, node: &mut Node) -> Result<(), Exhausted> {
        let unknown = self.best.is_none();
        self.settle(node)?;
        let relaxed = self.forest.relaxed(self.model, node);
        self.try_out(node, &relaxed, unknown);
        self.find_toll(node, &relaxed)?;
        if node.bound < self.limit() {
            let effort = Effort { walks: WALKS, limit: self.limit() };
            polish(self.model, &mut self.forest, node, effort, STEPS.min(self.model.links.len()))?;
            self.settle(node)?;
            let relaxed = self.forest.relaxed(self.model, node);
            self.try_out(node, &relaxed, false);
        }
        Ok(())
    }

    /// What an assignment may come to at most to be of interest.
    pub(crate) fn limit(&self) -> u64 {
        self.best.as_ref().map_or(FAR, |plan| plan.key)
    }

    /// Raises the bound of a node and draws conclusions, until neither gets further.
    pub(crate) fn settle(&mut self, node: &mut Node) -> Result<(), Exhausted> {
        loop {
            let limit = self.limit();
            let effort = Effort { walks: WALKS, limit };
            let margin = ascend(self.model, &mut self.forest, node, effort)?;
            let mut changed = propagate(self.model, node, margin)?;
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
    pub(crate) fn try_out(&mut self, node: &Node, relaxed: &[Way], thoroughly: bool) {
        self.offer(relaxed.iter().map(|way| way.index).collect());
        let used = relaxed.iter().fold(node.open, |mask, way| mask | way.needs);
        if let Some(choices) = self.server.serve(self.model, &node.spots, used) {
            self.offer(choices);
        }
        if thoroughly && node.bound < self.limit() {
            self.look_near(node, used);
        }
    }

    /// Looks for good plans that use nearly the same facilities.
    fn look_near(&mut self, node: &Node, used: u128) {
        if let Some(plan) = improve(&mut self.server, self.model, node, used) {
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
    fn stopped(mut self, bound: u64, payments: Vec<Payments>) -> Answer {
        match self.best.take() {
            Some(plan) => self.answer(plan, Some(bound), payments),
            None => Answer::Stopped { bound: unscaled(bound) },
        }
    }

    fn answer(&self, plan: Plan, bound: Option<u64>, payments: Vec<Payments>) -> Answer {
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
            payments,
        })
    }
}
