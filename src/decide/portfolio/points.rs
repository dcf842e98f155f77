//! Points: what things cost in a portfolio.

#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use std::fmt;
use std::iter::Sum;

/// What something costs: one point is the yearly care of one `PostgreSQL` that the team does not run yet. Whole
/// hundredths, so that what is shown adds up to what is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points {
    hundredths: u64,
}

/// How many of the solver's units a hundredth is.
const UNIT: u64 = 10_000;

impl Points {
    /// Nothing.
    pub const ZERO: Self = Self { hundredths: 0 };

    /// The nearest hundredth; nothing for what is no number or below zero.
    pub(super) fn of(points: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast stops at the ends")]
        let hundredths = (points * 100.0).round() as u64;
        Self { hundredths }
    }

    /// The cost as the solver counts it, in millionths.
    pub(super) fn units(self) -> u64 {
        self.hundredths.saturating_mul(UNIT)
    }

    /// What the solver counted.
    pub(super) fn of_units(units: u64) -> Self {
        Self { hundredths: units.checked_div(UNIT).unwrap_or_default() }
    }

    /// What it costs more than another; nothing where it costs less.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        Self { hundredths: self.hundredths.saturating_sub(other.hundredths) }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { hundredths: self.hundredths.saturating_add(other.hundredths) }
    }

    /// The points as a number.
    pub fn as_f64(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "shown to two digits")]
        let hundredths = self.hundredths as f64;
        hundredths / 100.0
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, Self::and)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:.2}", self.as_f64()))
    }
}
