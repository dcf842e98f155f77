//! What a decision looks at in a kind of data: small, and cheap to change for a trial.

use catalog::Catalog;
use catalog::units::{Growth, GrowthAmount, Span};
use catalog::vocabulary::{Amount, Consistency, Durability, Facts, Flag, Manner, Need, Quantity, Scale, Sync, Tenancy};

use super::model::Data;

/// The facts about a kind of data that decide where it lives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    flags: u32,
    quantities: [Option<Amount>; Quantity::ALL.len()],
    /// The mean dimension of the embeddings, weighted by how many there are.
    mean_dimension: Option<u64>,
    /// Whether the collections state the embeddings, so that the data's own figures do not count.
    collections_count: [bool; 2],
    /// What becomes of the system when it is lost.
    pub durability: Option<Durability>,
    /// What a reader may see.
    pub consistency: Option<Consistency>,
    /// How far it spreads.
    pub scale: Option<Scale>,
    /// How its tenants are kept apart.
    pub tenancy: Option<Tenancy>,
    /// How it is fed, where it is a copy.
    pub sync: Option<Sync>,
    /// Whether it can be rebuilt from other data of the file.
    pub has_source: bool,
    /// What it grows by.
    pub growth: Option<Growth>,
}

/// A change of one field of a kind of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A flag is set or cleared.
    Flag(Flag, bool),
    /// A quantity is given.
    Quantity(Quantity, Amount),
    /// The durability is given.
    Durability(Durability),
    /// The consistency is given.
    Consistency(Consistency),
    /// The scale is given.
    Scale(Scale),
    /// The tenancy is given.
    Tenancy(Tenancy),
    /// How the copy is fed is given.
    Sync(Sync),
    /// It is, or is no longer, a copy of other data.
    Source(bool),
}

impl Change {
    /// The field that changes.
    pub fn field(self) -> &'static str {
        match self {
            Self::Flag(flag, _) => flag.name(),
            Self::Quantity(quantity, _) => quantity.name(),
            Self::Durability(_) => "durability",
            Self::Consistency(_) => "consistency",
            Self::Scale(_) => "scale",
            Self::Tenancy(_) => "tenancy",
            Self::Sync(_) => "sync",
            Self::Source(_) => "source",
        }
    }

    /// The change that gives a field a value, as a file writes both.
    pub fn parse(field: &str, value: &str) -> Option<Self> {
        if let Some(flag) = Flag::named(field) {
            return Some(Self::Flag(flag, value.parse().ok()?));
        }
        if let Some(quantity) = Quantity::named(field) {
            return Some(Self::Quantity(quantity, quantity.parse(value).ok()?));
        }
        match field {
            "durability" => Durability::named(value).map(Self::Durability),
            "consistency" => Consistency::named(value).map(Self::Consistency),
            "scale" => Scale::named(value).map(Self::Scale),
            "tenancy" => Tenancy::named(value).map(Self::Tenancy),
            "sync" => Sync::named(value).map(Self::Sync),
            "source" => Some(Self::Source(true)),
            _ => None,
        }
    }

    /// The field's new value as it is written in a file.
    pub fn value(self) -> String {
        match self {
            Self::Flag(_, set) => set.to_string(),
            Self::Quantity(quantity, amount) => quantity.print(amount),
            Self::Durability(durability) => durability.to_string(),
            Self::Consistency(consistency) => consistency.to_string(),
            Self::Scale(scale) => scale.to_string(),
            Self::Tenancy(tenancy) => tenancy.to_string(),
            Self::Sync(sync) => sync.to_string(),
            Self::Source(is_copy) => is_copy.to_string(),
        }
    }
}

