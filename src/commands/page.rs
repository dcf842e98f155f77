//! The page to look at, as part of a rendered folder: what `render` and `lint` share.

use std::path::Path;

use anyhow::Result;

use super::input::World;
use super::portfolio;
use crate::decide::portfolio::Question;
use crate::decide::{DecisionContext, Depth, Held, Selection};
use crate::plan::Plan;
use crate::render::write::{self, Artifact};
use crate::report::Shown;
use crate::report::page::{self, Sight};
use crate::requirements::Requirements;

/// How a file was decided.
#[derive(Clone, Copy)]
pub(super) struct Decided<'d, 'a> {
    /// What was asked.
    pub(super) requirements: &'a Requirements,
    /// What it was judged with.
    pub(super) world: &'a World,
    /// What is known of each database.
    pub(super) facts: &'d DecisionContext<'a>,
    /// The answers of the lock.
    pub(super) held: &'d Held<'a>,
    /// The most databases that the lock's portfolio was allowed.
    pub(super) most: Option<usize>,
}

/// Whether a folder has a page that was written by us: then it is kept up to date with the rest of it.
pub(super) fn is_there(root: &Path) -> bool {
    write::is_ours(root, page::FILE)
}

/// The page for what was decided and planned.
pub(super) fn artifact(decided: Decided<'_, '_>, plan: &Plan<'_>) -> Result<Artifact> {
    let Decided { requirements, world, facts, held, most } = decided;
    let World { catalog, tree, .. } = world;
    let selection = Selection::holding(requirements, facts, Depth::Flips, held);
    let portfolio = portfolio::proven(Question { requirements, most }, world, facts);
    let shown = Shown { requirements, selection: &selection, tree, catalog, capacity: &plan.capacity };
    let sight = Sight { shown, plan, catalog, portfolio: portfolio.as_ref() };
    Ok(page::artifact(sight, env!("CARGO_PKG_VERSION"))?)
}
