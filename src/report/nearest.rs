//! Which of several amounts is met first: how far each is from what is stated, or from what is usual where nothing is.

use catalog::vocabulary::{Amount, Quantity};

use crate::decide::{Assumption, Flip, Verdict};
use crate::requirements::{Change, Data};

/// A flag or a class counts as ten times as much of a quantity: somebody has to decide to ask for something else.
const OTHER_USE: f64 = 10.0;

/// What a system of some size has of a quantity, in the base unit. It only ranks what is told first.
fn usual(quantity: Quantity) -> u64 {
    const GB: u64 = 1 << 30;
    match quantity {
        Quantity::DataSize => 20 * GB,
        Quantity::ObjectSize => 1 << 20,
        Quantity::RecordSize => 1 << 10,
        Quantity::Records | Quantity::Vectors => 1_000_000,
        Quantity::Series => 10_000,
        Quantity::Dimension => 768,
        Quantity::Reads => 500 * quantity.formula_unit(),
        Quantity::Writes => 100 * quantity.formula_unit(),
        Quantity::Connections => 100,
        Quantity::TraversalDepth => 3,
        Quantity::LatencyP99 => 20_000,
        Quantity::Retention => 365 * 86_400_000_000,
    }
}

/// How many times as much, or as little, an amount is.
#[allow(clippy::cast_precision_loss, reason = "a ratio that only ranks")]
fn distance(from: u64, to: Amount) -> f64 {
    let (from, to) = (from.max(1) as f64, to.0.max(1) as f64);
    (to.ln() - from.ln()).abs()
}

/// Assumptions, those first that a system meets soonest. That data is a copy is wrong from the first day, or never.
pub(super) fn nearest_assumptions(assumptions: &[Assumption]) -> Vec<Assumption> {
    let how_far = |assumption: &Assumption| match *assumption {
        Assumption::Derived => 0.0,
        Assumption::AtMost(quantity, amount) | Assumption::AtLeast(quantity, amount) => {
            distance(usual(quantity), amount)
        }
    };
    let mut nearest = assumptions.to_vec();
    nearest.sort_by(|one, other| how_far(one).total_cmp(&how_far(other)));
    nearest
}

/// Changes of the answer, the nearest first, and those last that lead to nothing that fits.
pub(super) fn nearest_flips<'s>(flips: &'s [Flip], data: &Data) -> Vec<&'s Flip> {
    let how_far = |flip: &Flip| match flip.change {
        Change::Quantity(quantity, to) => {
            let now = data.quantity(quantity).map_or(usual(quantity), |stated| stated.value);
            distance(now, to)
        }
        _ => OTHER_USE.ln(),
    };
    let mut nearest: Vec<&Flip> = flips.iter().collect();
    nearest.sort_by(|one, other| {
        let leads_nowhere = |flip: &Flip| flip.verdict >= Verdict::Exceeds;
        leads_nowhere(one).cmp(&leads_nowhere(other)).then(how_far(one).total_cmp(&how_far(other)))
    });
    nearest
}