impl Change {
    /// The change for a person: `data_size = 1GB`, or `data_size > 32TB` where the value is the first one past a figure.
    pub fn show(self) -> String {
        let Self::Quantity(quantity, amount) = self else { return format!("{} = {}", self.field(), self.value()) };
        let value = quantity.print(amount);
        let neighbours = [(">", amount.0.checked_sub(quantity.step())), ("<", amount.0.checked_add(quantity.step()))];
        let rounder = neighbours.into_iter().filter_map(|(sign, next)| Some((sign, quantity.print(Amount(next?)))));
        match rounder.min_by_key(|(_, printed)| printed.len()).filter(|(_, printed)| printed.len() < value.len()) {
            Some((sign, printed)) => format!("{quantity} {sign} {printed}"),
            None if value.len() > 8 => format!("{quantity} ≈ {}", quantity.show(amount)),
            None => format!("{quantity} = {value}"),
        }
    }
}

impl Profile {
    /// What a kind of data says, with the flags that its kind presets.
    pub fn of(data: &Data, catalog: &Catalog) -> Self {
        let preset = data.kind.as_ref().and_then(|kind| catalog.matrix().row(&kind.value));
        let mut profile = Self {
            flags: 0,
            quantities: [None; Quantity::ALL.len()],
            mean_dimension: None,
            collections_count: [false; 2],
            durability: data.durability.as_ref().map(|placed| placed.value),
            consistency: data.consistency.as_ref().map(|placed| placed.value),
            scale: data.scale.as_ref().map(|placed| placed.value),
            tenancy: data.tenancy.as_ref().map(|placed| placed.value),
            sync: data.sync.as_ref().map(|placed| placed.value),
            has_source: data.source.is_some(),
            growth: data.growth.as_ref().map(|placed| placed.value),
        };
        for flag in Flag::ALL {
            let preset = preset.is_some_and(|row| row.sets.contains(flag));
            profile.set_flag(*flag, data.stated(*flag).map_or(preset, |stated| stated.value));
        }
        for quantity in Quantity::ALL {
            profile.set_quantity(*quantity, data.quantity(*quantity).map(|placed| Amount(placed.value)));
        }
        profile.mean_dimension = profile.quantity(Quantity::Dimension).map(|Amount(dimension)| dimension);
        profile.take_embeddings(data);
        profile
    }

    /// Takes the number and the dimension of the embeddings from the collections, where they say so.
    fn take_embeddings(&mut self, data: &Data) {
        let collections = || data.collections.iter().flat_map(|collections| collections.values());
        let embedded = || collections().filter(|collection| collection.dimension.is_some());
        let counts: Option<Vec<u64>> = embedded().map(|collection| Some(collection.count.as_ref()?.value.0)).collect();
        let dimensions: Vec<u64> =
            embedded().filter_map(|collection| Some(collection.dimension.as_ref()?.value.0)).collect();
        let Some(largest) = dimensions.iter().max().copied() else { return };
        self.set_quantity(Quantity::Dimension, Some(Amount(largest)));
        self.mean_dimension = Some(largest);
        self.collections_count = [false, true];
        let Some(counts) = counts else { return };
        let vectors = counts.iter().fold(0u64, |sum, count| sum.saturating_add(*count));
        self.set_quantity(Quantity::Vectors, Some(Amount(vectors)));
        self.collections_count = [true, true];
        let components = counts.iter().zip(&dimensions).fold(0u128, |sum, (count, dimension)| {
            sum.saturating_add(u128::from(*count).saturating_mul(u128::from(*dimension)))
        });
        let mean = components.checked_div(u128::from(vectors)).and_then(|mean| u64::try_from(mean).ok());
        self.mean_dimension = mean.or(self.mean_dimension);
    }

    /// The changes that make this of a profile that says nothing, in the order of the vocabulary.
    pub fn facts(&self) -> Vec<Change> {
        let flags = self.flags().map(|flag| Change::Flag(flag, true));
        let quantities = Quantity::ALL.iter();
        let quantities = quantities.filter_map(|quantity| Some(Change::Quantity(*quantity, self.quantity(*quantity)?)));
        let classes = [
            self.durability.map(Change::Durability),
            self.consistency.map(Change::Consistency),
            self.scale.map(Change::Scale),
            self.tenancy.map(Change::Tenancy),
            self.sync.map(Change::Sync),
        ];
        flags.chain(quantities).chain(classes.into_iter().flatten()).collect()
    }

