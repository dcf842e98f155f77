//! What each instance serves already, so that limits hold for the sum.

use std::fmt;

use catalog::vocabulary::{Amount, Durability, Flag, Need, Quantity};
use catalog::{Database, Hosting, Limit};

use super::candidate::Candidate;
use super::context::Engine;
use crate::requirements::Profile;

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
        Instance { database: database.id.to_string(), suffix: self.suffix(database) }
    }

    /// What the instance's name ends in, where each role has its own.
    pub(super) fn suffix(self, database: &Database) -> Option<&'static str> {
        match self {
            _ if !database.separate_roles => None,
            Self::Cache => Some("cache"),
            Self::Stream => Some("stream"),
            Self::Record | Self::Derived => Some("record"),
        }
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
/// separates them.
#[derive(Debug, Clone, Default)]
pub struct Load {
    instances: Vec<[Option<Box<Sums>>; 3]>,
    /// The size of all data on the host that does not spread over nodes.
    on_host: u64,
}

/// For everything, then for each flag, since some limits concern some data only.
const ROWS: usize = Flag::ALL.len() + 1;

/// What an instance serves.
#[derive(Debug, Clone)]
struct Sums {
    /// All of it.
    all: [[u64; Quantity::ALL.len()]; ROWS],
    /// What does not spread over nodes: data that does lifts the limits of a single node, so it counts in none.
    on_node: [[u64; Quantity::ALL.len()]; ROWS],
    /// Vectors times dimensions, of all of it.
    components: u64,
}

impl Sums {
    const NOTHING: Self =
        Self { all: [[0; Quantity::ALL.len()]; ROWS], on_node: [[0; Quantity::ALL.len()]; ROWS], components: 0 };
}

/// What is summed: a quantity, of all data or of the data that sets a flag, on a single node or on all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) quantity: Quantity,
    pub(super) flag: Option<Flag>,
    pub(super) on_node: bool,
    pub(super) whole_host: bool,
}

impl Counted {
    /// What the figure is held against up to which a need is served well.
    pub(super) fn served(need: Need, quantity: Quantity) -> Self {
        Self { quantity, flag: Flag::named(need.name()), on_node: false, whole_host: false }
    }

    /// What a limit is held against.
    pub(super) fn by(limit: &Limit) -> Self {
        Self { quantity: limit.what, flag: limit.when, on_node: limit.single_node, whole_host: limit.whole_host }
    }
}

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

fn components(profile: &Profile) -> u64 {
    let vectors = profile.quantity(Quantity::Vectors).map_or(0, |Amount(vectors)| vectors);
    vectors.saturating_mul(profile.mean_dimension().unwrap_or(0))
}

impl Load {
    /// Adds a kind of data to the instances of a candidate.
    pub(super) fn add(&mut self, candidate: &Candidate<'_, '_>, profile: &Profile) {
        self.change(candidate, profile, u64::saturating_add);
    }

    /// Takes a kind of data away again.
    pub(super) fn remove(&mut self, candidate: &Candidate<'_, '_>, profile: &Profile) {
        self.change(candidate, profile, u64::saturating_sub);
    }

    fn change(&mut self, candidate: &Candidate<'_, '_>, profile: &Profile, by: fn(u64, u64) -> u64) {
        let spreads = profile.spreads();
        for engine in &candidate.engines {
            if self.instances.len() <= engine.index {
                self.instances.resize(engine.index.saturating_add(1), [const { None }; 3]);
            }
            let slots = self.instances.get_mut(engine.index);
            let Some(slot) = slots.and_then(|slots| slots.get_mut(slot(engine, profile))) else { continue };
            let sums = slot.get_or_insert_with(|| Box::new(Sums::NOTHING));
            let carried = |quantity: Quantity| quantity.adds_up() && candidate.is_carried_by(quantity, engine);
            for quantity in Quantity::ALL.iter().copied().filter(|quantity| carried(*quantity)) {
                let Some(Amount(own)) = profile.quantity(quantity) else { continue };
                for flag in std::iter::once(None).chain(profile.flags().map(Some)) {
                    let tables = [Some(&mut sums.all), (!spreads).then_some(&mut sums.on_node)];
                    for table in tables.into_iter().flatten() {
                        if let Some(sum) = table.get_mut(row(flag)).and_then(|row| row.get_mut(quantity as usize)) {
                            *sum = by(*sum, own);
                        }
                    }
                }
                if quantity == Quantity::DataSize && engine.database.hosting != Hosting::Managed && !spreads {
                    self.on_host = by(self.on_host, own);
                }
            }
            sums.components = by(sums.components, components(profile));
        }
    }

    /// What counts already before this kind of data.
    pub(super) fn before(&self, engine: &Engine<'_>, profile: &Profile, of: Counted) -> u64 {
        if !of.quantity.adds_up() {
            return 0;
        }
        if of.whole_host {
            return self.on_host;
        }
        let sums = self.sums(engine, profile);
        let table = sums.map(|sums| if of.on_node { &sums.on_node } else { &sums.all });
        table.and_then(|table| table.get(row(of.flag))?.get(of.quantity as usize)).copied().unwrap_or(0)
    }

    /// What would count with this kind of data.
    pub(super) fn total(&self, engine: &Engine<'_>, profile: &Profile, of: Counted, own: Amount) -> Amount {
        Amount(own.0.saturating_add(self.before(engine, profile, of)))
    }

    /// The mean dimension of the vectors that the instance would serve with this kind of data.
    pub(super) fn dimension(&self, engine: &Engine<'_>, profile: &Profile) -> Option<u64> {
        let own = profile.mean_dimension()?;
        let sums = self.sums(engine, profile);
        let before = sums.and_then(|sums| sums.all.first()?.get(Quantity::Vectors as usize)).copied().unwrap_or(0);
        if before == 0 {
            return Some(own);
        }
        let vectors = profile.quantity(Quantity::Vectors).map_or(0, |Amount(vectors)| vectors);
        let all = sums.map_or(0, |sums| sums.components).saturating_add(components(profile));
        all.checked_div(before.saturating_add(vectors)).map(|mean| mean.max(1))
    }

    fn sums(&self, engine: &Engine<'_>, profile: &Profile) -> Option<&Sums> {
        self.instances.get(engine.index)?.get(slot(engine, profile))?.as_deref()
    }
}
