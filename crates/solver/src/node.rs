//! What a node of the search still allows, and what each item pays there for the facilities it could use.

use crate::bits::{Bits, bit, sum};
use crate::model::Model;
use crate::problem::Payments;

/// A choice that a node still allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChoiceState {
    /// The index of the choice.
    pub(crate) index: usize,
    /// The number of its home.
    pub(crate) home: usize,
    pub(crate) needs: u128,
    /// What the choice costs.
    pub(crate) price: u64,
    /// The price with what the item pays for the facilities that it needs.
    pub(crate) own: u64,
    /// What the item's whole tree costs at least where this choice is taken.
    pub(crate) bound: u64,
}

/// What an item pays for a facility, whichever of its choices need it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payment {
    pub(crate) facility: usize,
    pub(crate) bit: u128,
    pub(crate) amount: u64,
}

/// An item in a node: the choices in order of preference, and the payments.
#[derive(Debug, Clone)]
pub(crate) struct ItemState {
    pub(crate) choices: Vec<ChoiceState>,
    pub(crate) paid: Vec<Payment>,
}

impl ItemState {
    /// The least that the item's tree costs.
    pub(crate) fn least(&self) -> u64 {
        self.choices.iter().map(|choice| choice.bound).min().unwrap_or(u64::MAX)
    }

    /// Pays more for a facility, which makes the choices that need it more expensive.
    pub(crate) fn pay(&mut self, facility: usize, amount: u64) {
        let bit = bit(facility);
        match self.paid.iter_mut().find(|payment| payment.bit == bit) {
            Some(payment) => payment.amount = payment.amount.saturating_add(amount),
            None => self.paid.push(Payment { facility, bit, amount }),
        }
        for choice in &mut self.choices {
            if choice.needs & bit != 0 {
                choice.own = choice.own.saturating_add(amount);
                choice.bound = choice.bound.saturating_add(amount);
            }
        }
    }

    /// Takes back what is paid for facilities that only choices above the least need. The item's bound stays as it
    /// is, and other items can pay that much more.
    pub(crate) fn take_back(&mut self, least: u64, slack: &mut [u64]) {
        for payment in &mut self.paid {
            if payment.amount == 0 {
                continue;
            }
            let users = || self.choices.iter().filter(|choice| choice.needs & payment.bit != 0);
            let spare = users().map(|choice| choice.bound.saturating_sub(least)).min().unwrap_or(u64::MAX);
            let back = spare.min(payment.amount);
            if back == 0 {
                continue;
            }
            payment.amount = payment.amount.saturating_sub(back);
            if let Some(slack) = slack.get_mut(payment.facility) {
                *slack = slack.saturating_add(back);
            }
            lower(&mut self.choices, payment.bit, back);
        }
    }

    /// Takes back a part of what is paid for each facility outside a mask.
    pub(crate) fn refund(&mut self, except: u128, slack: &mut [u64], part: impl Fn(usize) -> u64) {
        for payment in self.paid.iter_mut().filter(|payment| payment.bit & except == 0) {
            let back = part(payment.facility).min(payment.amount);
            if back > 0 {
                payment.amount = payment.amount.saturating_sub(back);
                lower(&mut self.choices, payment.bit, back);
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
            lower(&mut self.choices, payment.bit, payment.amount);
            payment.amount = 0;
        }
        self.paid.retain(|payment| payment.amount > 0);
    }
}

/// Makes the choices that need a facility cheaper by what is no longer paid for it.
fn lower(choices: &mut [ChoiceState], bit: u128, amount: u64) {
    for choice in choices.iter_mut().filter(|choice| choice.needs & bit != 0) {
        choice.own = choice.own.saturating_sub(amount);
        choice.bound = choice.bound.saturating_sub(amount);
    }
}

/// A part of the assignments: those that use all of the open facilities, and of each item one of its choices.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) states: Vec<ItemState>,
    /// The facilities that are used whatever the items choose.
    pub(crate) open: u128,
    /// How much of each facility no item pays yet.
    pub(crate) slack: Vec<u64>,
    /// What each counted facility costs besides; the node gets it back for as many as there may be.
    pub(crate) penalty: u64,
    /// What every assignment of the node costs at least.
    pub(crate) bound: u64,
}

impl Node {
    /// Opens facilities: they are paid by the node from now on, and by no item.
    pub(crate) fn open(&mut self, mask: u128) {
        self.open |= mask;
        for state in &mut self.states {
            state.forgive(mask);
        }
    }

    /// Closes facilities: no choice may need them.
    pub(crate) fn close(&mut self, mask: u128) {
        for state in &mut self.states {
            state.choices.retain(|choice| choice.needs & mask == 0);
        }
    }

    /// The facilities that some choice needs and that are not open.
    pub(crate) fn undecided(&self) -> u128 {
        self.states.iter().flat_map(|state| &state.choices).fold(0, |mask, choice| mask | choice.needs) & !self.open
    }

    /// The facilities that are used where the items take some choices.
    pub(crate) fn used(&self, choices: &[ChoiceState]) -> u128 {
        choices.iter().fold(self.open, |mask, choice| mask | choice.needs)
    }

    /// The first choice of each item.
    pub(crate) fn preferred(&self) -> Vec<usize> {
        self.states.iter().map(|state| state.choices.first().map_or(0, |choice| choice.index)).collect()
    }

    /// What the open facilities cost.
    pub(crate) fn fixed(&self, model: &Model) -> u64 {
        let counted = u64::from((self.open & model.counted).count_ones());
        sum(self.open, &model.weights).saturating_add(self.penalty.saturating_mul(counted))
    }

    /// What the node gets back of the penalty.
    pub(crate) fn rebate(&self, model: &Model) -> u64 {
        let most = model.problem.most.and_then(|most| u64::try_from(most).ok()).unwrap_or(0);
        self.penalty.saturating_mul(most)
    }

    /// Raises the penalty.
    pub(crate) fn charge(&mut self, model: &Model, more: u64) {
        self.penalty = self.penalty.saturating_add(more);
        for facility in Bits(model.counted) {
            if let Some(slack) = self.slack.get_mut(facility) {
                *slack = slack.saturating_add(more);
            }
        }
    }
}
