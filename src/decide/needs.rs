//! Sets of needs, so that one comparison tells whether a database serves all that is asked of it.

use std::ops::{BitAnd, BitOr};

use catalog::vocabulary::{Consistency, Durability, Need, Scale};

use crate::requirements::Profile;

/// Some of the needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Needs(u32);

impl Needs {
    /// What a kind of data asks of a database.
    pub(super) fn of(profile: &Profile) -> Self {
        let classes = [
            profile.durability.and_then(Durability::need),
            profile.consistency.and_then(Consistency::need),
            profile.scale.and_then(Scale::need),
        ];
        classes.into_iter().flatten().fold(Self(profile.flag_bits()), Self::with)
    }

    fn with(self, need: Need) -> Self {
        Self(self.0 | bit(need))
    }

    /// Whether there is none.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub(super) fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The needs, in the order of the vocabulary.
    pub(super) fn iter(self) -> impl Iterator<Item = Need> {
        let Self(mut left) = self;
        std::iter::from_fn(move || {
            let first = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            Need::ALL.get(first as usize).copied()
        })
    }
}

impl BitAnd for Needs {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Needs {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Need> for Needs {
    fn from_iter<I: IntoIterator<Item = Need>>(needs: I) -> Self {
        needs.into_iter().fold(Self::default(), Self::with)
    }
}

fn bit(need: Need) -> u32 {
    1u32.checked_shl(need as u32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Needs;
    use crate::requirements::{Change, Profile};
    use catalog::vocabulary::{Amount, Consistency, Durability, Flag, Need, Quantity, Scale};

    #[test]
    fn each_flag_asks_for_its_need() {
        for flag in Flag::ALL {
            let profile = Profile::default().with(Change::Flag(*flag, true));
            assert_eq!(Needs::of(&profile).iter().collect::<Vec<_>>(), [flag.need()]);
        }
    }

    #[test]
    fn classes_ask_for_theirs_and_quantities_for_none() {
        let changes = [
            Change::Scale(Scale::MultiRegion),
            Change::Durability(Durability::Primary),
            Change::Consistency(Consistency::Strong),
            Change::Quantity(Quantity::DataSize, Amount(1)),
        ];
        let profile = changes.into_iter().fold(Profile::default(), |profile, change| profile.with(change));
        let asked = [Need::DurabilityPrimary, Need::ConsistencyStrong, Need::ScaleMultiRegion];
        assert_eq!(Needs::of(&profile).iter().collect::<Vec<_>>(), asked);
        assert_eq!(Needs::of(&profile), asked.into_iter().collect());
        assert_eq!(Needs::of(&profile).count(), 3);
    }

    #[test]
    fn every_need_has_a_place_of_its_own() {
        let all: Needs = Need::ALL.iter().copied().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), Need::ALL);
        assert!((all & Needs::default()).is_empty() && (all | Needs::default()) == all);
    }
}
