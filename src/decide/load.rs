//! What each instance serves already, so that limits hold for the sum.

use std::fmt;

use super::facts::Engine;
use crate::catalog::Database;
use crate::requirements::Profile;
use crate::vocabulary::{Amount, Durability, Flag, Quantity};

/// What an instance is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It holds the only copy of something.
    Record,
    /// All that it holds can be rebuilt.
    Derived,
    /// What it holds may be lost.
    Cache,
    /// It passes events on.
    Stream,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Record => "record",
            Self::Derived => "derived",
            Self::Cache => "cache",
            Self::Stream => "stream",
        })
    }
}

impl Role {
    /// What a kind of data makes an instance be for. Data that says nothing is taken as a record: nothing may be lost.
    pub fn of(profile: &Profile) -> Self {
        match profile.durability {
            Some(Durability::Cache) => Self::Cache,
            _ if profile.flag(Flag::EventStream) => Self::Stream,
            Some(Durability::Derived) => Self::Derived,
            Some(Durability::Primary) | None => Self::Record,
        }
    }

    /// The instance that serves the role: records and rebuilt copies share one.
    pub fn instance(self, database: &Database) -> Instance {
        let suffix = match self {
            _ if !database.separate_roles => None,
            Self::Cache => Some("cache"),
            Self::Stream => Some("stream"),
            Self::Record | Self::Derived => Some("record"),
        };
        Instance { database: database.id.to_string(), suffix }
    }
}

/// The name of a service: the database, and the role where each role has its own service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instance {
    /// The database's id.
    pub database: String,
    suffix: Option<&'static str>,
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.database)?;
        self.suffix.map_or(Ok(()), |suffix| write!(f, "-{suffix}"))
    }
}

/// The sums of what each instance serves: for each engine, the cache, the stream and the rest apart where the engine
/// separates them; of each, all data together and, for limits that concern some data only, by flag.
#[derive(Debug, Clone, Default)]
pub struct Load {
    sums: Vec<[Sums; 3]>,
}

/// For everything, then for each flag: the sum of each quantity.
type Sums = [[u64; Quantity::ALL.len()]; Flag::ALL.len() + 1];

const NOTHING: [Sums; 3] = [[[0; Quantity::ALL.len()]; Flag::ALL.len() + 1]; 3];

/// Which of an engine's sums a kind of data counts in.
fn slot(engine: &Engine<'_>, profile: &Profile) -> usize {
    match Role::of(profile) {
        _ if !engine.database.separate_roles => 0,
        Role::Record | Role::Derived => 0,
        Role::Cache => 1,
        Role::Stream => 2,
    }
}

/// Where the sums of the data that sets a flag stand.
fn row(flag: Option<Flag>) -> usize {
    flag.map_or(0, |flag| (flag as usize).saturating_add(1))
}

impl Load {
    /// Adds a kind of data to the instance of an engine.
    pub fn add(&mut self, engine: &Engine<'_>, profile: &Profile) {
        if self.sums.len() <= engine.index {
            self.sums.resize(engine.index.saturating_add(1), NOTHING);
        }
        let slots = self.sums.get_mut(engine.index);
        let Some(sums) = slots.and_then(|slots| slots.get_mut(slot(engine, profile))) else { return };
        for flag in std::iter::once(None).chain(profile.flags().map(Some)) {
            let Some(sums) = sums.get_mut(row(flag)) else { continue };
            for (quantity, sum) in Quantity::ALL.iter().zip(sums).filter(|(quantity, _)| quantity.adds_up()) {
                *sum = sum.saturating_add(profile.quantity(*quantity).map_or(0, |Amount(own)| own));
            }
        }
    }

    /// What the instance serves of a quantity before this kind of data, counting only data that sets the flag.
    pub(super) fn before(&self, engine: &Engine<'_>, profile: &Profile, of: Counted) -> u64 {
        let slots = self.sums.get(engine.index);
        let sums = slots.and_then(|slots| slots.get(slot(engine, profile))?.get(row(of.flag)));
        sums.and_then(|sums| sums.get(of.quantity as usize)).copied().unwrap_or(0)
    }

    /// What the instance would serve of a quantity with this kind of data.
    pub(super) fn total(&self, engine: &Engine<'_>, profile: &Profile, of: Counted, own: Amount) -> Amount {
        Amount(own.0.saturating_add(self.before(engine, profile, of)))
    }
}

/// What is summed: a quantity, of all data or of the data that sets a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) quantity: Quantity,
    pub(super) flag: Option<Flag>,
}