    /// The profile with one field as another has it.
    #[must_use]
    pub fn with_field_of(&self, field: &str, other: &Self) -> Self {
        let stated = other.facts().into_iter().find(|change| change.field() == field);
        if let Some(change) = stated {
            return self.with(change);
        }
        let mut changed = self.clone();
        if let Some(flag) = Flag::named(field) {
            changed.set_flag(flag, false);
        } else if let Some(quantity) = Quantity::named(field) {
            return self.without(quantity);
        }
        match field {
            "durability" => changed.durability = None,
            "consistency" => changed.consistency = None,
            "scale" => changed.scale = None,
            "tenancy" => changed.tenancy = None,
            "sync" => changed.sync = None,
            "source" => changed.has_source = other.has_source,
            _ => {}
        }
        changed
    }

    /// Whether the data needs several servers.
    pub fn spreads(&self) -> bool {
        self.scale.is_some_and(Scale::spreads)
    }

    /// Whether a flag is set.
    pub fn flag(&self, flag: Flag) -> bool {
        self.flags & bit(flag) != 0
    }

    /// The flags that are set, in order.
    pub fn flags(&self) -> impl Iterator<Item = Flag> + '_ {
        Flag::ALL.iter().copied().filter(|flag| self.flag(*flag))
    }

    /// What becomes of the system when it is lost: as stated, and a copy is derived.
    pub fn role(&self) -> Option<Durability> {
        self.durability.or(self.has_source.then_some(Durability::Derived))
    }

    /// What it asks of a database: its flags, and the roles that are stated. Up to two hops of a graph are joins.
    pub fn needs(&self) -> Facts {
        let flags = Facts::of_flags(self.flags);
        let few_hops = self.flag(Flag::GraphRelations)
            && self.quantity(Quantity::TraversalDepth).is_some_and(|Amount(hops)| hops <= FEW_HOPS);
        let flags = if few_hops {
            flags.without(Need::GraphRelations.into()).and(Need::ComplexRelations.into())
        } else {
            flags
        };
        flags.and(self.roles())
    }

    /// The roles that are stated.
    pub fn roles(&self) -> Facts {
        let roles = [
            self.durability.and_then(Durability::need),
            self.consistency.and_then(Consistency::need),
            self.scale.and_then(Scale::need),
            self.tenancy.and_then(Tenancy::need),
        ];
        roles.into_iter().flatten().collect()
    }

    /// What a bound can depend on: the needs, and whether records come in batches.
    pub fn bound_facts(&self) -> Facts {
        if self.is_batched() { self.needs().and(Manner::Batched.into()) } else { self.needs() }
    }

    /// Whether records come in many at a time: measurements and events do, a copy that the application does not feed, and
    /// what is only added to.
    pub fn is_batched(&self) -> bool {
        let by_nature = [Flag::TimeSeries, Flag::Metrics, Flag::EventStream, Flag::Analytics];
        by_nature.into_iter().any(|flag| self.flag(flag))
            || self.sync == Some(Sync::Batch)
            || (self.role() == Some(Durability::Derived) && self.sync != Some(Sync::Application))
            || (self.flag(Flag::AppendOnly) && !self.flag(Flag::NeedsTransactions))
    }

    /// Whether each write is a new record, so that records add up for as long as they are kept: a file is written once, too.
    pub fn accumulates(&self) -> bool {
        const GROWING: [Flag; 5] =
            [Flag::AppendOnly, Flag::EventStream, Flag::TimeSeries, Flag::Metrics, Flag::BinaryObjects];
        GROWING.into_iter().any(|flag| self.flag(flag))
    }

    /// A quantity as it is known or follows from what is: records from writes and retention where each write is a new
    /// record, a size from records and the size of one.
    pub fn amount(&self, quantity: Quantity) -> Option<Amount> {
        self.quantity(quantity).or_else(|| match quantity {
            Quantity::Records => self.accumulated(),
            Quantity::DataSize => {
                let (Amount(records), Amount(size)) = (self.amount(Quantity::Records)?, self.size_of_one()?);
                Some(Amount(records.saturating_mul(size)))
            }
            _ => None,
        })
    }

    /// What it grows by in a year, in bytes, where the file says so in bytes.
    pub fn yearly_growth(&self) -> Option<u64> {
        let Growth { amount: GrowthAmount::Bytes(bytes), period } = self.growth? else { return None };
        let grown = u128::from(bytes.0).saturating_mul(u128::from(Span::days(365).0));
        u64::try_from(grown.checked_div(u128::from(period.span().0))?).ok()
    }

    /// The size of one record, or of one file.
    pub fn size_of_one(&self) -> Option<Amount> {
        let file = || self.quantity(Quantity::ObjectSize).filter(|_| self.flag(Flag::BinaryObjects));
        self.quantity(Quantity::RecordSize).or_else(file)
    }

    /// How many records come together while they are kept, and at most within the time that one plans for: nobody chooses a
    /// database today for what there will be in thirty years.
    fn accumulated(&self) -> Option<Amount> {
        if !self.accumulates() {
            return None;
        }
        let Amount(a_day) = self.quantity(Quantity::Writes)?;
        let Amount(kept) = self.quantity(Quantity::Retention).map(|Amount(kept)| Amount(kept.min(PLANNED.0)))?;
        let records = u128::from(a_day).saturating_mul(u128::from(kept)).checked_div(u128::from(Span::days(1).0))?;
        Some(Amount(u64::try_from(records).unwrap_or(u64::MAX - 1)))
    }

    /// A quantity, if it is known.
    pub fn quantity(&self, quantity: Quantity) -> Option<Amount> {
        self.quantities.get(quantity as usize).copied().flatten()
    }

    /// The dimension that memory is reckoned with.
    pub fn mean_dimension(&self) -> Option<u64> {
        self.mean_dimension
    }

    /// Whether stating the quantity would change nothing, because the collections state it.
    pub fn is_overridden(&self, quantity: Quantity) -> bool {
        let [vectors, dimension] = self.collections_count;
        (quantity == Quantity::Vectors && vectors) || (quantity == Quantity::Dimension && dimension)
    }

    /// The profile after a change.
    #[must_use]
    pub fn with(&self, change: Change) -> Self {
        let mut changed = self.clone();
        match change {
            Change::Flag(flag, set) => changed.set_flag(flag, set),
            Change::Quantity(quantity, amount) => {
                changed.set_quantity(quantity, Some(amount));
                if quantity == Quantity::Dimension {
                    changed.mean_dimension = Some(amount.0);
                }
            }
            Change::Durability(durability) => changed.durability = Some(durability),
            Change::Consistency(consistency) => changed.consistency = Some(consistency),
            Change::Scale(scale) => changed.scale = Some(scale),
            Change::Tenancy(tenancy) => changed.tenancy = Some(tenancy),
            Change::Sync(sync) => changed.sync = Some(sync),
            Change::Source(is_copy) => changed.has_source = is_copy,
        }
        changed
    }

    /// The profile as if a quantity were unknown.
    #[must_use]
    pub fn without(&self, quantity: Quantity) -> Self {
        let mut changed = self.clone();
        changed.set_quantity(quantity, None);
        if quantity == Quantity::Dimension {
            changed.mean_dimension = None;
        }
        changed
    }

    fn set_flag(&mut self, flag: Flag, set: bool) {
        if set { self.flags |= bit(flag) } else { self.flags &= !bit(flag) }
    }

    fn set_quantity(&mut self, quantity: Quantity, amount: Option<Amount>) {
        if let Some(slot) = self.quantities.get_mut(quantity as usize) {
            *slot = amount;
        }
    }
}

/// The most hops that are joins.
pub const FEW_HOPS: u64 = 2;

/// How far one plans: what grows for longer is counted as it will be then.
const PLANNED: Span = Span(2 * 365 * 86_400 * 1_000_000);

/// For ever counts as ten years.
pub const FOR_EVER: Span = Span(3650 * 86_400 * 1_000_000);

fn bit(flag: Flag) -> u32 {
    1u32.checked_shl(flag as u32).unwrap_or(0)
}
