//! Deciding for all kinds of data together: what the commands share.

use std::time::{Duration, Instant};

use super::input::World;
use crate::decide::portfolio::{Portfolio, Question};
use crate::decide::{DecisionContext, Depth, Held, Holder, Selection};
use crate::requirements::Requirements;
use anyhow::Result;

/// How long is looked for something better before the best found is the answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The cheapest databases for all of the data, of at most so many, or of as many as the policy allows.
pub(super) fn portfolio<'a>(
    question: Question<'a>,
    world: &'a World,
    facts: &DecisionContext<'a>,
) -> Result<Portfolio<'a>> {
    let end = Instant::now().checked_add(PATIENCE);
    until(question, world, facts, &mut || end.is_some_and(|end| Instant::now() >= end))
}

/// The same for what has to be the same on every machine: counted in steps instead of time, and nothing where these
/// are too few to prove it.
pub(super) fn proven<'a>(
    question: Question<'a>,
    world: &'a World,
    facts: &DecisionContext<'a>,
) -> Option<Portfolio<'a>> {
    const STEPS: u32 = 2_000;
    let mut steps = 0u32;
    let mut stop = || {
        steps = steps.saturating_add(1);
        steps > STEPS
    };
    let portfolio = until(question, world, facts, &mut stop).ok()?;
    Some(portfolio).filter(|portfolio| portfolio.gap.is_none() && !portfolio.unfinished)
}

/// The cheapest databases that are found until something says to stop.
fn until<'a>(
    question: Question<'a>,
    world: &'a World,
    facts: &DecisionContext<'a>,
    stop: &mut dyn FnMut() -> bool,
) -> Result<Portfolio<'a>> {
    let most = question.most.or(world.config.policy.max_databases());
    Ok(Portfolio::of(Question { most, ..question }, facts, stop)?)
}

/// The selection that a portfolio makes.
pub(super) fn selection<'a>(
    requirements: &'a Requirements,
    facts: &DecisionContext<'a>,
    portfolio: &Portfolio<'_>,
    depth: Depth,
) -> Selection<'a> {
    let held = Held::new(Holder::Portfolio, portfolio.held());
    Selection::holding(requirements, facts, depth, &held)
}
