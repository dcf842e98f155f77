//! Good plans before the search: open and close one facility at a time while that helps.

use crate::bits::{Bits, bit};
use crate::forest::Server;
use crate::model::{Model, Plan};
use crate::node::Node;

/// How good a plan is: what it breaks first, then what it comes to.
type Merit = ((usize, u64), Plan);

/// The best plan that uses some facilities and no others.
fn merit(server: &mut Server, model: &Model, node: &Node, some: u128) -> Option<Merit> {
    let choices = server.serve(model, &node.states, some)?;
    Some((model.excess(&choices), model.plan(choices)))
}

/// Closes counted facilities while there are too many, each time the one that is missed the least.
fn reduce(server: &mut Server, model: &Model, node: &Node, mut best: Merit) -> Merit {
    while best.0.0 > 0 {
        let used = model.used(&best.1.choices);
        let closed = Bits(used & model.counted & !node.open).filter_map(|facility| {
            let (excess, plan) = merit(server, model, node, used & !bit(facility))?;
            (excess.0 < best.0.0).then_some((plan, excess))
        });
        let Some((plan, excess)) = closed.min() else { break };
        best = (excess, plan);
    }
    best
}

/// Opens and closes facilities, one at a time, while the plan gets better.
pub(crate) fn improve(server: &mut Server, model: &Model, node: &Node, start: u128) -> Option<Plan> {
    let undecided = node.undecided();
    let best = merit(server, model, node, start | node.open);
    let best = match best {
        Some(best) => best,
        None => merit(server, model, node, node.open | undecided)?,
    };
    let mut best = reduce(server, model, node, best);
    // Each in turn, until none has helped since its last turn.
    let undecided: Vec<usize> = Bits(undecided).collect();
    let mut idle = 0_usize;
    for facility in undecided.iter().cycle() {
        if idle >= undecided.len() {
            break;
        }
        let used = model.used(&best.1.choices) | node.open;
        match merit(server, model, node, used ^ bit(*facility)) {
            Some(next) if next < best => {
                best = next;
                idle = 0;
            }
            _ => idle = idle.saturating_add(1),
        }
    }
    Some(best.1).filter(|_| best.0 == (0, 0))
}
