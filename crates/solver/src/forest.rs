//! Messages along the forest: what one item's home means for the item next to it.
//!
//! This is min-sum message passing. The message along a link says, for each home of the item at one end, what the tree
//! on the other side costs at least: the cheapest choice there with the same home, or the cheapest of all with the
//! synchronisation. A choice's bound is its own cost with the messages of all neighbours. Where messages are up to date,
//! the least bound of any item is what its whole tree costs.

use crate::model::Model;
use crate::node::{ChoiceState, ItemState, Node};
use crate::scale::FAR;
use crate::walk::{Link, Step};

/// For each home of an item, what the other side of a link costs at least.
pub(crate) type Message = Vec<u64>;

/// Fills a message from what the choices on the other side cost: the same home, or any home and the synchronisation.
fn fill(message: &mut Message, values: impl Iterator<Item = (usize, u64)> + Clone, sync: u64) {
    let least = values.clone().map(|(_, value)| value).min().unwrap_or(FAR);
    message.fill(least.saturating_add(sync));
    for (home, value) in values {
        if let Some(slot) = message.get_mut(home)
            && value < *slot
        {
            *slot = value;
        }
    }
}

/// What a message says about a home.
fn at(message: &Message, home: usize) -> u64 {
    message.get(home).copied().unwrap_or(0)
}

/// The messages of a walk through the forest, both ways along each link, by the copy.
pub(crate) struct Forest {
    up: Vec<Message>,
    down: Vec<Message>,
    fresh: Message,
}

/// What the bounds of an item change by where one message takes the place of another.
fn replace(state: &mut ItemState, new: &Message, old: &Message) {
    for choice in &mut state.choices {
        choice.bound = choice.bound.saturating_add(at(new, choice.home)).saturating_sub(at(old, choice.home));
    }
}

impl Forest {
    pub(crate) fn new(model: &Model, homes: usize) -> Self {
        let messages =
            || model.links.iter().map(|link| if link.is_some() { vec![0; homes] } else { Vec::new() }).collect();
        Self { up: messages(), down: messages(), fresh: vec![0; homes] }
    }

    /// Starts a walk: brings the bounds of the roots up to date. Says what all trees cost at least, open facilities
    /// apart.
    pub(crate) fn start(&mut self, model: &Model, node: &mut Node) -> u64 {
        for state in &mut node.states {
            for choice in &mut state.choices {
                choice.bound = choice.own;
            }
        }
        for message in self.up.iter_mut().chain(&mut self.down) {
            message.fill(0);
        }
        let mut total = 0_u64;
        for step in &model.walk {
            let Step::Leave(item) = *step else { continue };
            self.leave(model, node, item);
            if model.links.get(item).is_some_and(Option::is_none) {
                total = total.saturating_add(node.states.get(item).map_or(0, ItemState::least));
            }
        }
        total
    }

    /// Brings the bounds of an item up to date with those of its source.
    pub(crate) fn enter(&mut self, model: &Model, node: &mut Node, item: usize) {
        let Some(Link { source, sync }) = model.links.get(item).copied().flatten() else { return };
        let (Some(up), Some(down)) = (self.up.get(item), self.down.get_mut(item)) else { return };
        let Some(from) = node.states.get(source) else { return };
        fill(
            &mut self.fresh,
            from.choices.iter().map(|choice| (choice.home, choice.bound.saturating_sub(at(up, choice.home)))),
            sync,
        );
        let Some(state) = node.states.get_mut(item) else { return };
        replace(state, &self.fresh, down);
        std::mem::swap(&mut self.fresh, down);
    }

    /// Brings the bounds of an item's source up to date with those of the item.
    pub(crate) fn leave(&mut self, model: &Model, node: &mut Node, item: usize) {
        let Some(Link { source, sync }) = model.links.get(item).copied().flatten() else { return };
        let (Some(up), Some(down)) = (self.up.get_mut(item), self.down.get(item)) else { return };
        let Some(from) = node.states.get(item) else { return };
        fill(
            &mut self.fresh,
            from.choices.iter().map(|choice| (choice.home, choice.bound.saturating_sub(at(down, choice.home)))),
            sync,
        );
        let Some(state) = node.states.get_mut(source) else { return };
        replace(state, &self.fresh, up);
        std::mem::swap(&mut self.fresh, up);
    }

