//! How a node is split in two.

use crate::bits::{Bits, bit, count};
use crate::model::Model;
use crate::node::{ChoiceState, Node};

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
                if let Some(state) = yes.states.get_mut(item) {
                    state.choices.retain(|choice| choice.index == index);
                }
                if let Some(state) = node.states.get_mut(item) {
                    state.choices.retain(|choice| choice.index != index);
                }
            }
        }
        (yes, node)
    }
}

/// Where the node can only tie, its first item that has a choice takes the one it prefers, or not.
pub(crate) fn first_choice(node: &Node) -> Option<Question> {
    let (item, state) = node.states.iter().enumerate().find(|(_, state)| state.choices.len() > 1)?;
    state.choices.first().map(|choice| Question::Choice { item, index: choice.index })
}

/// The question that the relaxed plan leaves open the most: of the facilities that it uses and that are not paid in full
/// the one with the most users; where all are paid, an item that takes of a resource that is not enough.
pub(crate) fn question(model: &Model, node: &Node, relaxed: &[ChoiceState]) -> Option<Question> {
    let used = relaxed.iter().fold(0, |mask, choice| mask | choice.needs) & !node.open;
    let penalised = |(facility, weight): (usize, &u64)| {
        let penalty = if bit(facility) & model.counted != 0 { node.penalty } else { 0 };
        weight.saturating_add(penalty)
    };
    let mut unpaid: Vec<u64> = model.weights.iter().enumerate().map(penalised).collect();
    for (state, choice) in node.states.iter().zip(relaxed) {
        for payment in state.paid.iter().filter(|payment| payment.bit & choice.needs != 0) {
            if let Some(unpaid) = unpaid.get_mut(payment.facility) {
                *unpaid = unpaid.saturating_sub(payment.amount);
            }
        }
    }
    let too_many = model.problem.most.is_some_and(|most| count((used | node.open) & model.counted) > most);
    let candidates = Bits(used).filter_map(|facility| {
        let unpaid = unpaid.get(facility).copied()?;
        let counts = too_many && bit(facility) & model.counted != 0;
        let users = relaxed.iter().filter(|choice| choice.needs & bit(facility) != 0).count();
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
fn overloaded(model: &Model, node: &Node, relaxed: &[ChoiceState]) -> Option<Question> {
    let choices: Vec<usize> = relaxed.iter().map(|choice| choice.index).collect();
    let over = |resource: &&usize| model.taken(&choices, **resource) > model.capacity(**resource);
    let resource = *model.binding.iter().find(over)?;
    let free = node.states.iter().zip(&choices).enumerate().filter(|(_, (state, _))| state.choices.len() > 1);
    let loads = free.filter_map(|(item, (_, index))| {
        let load = model.choice(item, *index)?.takes(resource);
        (load > 0).then_some((load, item, *index))
    });
    loads.max().map(|(_, item, index)| Question::Choice { item, index })
}
