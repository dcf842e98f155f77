//! Messages along the forest: what one item's home means for the item next to it.

use crate::model::{Link, Model, Step};
use crate::node::{Node, Spot, Way};

/// Dearer than any assignment, with room to add to it.
pub(crate) const FAR: u64 = 1 << 62;

/// For each home of an item, what the other side of a link costs at least.
pub(crate) type Message = Vec<u64>;

/// Fills a message from what the ways on the other side cost: the same home, or any home and the synchronisation.
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
fn told(message: &Message, home: usize) -> u64 {
    message.get(home).copied().unwrap_or(0)
}

/// The messages of a walk through the forest, both ways along each link, by the copy.
pub(crate) struct Forest {
    up: Vec<Message>,
    down: Vec<Message>,
    fresh: Message,
}

/// What the beliefs of an item change by where one message takes the place of another.
fn replace(spot: &mut Spot, new: &Message, old: &Message) {
    for way in &mut spot.ways {
        way.belief = way.belief.saturating_add(told(new, way.home)).saturating_sub(told(old, way.home));
    }
}

impl Forest {
    pub(crate) fn new(model: &Model) -> Self {
        let homes = model.homes;
        let messages =
            || model.links.iter().map(|link| if link.is_some() { vec![0; homes] } else { Vec::new() }).collect();
        Self { up: messages(), down: messages(), fresh: vec![0; homes] }
    }

    /// Starts a walk: brings the beliefs of the roots up to date. Says what all trees cost at least, open facilities
    /// apart.
    pub(crate) fn start(&mut self, model: &Model, node: &mut Node) -> u64 {
        for spot in &mut node.spots {
            for way in &mut spot.ways {
                way.belief = way.own;
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
                total = total.saturating_add(node.spots.get(item).map_or(0, Spot::least));
            }
        }
        total
    }

    /// Brings the beliefs of an item up to date with those of its source.
    pub(crate) fn enter(&mut self, model: &Model, node: &mut Node, item: usize) {
        let Some(Link { source, sync }) = model.links.get(item).copied().flatten() else { return };
        let (Some(up), Some(down)) = (self.up.get(item), self.down.get_mut(item)) else { return };
        let Some(from) = node.spots.get(source) else { return };
        fill(
            &mut self.fresh,
            from.ways.iter().map(|way| (way.home, way.belief.saturating_sub(told(up, way.home)))),
            sync,
        );
        let Some(spot) = node.spots.get_mut(item) else { return };
        replace(spot, &self.fresh, down);
        std::mem::swap(&mut self.fresh, down);
    }

    /// Brings the beliefs of an item's source up to date with those of the item.
    pub(crate) fn leave(&mut self, model: &Model, node: &mut Node, item: usize) {
        let Some(Link { source, sync }) = model.links.get(item).copied().flatten() else { return };
        let (Some(up), Some(down)) = (self.up.get_mut(item), self.down.get(item)) else { return };
        let Some(from) = node.spots.get(item) else { return };
        fill(
            &mut self.fresh,
            from.ways.iter().map(|way| (way.home, way.belief.saturating_sub(told(down, way.home)))),
            sync,
        );
        let Some(spot) = node.spots.get_mut(source) else { return };
        replace(spot, &self.fresh, up);
        std::mem::swap(&mut self.fresh, up);
    }

    /// The ways that the bound rests on: of each item one, such that they cost together what the trees cost at least.
    pub(crate) fn relaxed(&self, model: &Model, node: &Node) -> Vec<Way> {
        let blank = Way { index: 0, home: 0, needs: 0, price: 0, own: 0, belief: 0 };
        let mut chosen = vec![blank; node.spots.len()];
        for step in &model.walk {
            let Step::Enter(item) = *step else { continue };
            let link = model.links.get(item).copied().flatten();
            let source = link.and_then(|link| chosen.get(link.source)).map(|way| way.home);
            let down = self.down.get(item);
            let cost = |way: &Way| {
                let below = way.belief.saturating_sub(down.map_or(0, |down| told(down, way.home)));
                let apart = source.is_some_and(|home| home != way.home);
                below.saturating_add(link.filter(|_| apart).map_or(0, |link| link.sync))
            };
            let best = node.spots.get(item).and_then(|spot| spot.ways.iter().min_by_key(|way| cost(way)));
            if let (Some(slot), Some(best)) = (chosen.get_mut(item), best) {
                *slot = *best;
            }
        }
        chosen
    }
}

/// Serves items from a given set of facilities, with room kept from one set to the next.
pub(crate) struct Server {
    /// What each way costs together with the copies below it.
    values: Vec<Vec<u64>>,
    message: Message,
    /// The choice of each item and its home.
    chosen: Vec<(usize, usize)>,
}

impl Server {
    pub(crate) fn new(model: &Model) -> Self {
        let items = model.links.len();
        Self { values: vec![Vec::new(); items], message: vec![0; model.homes], chosen: vec![(0, 0); items] }
    }

    /// The cheapest assignment that uses no other facilities than some, if what the facilities cost does not matter
    /// and no limits have to be kept. Of an item's ways that tie it takes the first.
    pub(crate) fn serve(&mut self, model: &Model, spots: &[Spot], some: u128) -> Option<Vec<usize>> {
        let value = |way: &Way| if way.needs & !some == 0 { way.price } else { FAR };
        for (values, spot) in self.values.iter_mut().zip(spots) {
            values.clear();
            values.extend(spot.ways.iter().map(value));
        }
        for step in &model.walk {
            let Step::Leave(item) = *step else { continue };
            let Some(Link { source, sync }) = model.links.get(item).copied().flatten() else { continue };
            let homes = spots.get(item)?.ways.iter().map(|way| way.home);
            fill(&mut self.message, homes.zip(self.values.get(item)?.iter().copied()), sync);
            for (value, way) in self.values.get_mut(source)?.iter_mut().zip(&spots.get(source)?.ways) {
                *value = value.saturating_add(told(&self.message, way.home)).min(FAR);
            }
        }
        for step in &model.walk {
            let Step::Enter(item) = *step else { continue };
            let link = model.links.get(item).copied().flatten();
            let source = link.and_then(|link| self.chosen.get(link.source)).map(|(_, home)| *home);
            let sync = link.map_or(0, |link| link.sync);
            let apart = |way: &Way| if source.is_some_and(|home| home != way.home) { sync } else { 0 };
            let ways = spots.get(item)?.ways.iter().zip(self.values.get(item)?);
            let (way, value) = ways.min_by_key(|(way, value)| value.saturating_add(apart(way)))?;
            if *value >= FAR {
                return None;
            }
            *self.chosen.get_mut(item)? = (way.index, way.home);
        }
        Some(self.chosen.iter().map(|(index, _)| *index).collect())
    }
}
