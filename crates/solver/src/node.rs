//! What a node of the search still allows, and what each item pays there for the facilities it could use.

use crate::bits::{Bits, bit, sum};
use crate::model::Model;
use crate::problem::Payments;

/// A choice that a node still allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    /// The index of the choice.
    pub(crate) index: usize,
    /// The number of its home.
    pub(crate) home: usize,
    pub(crate) needs: u128,
    /// What the choice costs.
    pub(crate) price: u64,
    /// The price with what the item pays for the facilities that it needs.
    pub(crate) own: u64,
    /// What the item's whole tree costs at least where this way is taken.
    pub(crate) belief: u64,
}

/// What an item pays for a facility, whichever of its ways need it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payment {
    pub(crate) facility: usize,
    pub(crate) bit: u128,
    pub(crate) amount: u64,
}

/// An item in a node: the ways in order of preference, and the payments.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) ways: Vec<Way>,
    pub(crate) paid: Vec<Payment>,
}

impl Spot {
    /// The least that the item's tree costs.
    pub(crate) fn least(&self) -> u64 {
        self.ways.iter().map(|way| way.belief).min().unwrap_or(u64::MAX)
    }

    /// Pays more for a facility, which makes the ways that need it dearer.
    pub(crate) fn pay(&mut self, facility: usize, amount: u64) {
        let bit = bit(facility);
        match self.paid.iter_mut().find(|payment| payment.bit == bit) {
            Some(payment) => payment.amount = payment.amount.saturating_add(amount),
            None => self.paid.push(Payment { facility, bit, amount }),
        }
        for way in &mut self.ways {
            if way.needs & bit != 0 {
                way.own = way.own.saturating_add(amount);
                way.belief = way.belief.saturating_add(amount);
            }
        }
    }

    /// Takes back what is paid for facilities that only ways need which are dearer than the least anyway. Where the
    /// search raises an item next, the facilities have that much more to be paid.
    pub(crate) fn take_back(&mut self, least: u64, slack: &mut [u64]) {
        for payment in &mut self.paid {
            if payment.amount == 0 {
                continue;
            }
            let users = || self.ways.iter().filter(|way| way.needs & payment.bit != 0);
            let spare = users().map(|way| way.belief.saturating_sub(least)).min().unwrap_or(u64::MAX);
            let back = spare.min(payment.amount);
            if back == 0 {
                continue;
            }
            payment.amount = payment.amount.saturating_sub(back);
            if let Some(slack) = slack.get_mut(payment.facility) {
                *slack = slack.saturating_add(back);
            }
            lower(&mut self.ways, payment.bit, back);
        }
    }

    /// Takes back a part of what is paid for each facility outside a mask.
    pub(crate) fn refund(&mut self, except: u128, slack: &mut [u64], part: impl Fn(usize) -> u64) {
        for payment in self.paid.iter_mut().filter(|payment| payment.bit & except == 0) {
            let back = part(payment.facility).min(payment.amount);
            if back > 0 {
                payment.amount = payment.amount.saturating_sub(back);
                lower(&mut self.ways, payment.bit, back);
                if let Some(slack) = slack.get_mut(payment.facility) {
                    *slack = slack.saturating_add(back);
                }
            }
        }
    }

    /// What is paid for each facility.
    pub(crate) fn payments(&self) -> Payments {
        let paid = self.paid.iter().filter(|payment| payment.amount > 0);
        paid.map(|payment| (payment.facility, payment.amount)).collect()
    }

    /// Takes back what is paid for the facilities of a mask.
    fn forgive(&mut self, mask: u128) {
        for payment in &mut self.paid {
            if payment.bit & mask == 0 || payment.amount == 0 {
                continue;
            }
            lower(&mut self.ways, payment.bit, payment.amount);
            payment.amount = 0;
        }
        self.paid.retain(|payment| payment.amount > 0);
    }
}

/// Makes the ways that need a facility cheaper by what is no longer paid for it.
fn lower(ways: &mut [Way], bit: u128, amount: u64) {
    for way in ways.iter_mut().filter(|way| way.needs & bit != 0) {
        way.own = way.own.saturating_sub(amount);
        way.belief = way.belief.saturating_sub(amount);
    }
}

/// A part of the assignments: those that use all of the open facilities, and of each item one of its ways.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) spots: Vec<Spot>,
    /// The facilities that are used whatever the items choose.
    pub(crate) open: u128,
    /// How much of each facility no item pays yet.
    pub(crate) slack: Vec<u64>,
    /// What each counted facility costs besides; the node gets it back for as many as there may be.
    pub(crate) toll: u64,
    /// What every assignment of the node costs at least.
    pub(crate) bound: u64,
}

impl Node {
    /// Opens facilities: they are paid by the node from now on, and by no item.
    pub(crate) fn open(&mut self, mask: u128) {
        self.open |= mask;
        for spot in &mut self.spots {
            spot.forgive(mask);
        }
    }

    /// Closes facilities: no way may need them.
    pub(crate) fn close(&mut self, mask: u128) {
        for spot in &mut self.spots {
            spot.ways.retain(|way| way.needs & mask == 0);
        }
    }

    /// The facilities that some way needs and that are not open.
    pub(crate) fn undecided(&self) -> u128 {
        self.spots.iter().flat_map(|spot| &spot.ways).fold(0, |mask, way| mask | way.needs) & !self.open
    }

    /// What the open facilities cost.
    pub(crate) fn fixed(&self, model: &Model) -> u64 {
        let counted = u64::from((self.open & model.counted).count_ones());
        sum(self.open, &model.weights).saturating_add(self.toll.saturating_mul(counted))
    }

    /// What the node gets back of the toll.
    pub(crate) fn rebate(&self, model: &Model) -> u64 {
        let most = model.problem.most.and_then(|most| u64::try_from(most).ok()).unwrap_or(0);
        self.toll.saturating_mul(most)
    }

    /// Raises the toll.
    pub(crate) fn charge(&mut self, model: &Model, more: u64) {
        self.toll = self.toll.saturating_add(more);
        for facility in Bits(model.counted) {
            if let Some(slack) = self.slack.get_mut(facility) {
                *slack = slack.saturating_add(more);
            }
        }
    }
}
