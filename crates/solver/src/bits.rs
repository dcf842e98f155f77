//! Sets of facilities as bit masks.

/// The mask of one facility; empty for an index that no mask has room for.
pub(crate) fn bit(index: usize) -> u128 {
    u32::try_from(index).ok().and_then(|shift| 1_u128.checked_shl(shift)).unwrap_or(0)
}

/// The indices of the facilities in a mask, in ascending order.
pub(crate) struct Bits(pub(crate) u128);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let lowest = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        usize::try_from(lowest).ok()
    }
}

/// How many facilities a mask holds.
pub(crate) fn count(mask: u128) -> usize {
    usize::try_from(mask.count_ones()).unwrap_or(usize::MAX)
}

/// What the facilities of a mask cost together.
pub(crate) fn sum(mask: u128, weights: &[u64]) -> u64 {
    Bits(mask).filter_map(|facility| weights.get(facility)).fold(0, |sum, weight| sum.saturating_add(*weight))
}
