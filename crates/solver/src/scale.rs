//! Costs as the search compares them: scaled so that the number of counted facilities fits below, which makes the
//! first tie-break part of the number itself.

/// The bits below the cost that count facilities: 128 facilities fit.
const COUNTING_BITS: u32 = 8;

/// What all costs of a problem may come to, before the counting bits.
const MOST_COST: u64 = 1 << 52;

/// More than any assignment costs, with room to add to it.
pub(crate) const FAR: u64 = 1 << 62;

/// The scale of a problem.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// What a single cost counts for at most, so that no sum of them overflows.
    share: u64,
}

impl Scale {
    /// The scale of a problem with so many costs.
    pub(crate) fn new(costs: usize) -> Option<Self> {
        let costs = u64::try_from(costs.max(1)).ok()?;
        MOST_COST.checked_div(costs).map(|share| Self { share })
    }

    /// A cost with room below it for the number of counted facilities.
    pub(crate) fn up(self, cost: u64) -> u64 {
        cost.min(self.share) << COUNTING_BITS
    }
}

/// The cost without the number of counted facilities.
pub(crate) fn unscaled(key: u64) -> u64 {
    key >> COUNTING_BITS
}
