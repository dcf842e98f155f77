//! Settling a node: its bound and the conclusions from it in turn, until neither gets further.

use crate::bound::{Effort, Exhausted, ascend};
use crate::forest::Forest;
use crate::incumbent::Incumbent;
use crate::node::Node;
use crate::propagate::{keep_preferred, propagate};

/// The most walks of one ascent.
pub(crate) const WALKS: usize = 10;

/// Raises the bound of a node and draws conclusions, until neither gets further.
pub(crate) fn settle(incumbent: &mut Incumbent, forest: &mut Forest, node: &mut Node) -> Result<(), Exhausted> {
    let model = incumbent.model;
    loop {
        let limit = incumbent.limit();
        let margin = ascend(model, forest, node, Effort { walks: WALKS, limit })?;
        let mut changed = propagate(model, node, margin)?;
        if node.bound > limit {
            return Err(Exhausted);
        }
        if node.bound == limit {
            incumbent.offer(node.preferred());
            if let Some(best) = &incumbent.plan {
                changed |= keep_preferred(node, best)?;
            }
        }
        if !changed {
            return Ok(());
        }
    }
}
