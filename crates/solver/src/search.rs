//! The search: nodes from a stack, each bounded, drawn conclusions from, and split until nothing better can be left.

use crate::bound::{Effort, Exhausted};
use crate::branch::{first_choice, question};
use crate::forest::Forest;
use crate::incumbent::Incumbent;
use crate::model::{Model, Plan};
use crate::node::{ItemState, Node};
use crate::penalty::find_penalty;
use crate::polish::polish;
use crate::presolve::Remainder;
use crate::problem::{Answer, Payments, Solution};
use crate::scale::unscaled;
use crate::settle::{WALKS, settle};

/// How many nodes pass between two questions whether to stop.
const PATIENCE: usize = 64;

/// How many nodes there are before better plans are looked for again: a small search ends without.
const SEARCHED: usize = 16;

/// The most steps along the subgradient, at the root only: further down they cost more than they save.
const STEPS: usize = 30;

/// A search under way.
pub(crate) struct Search<'a> {
    model: &'a Model<'a>,
    remainder: Remainder,
    forest: Forest,
    incumbent: Incumbent<'a>,
    start: Option<&'a Solution>,
}

impl<'a> Search<'a> {
    /// A search that starts from nothing, or from the solution of another problem.
    pub(crate) fn new(model: &'a Model<'a>, remainder: Remainder, start: Option<&'a Solution>) -> Self {
        let homes = remainder.homes;
        Self { model, remainder, forest: Forest::new(model, homes), incumbent: Incumbent::new(model, homes), start }
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
        match self.incumbent.plan.take() {
            Some(plan) => self.answer(plan, None, payments),
            None => Answer::Impossible,
        }
    }

    /// Bounds a node and splits it, if anything is left of it: the part to search last, and the part to search first.
    fn expand(&mut self, mut node: Node, count: usize) -> Result<Option<(Node, Node)>, Exhausted> {
        settle(&mut self.incumbent, &mut self.forest, &mut node)?;
        let relaxed = self.forest.relaxed(self.model, &node);
        self.incumbent.try_out(&node, &relaxed);
        if count >= SEARCHED && count.is_power_of_two() {
            self.incumbent.look_near(&node, node.used(&relaxed));
        }
        let limit = self.incumbent.limit();
        if node.bound > limit {
            return Err(Exhausted);
        }
        let question = if node.bound == limit { first_choice(&node) } else { question(self.model, &node, &relaxed) };
        // Without a question there is one assignment left in the node, which has been tried out.
        Ok(question.map(|question| question.split(node)).map(|(yes, no)| (no, yes)))
    }

    /// The node of all assignments, unless it is settled at once, and what each item pays there.
    fn root(&mut self) -> (Option<Node>, Vec<Payments>) {
        let start = self.start.filter(|start| start.choices.len() == self.remainder.states.len());
        let payments = start.map_or(&[][..], |start| start.payments.as_slice());
        let mut root = self.remainder.root(self.model, payments);
        if let Some(start) = start {
            let like = self.remainder.like(self.model, &start.choices);
            let used = self.model.used(&like);
            self.incumbent.offer(like);
            if self.incumbent.plan.is_none() {
                self.incumbent.look_near(&root, used);
            }
        }
        let prepared = self.prepare(&mut root);
        let payments = root.states.iter().map(ItemState::payments).collect();
        (prepared.ok().map(|()| root), payments)
    }

    /// Takes more trouble over the root than over others, for all that is searched rests on it.
    fn prepare(&mut self, node: &mut Node) -> Result<(), Exhausted> {
        let (incumbent, forest) = (&mut self.incumbent, &mut self.forest);
        let unknown = incumbent.plan.is_none();
        settle(incumbent, forest, node)?;
        let relaxed = forest.relaxed(self.model, node);
        incumbent.try_out(node, &relaxed);
        if unknown {
            incumbent.look_near(node, node.used(&relaxed));
        }
        find_penalty(incumbent, forest, node, &relaxed)?;
        if node.bound < incumbent.limit() {
            let effort = Effort { walks: WALKS, limit: incumbent.limit() };
            polish(self.model, forest, node, effort, STEPS.min(self.model.links.len()))?;
            settle(incumbent, forest, node)?;
            let relaxed = forest.relaxed(self.model, node);
            incumbent.try_out(node, &relaxed);
        }
        Ok(())
    }

    /// The answer where the search was stopped with this bound on what is left.
    fn stopped(mut self, bound: u64, payments: Vec<Payments>) -> Answer {
        match self.incumbent.plan.take() {
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
