//! What each instance serves already, so that limits hold for the sum.

use std::collections::HashMap;
use std::fmt;

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
        Instance { database: database.id.clone(), suffix }
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

/// The sums of what each instance serves.
#[derive(Debug, Clone, Default)]
pub struct Load {
    sums: HashMap<Instance, [u64; Quantity::ALL.len()]>,
}

impl Load {
    /// Adds a kind of data to the instance of a database.
    pub fn add(&mut self, database: &Database, profile: &Profile) {
        let sums = self.sums.entry(Role::of(profile).instance(database)).or_insert([0; Quantity::ALL.len()]);
        for quantity in Quantity::ALL.iter().filter(|quantity| quantity.adds_up()) {
            let own = profile.quantity(*quantity).map_or(0, |Amount(own)| own);
            if let Some(sum) = sums.get_mut(*quantity as usize) {
                *sum = sum.saturating_add(own);
            }
        }
    }

    /// What the instance serves of a quantity before this kind of data.
    pub(super) fn before(&self, database: &Database, profile: &Profile, quantity: Quantity) -> u64 {
        if self.sums.is_empty() || !quantity.adds_up() {
            return 0;
        }
        let sums = self.sums.get(&Role::of(profile).instance(database));
        sums.and_then(|sums| sums.get(quantity as usize)).copied().unwrap_or(0)
    }

    /// What the instance would serve of a quantity with this kind of data.
    pub fn total(&self, database: &Database, profile: &Profile, quantity: Quantity, own: Amount) -> Amount {
        Amount(own.0.saturating_add(self.before(database, profile, quantity)))
    }
}
