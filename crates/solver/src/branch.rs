//! How a node is split in two.

use crate::bits::{Bits, bit, count};
use crate::model::{Model, load};
use crate::node::{Node, Way};

/// What tells the two parts of a node apart.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Question {
    /// Is this facility open?
    Facility(u128),
    /// Does this item take this choice?
    Choice { item: usize, index: usize },
}

impl Question {
    /// Splits a node: the part where the answer is yes, and the part where it is no.
    pub(crate) fn split(self, mut node: Node) -> (Node, Node) {
        let mut yes = node.clone();
        match self {
            Self::Facility(mask) => {
                yes.open(mask);
                node.close(mask);
            }
            Self::Choice { item, index } => {
                if let Some(spot) = yes.spots.get_mut(item) {
                    spot.ways.retain(|way| way.index == index);
                }
                if let Some(spot) = node.spots.get_mut(item) {
                    spot.ways.retain(|way| way.index != index);
                }
            }
        }
        (yes, node)
    }
}

/// Where the node can only tie, its first item that has a choice takes the one it prefers, or not.
pub(crate) fn first_choice(node: &Node) -> Option<Question> {
    let (item, spot) = node.spots.iter().enumerate().find(|(_, spot)| spot.ways.len() > 1)?;
    spot.ways.first().map(|way| Question::Choice { item, index: way.index })
}

/// The question that the bound's own plan leaves open the most: of the facilities that
/// it uses and that are not paid in full the one with the most users; or where all are paid, an item that takes of a resource that is not enough.
pub(crate) fn question(model: &Model, node: &Node, relaxed: &[Way]) -> Option<Question> {
    let used = relaxed.iter().fold(0, |mask, way| mask | way.needs) & !node.open;
    let tolled = |(facility, weight): (usize, &u64)| {
        let toll = if bit(facility) & model.counted != 0 { node.toll } else { 0 };
        weight.saturating_add(toll)
    };
    let mut unpaid: Vec<u64> = model.weights.iter().enumerate().map(tolled).collect();
    for (spot, way) in node.spots.iter().zip(relaxed) {
        for payment in spot.paid.iter().filter(|payment| payment.bit & way.needs != 0) {
            if let Some(unpaid) = unpaid.get_mut(payment.facility) {
                *unpaid = unpaid.saturating_sub(payment.amount);
            }
        }
    }
    let too_many = model.problem.most.is_some_and(|most| count((used | node.open) & model.counted) > most);
    let candidates = Bits(used).filter_map(|facility| {
        let unpaid = unpaid.get(facility).copied()?;
        let counts = too_many && bit(facility) & model.counted != 0;
        let users = relaxed.iter().filter(|way| way.needs & bit(facility) != 0).count();
        (unpaid > 0 || counts).then_some((users, unpaid, facility))
    });
    if let Some((.., facility)) = candidates.max() {
        return Some(Question::Facility(bit(facility)));
    }
    overloaded(model, node, relaxed).or_else(|| {
        let left = Bits(node.undecided()).max_by_key(|facility| model.weights.get(*facility).copied());
        left.map(|facility| Question::Facility(bit(facility))).or_else(|| first_choice(node))
    })
}

/// The item that takes the most of a resource that is not enough for all, where it has a choice.
fn overloaded(model: &Model, node: &Node, relaxed: &[Way]) -> Option<Question> {
    let choices: Vec<usize> = relaxed.iter().map(|way| way.index).collect();
    let over = |resource: &&usize| model.taken(&choices, **resource) > model.capacity(**resource);
    let resource = *model.binding.iter().find(over)?;
    let free = node.spots.iter().zip(&choices).enumerate().filter(|(_, (spot, _))| spot.ways.len() > 1);
    let loads = free.filter_map(|(item, (_, index))| {
        let load = load(model.choice(item, *index)?, resource);
        (load > 0).then_some((load, item, *index))
    });
    loads.max().map(|(_, item, index)| Question::Choice { item, index })
}