    /// The choices that the bound rests on: of each item one, such that they cost together what the trees cost at least.
    pub(crate) fn relaxed(&self, model: &Model, node: &Node) -> Vec<ChoiceState> {
        let blank = ChoiceState { index: 0, home: 0, needs: 0, price: 0, own: 0, bound: 0 };
        let mut chosen = vec![blank; node.states.len()];
        for step in &model.walk {
            let Step::Enter(item) = *step else { continue };
            let link = model.links.get(item).copied().flatten();
            let source = link.and_then(|link| chosen.get(link.source)).map(|choice| choice.home);
            let down = self.down.get(item);
            let cost = |choice: &ChoiceState| {
                let below = choice.bound.saturating_sub(down.map_or(0, |down| at(down, choice.home)));
                let apart = source.is_some_and(|home| home != choice.home);
                below.saturating_add(link.filter(|_| apart).map_or(0, |link| link.sync))
            };
            let best = node.states.get(item).and_then(|state| state.choices.iter().min_by_key(|choice| cost(choice)));
            if let (Some(slot), Some(best)) = (chosen.get_mut(item), best) {
                *slot = *best;
            }
        }
        chosen
    }
}

/// Serves items from a given set of facilities, with room kept from one set to the next.
pub(crate) struct Server {
    /// What each choice costs together with the copies below it.
    values: Vec<Vec<u64>>,
    message: Message,
    /// The choice of each item and its home.
    chosen: Vec<(usize, usize)>,
}

impl Server {
    pub(crate) fn new(model: &Model, homes: usize) -> Self {
        let items = model.links.len();
        Self { values: vec![Vec::new(); items], message: vec![0; homes], chosen: vec![(0, 0); items] }
    }

    /// The cheapest assignment that uses no other facilities than some, if what the facilities cost does not matter
    /// and no limits have to be kept. Of an item's choices that tie it takes the first.
    pub(crate) fn serve(&mut self, model: &Model, states: &[ItemState], some: u128) -> Option<Vec<usize>> {
        let value = |choice: &ChoiceState| if choice.needs & !some == 0 { choice.price } else { FAR };
        for (values, state) in self.values.iter_mut().zip(states) {
            values.clear();
            values.extend(state.choices.iter().map(value));
        }
        for step in &model.walk {
            let Step::Leave(item) = *step else { continue };
            let Some(Link { source, sync }) = model.links.get(item).copied().flatten() else { continue };
            let homes = states.get(item)?.choices.iter().map(|choice| choice.home);
            fill(&mut self.message, homes.zip(self.values.get(item)?.iter().copied()), sync);
            for (value, choice) in self.values.get_mut(source)?.iter_mut().zip(&states.get(source)?.choices) {
                *value = value.saturating_add(at(&self.message, choice.home)).min(FAR);
            }
        }
        for step in &model.walk {
            let Step::Enter(item) = *step else { continue };
            let link = model.links.get(item).copied().flatten();
            let source = link.and_then(|link| self.chosen.get(link.source)).map(|(_, home)| *home);
            let sync = link.map_or(0, |link| link.sync);
            let apart = |choice: &ChoiceState| if source.is_some_and(|home| home != choice.home) { sync } else { 0 };
            let choices = states.get(item)?.choices.iter().zip(self.values.get(item)?);
            let (choice, value) = choices.min_by_key(|(choice, value)| value.saturating_add(apart(choice)))?;
            if *value >= FAR {
                return None;
            }
            *self.chosen.get_mut(item)? = (choice.index, choice.home);
        }
        Some(self.chosen.iter().map(|(index, _)| *index).collect())
    }
}
