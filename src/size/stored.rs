//! How much of a dataset is stored: as the file states it, or as it follows from other figures.

use catalog::units::Span;
use catalog::vocabulary::{Amount, Quantity};

use crate::requirements::Profile;

/// An amount of data. What the file states as a size is not counted by its records and vectors again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stored {
    /// A size that the file states: what the data takes in its database.
    pub stated: u64,
    /// The plain bytes of records, before any index, overhead or compression.
    pub records: u64,
    /// The part of those that is appended and never changed, which some databases compress much better.
    pub appended: u64,
    /// The plain bytes of vectors.
    pub vectors: u64,
}

impl Stored {
    /// What there is of a dataset; nothing where the file says too little.
    pub fn today(profile: &Profile) -> Option<Self> {
        if let Some(Amount(stated)) = profile.quantity(Quantity::DataSize) {
            return Some(Self { stated, ..Self::default() });
        }
        let vectors = vector_bytes(profile);
        let records = profile.amount(Quantity::Records).and_then(|Amount(records)| Self::of_records(records, profile));
        match (records, vectors) {
            (None, None) => None,
            (records, vectors) => Some(Self { vectors: vectors.unwrap_or(0), ..records.unwrap_or_default() }),
        }
    }

    /// So many records; nothing where the file does not say how large one is.
    pub fn of_records(records: u64, profile: &Profile) -> Option<Self> {
        let bytes = records.saturating_mul(profile.size_of_one()?.0);
        Some(Self { records: bytes, appended: if profile.accumulates() { bytes } else { 0 }, ..Self::default() })
    }

    /// All of it in bytes, stored plainly.
    pub fn bytes(self) -> u64 {
        self.stated.saturating_add(self.raw())
    }

    /// The plain bytes of records and vectors.
    pub fn raw(self) -> u64 {
        self.records.saturating_add(self.vectors)
    }

    /// This and another.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            stated: self.stated.saturating_add(other.stated),
            records: self.records.saturating_add(other.records),
            appended: self.appended.saturating_add(other.appended),
            vectors: self.vectors.saturating_add(other.vectors),
        }
    }

    /// The same with each part changed.
    #[must_use]
    pub fn map(self, change: impl Fn(u64) -> u64) -> Self {
        Self {
            stated: change(self.stated),
            records: change(self.records),
            appended: change(self.appended),
            vectors: change(self.vectors),
        }
    }
}

/// What comes in one span of what comes in another.
pub fn part(amount: u64, span: Span, of: Span) -> u64 {
    let part = u128::from(amount).saturating_mul(u128::from(span.0)).checked_div(u128::from(of.0));
    part.map_or(0, |part| u64::try_from(part).unwrap_or(u64::MAX))
}

/// The plain bytes of its vectors, at four for each component.
fn vector_bytes(profile: &Profile) -> Option<u64> {
    let (Amount(vectors), dimension) = profile.quantity(Quantity::Vectors).zip(profile.mean_dimension())?;
    Some(vectors.saturating_mul(dimension).saturating_mul(4))
}

#[cfg(test)]
mod tests {
    use catalog::vocabulary::{Flag, Quantity};

    use super::Stored;
    use crate::requirements::{Change, Profile};

    fn stored(flags: &[Flag], quantities: &[(Quantity, &str)]) -> Option<Stored> {
        let profile = flags.iter().fold(Profile::default(), |profile, flag| profile.with(Change::Flag(*flag, true)));
        let profile = quantities.iter().fold(profile, |profile, (quantity, value)| {
            profile.with(Change::Quantity(*quantity, quantity.parse(value).unwrap()))
        });
        Stored::today(&profile)
    }

    #[test]
    fn a_stated_size_is_all_that_counts() {
        let quantities = [(Quantity::DataSize, "20GB"), (Quantity::Records, "1M"), (Quantity::RecordSize, "1kB")];
        assert_eq!(stored(&[], &quantities), Some(Stored { stated: 20 << 30, ..Stored::default() }));
    }

    #[test]
    fn a_missing_size_follows_from_the_records() {
        let quantities = [(Quantity::Records, "1M"), (Quantity::RecordSize, "1kB")];
        assert_eq!(stored(&[], &quantities).unwrap().bytes(), 1_024_000_000);
        assert_eq!(stored(&[], &quantities[..1]), None);
    }

    #[test]
    fn what_is_written_counts_where_a_write_is_a_new_record() {
        let of = |kept| [(Quantity::Writes, "3000/s"), (Quantity::RecordSize, "350B"), (Quantity::Retention, kept)];
        assert_eq!(stored(&[], &of("90d")), None);
        let events = stored(&[Flag::EventStream], &of("90d")).unwrap();
        assert_eq!(events.records, 3000 * 86_400 * 90 * 350);
        assert_eq!(events.appended, events.records);
        let forever = stored(&[Flag::TimeSeries], &of("forever")).unwrap();
        assert_eq!(forever.records, 3000 * 86_400 * 730 * 350);
    }

    #[test]
    fn vectors_and_files_have_a_size() {
        let quantities = [(Quantity::Vectors, "1M"), (Quantity::Dimension, "768")];
        assert_eq!(stored(&[], &quantities).unwrap().vectors, 768 * 4 * 1_000_000);
        let quantities = [(Quantity::Records, "1M"), (Quantity::ObjectSize, "1MB")];
        assert_eq!(stored(&[Flag::BinaryObjects], &quantities).unwrap().bytes(), 1_000_000 << 20);
        assert_eq!(stored(&[], &quantities), None);
    }
}
