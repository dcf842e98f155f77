//! A number that something is priced with.

use serde::{Deserialize, Serialize};

/// A weight: not below zero, and not so large that sums of them would lose their hundredths.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Weight(f64);

/// A number that is no weight.
#[derive(Debug, thiserror::Error)]
#[error("a weight is a number from 0 to 1000")]
pub struct NotAWeight;

impl TryFrom<f64> for Weight {
    type Error = NotAWeight;

    fn try_from(number: f64) -> Result<Self, NotAWeight> {
        (0.0..=1000.0).contains(&number).then_some(Self(number)).ok_or(NotAWeight)
    }
}

impl From<Weight> for f64 {
    fn from(weight: Weight) -> Self {
        weight.0
    }
}

impl Weight {
    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}
