//! A dataset in a service: how much of it there is, and how it grows.

use catalog::units::{Bytes, Growth as Stated, GrowthAmount, Span};
use catalog::vocabulary::{Amount, Quantity};

use crate::decide::Selected;
use crate::requirements::{Data, Profile};
use crate::size::{Stored, part};

const YEAR: Span = Span::days(365);

/// A dataset in a service.
pub(in crate::plan) struct Dataset<'a> {
    pub(in crate::plan) name: &'a str,
    /// Nothing where the file says too little.
    pub(super) amount: Option<Stored>,
    pub(super) growth: Option<Growth>,
}

/// How an amount grows until the first of it is old enough to be removed.
pub(super) struct Growth {
    per_year: Stored,
    kept: Option<Span>,
}

impl<'a> Dataset<'a> {
    pub(in crate::plan) fn new(selected: &Selected<'a>, profile: &Profile) -> Self {
        let growth = Growth::new(selected.data, profile);
        Self { name: selected.name, amount: Stored::today(profile), growth }
    }

    /// Whether the file says too little to count it.
    pub(in crate::plan) fn is_unknown(&self) -> bool {
        self.amount.is_none()
    }

    /// The amount after a while.
    pub(super) fn after(&self, span: Span) -> Stored {
        let now = self.amount.unwrap_or_default();
        match &self.growth {
            Some(growth) => now.plus(growth.within(span, now)),
            None => now,
        }
    }
}

impl Growth {
    fn new(data: &Data, profile: &Profile) -> Option<Self> {
        let Stated { amount, period } = data.growth.as_ref()?.value;
        let yearly = |amount| part(amount, YEAR, period.span());
        let per_year = match amount {
            GrowthAmount::Bytes(Bytes(bytes)) => Stored { stated: yearly(bytes), ..Stored::default() },
            GrowthAmount::Count(count) => Stored::of_records(yearly(count.0), profile)?,
        };
        let kept = profile.quantity(Quantity::Retention).filter(|kept| *kept < Amount::ENDLESS);
        Some(Self { per_year, kept: kept.map(|Amount(kept)| Span(kept)) })
    }

    /// What is added within a span to what there is now. What is kept for a while only never comes to more than is added
    /// within that while, or than it is now.
    fn within(&self, span: Span, now: Stored) -> Stored {
        let added = self.per_year.map(|yearly| part(yearly, span, YEAR));
        let Some(kept) = self.kept else { return added };
        let most = part(self.per_year.bytes(), kept, YEAR).saturating_sub(now.bytes());
        added.map(|added| added.min(most))
    }
}
