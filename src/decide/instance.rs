//! Instances: the services that hold the data, one for each database and role, and a further one where the sum is more than
//! a node bears.

use std::fmt;

use catalog::vocabulary::{Amount, Durability, Facts, Flag, Quantity};
use catalog::{Catalog, Database, Hosting, Version};
use indexmap::IndexMap;

use super::candidate::Candidate;
use super::context::{Asked, DecisionContext};
use super::engine::{Engine, Limit};
use super::group::Group;
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
        match profile.role() {
            Some(Durability::Cache) => Self::Cache,
            _ if profile.flag(Flag::EventStream) => Self::Stream,
            Some(Durability::Derived) => Self::Derived,
            Some(Durability::Primary) | None => Self::Record,
        }
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

/// The name of an instance: `postgresql`, `redis-cache`, `postgresql-2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Instance {
    /// The database's id.
    pub database: String,
    suffix: Option<&'static str>,
    /// Which one of those that share its use it is, from 1.
    number: usize,
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.database)?;
        self.suffix.map_or(Ok(()), |suffix| write!(f, "-{suffix}"))?;
        if self.number > 1 { write!(f, "-{}", self.number) } else { Ok(()) }
    }
}

/// A database service.
pub struct Service<'a> {
    /// Its name.
    pub instance: Instance,
    /// What runs.
    pub database: &'a Database,
    /// In which version.
    pub version: &'a Version,
    /// The image that an earlier answer ran it in.
    pub image: Option<String>,
    /// What it is for.
    pub role: Role,
    /// The kinds of data in it.
    pub serves: Vec<&'a str>,
    /// Where it runs.
    pub runs: Runs,
}

/// Where a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    /// In a container of the stack.
    Here,
    /// Somebody else runs it, and the stack has its endpoint.
    Elsewhere,
    /// In the application, without a server.
    Embedded,
}

impl Runs {
    /// Where a database runs: what the catalog cannot put in a container, somebody else runs.
    pub(super) fn of(database: &Database, catalog: &Catalog) -> Self {
        let recipe = catalog.recipe(&database.id);
        match database.hosting {
            Hosting::Embedded => Self::Embedded,
            _ if recipe.is_some_and(|recipe| recipe.container.is_some()) => Self::Here,
            Hosting::Container | Hosting::Managed => Self::Elsewhere,
        }
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Here => "here",
            Self::Elsewhere => "elsewhere",
            Self::Embedded => "embedded",
        })
    }
}

/// What is placed: a group in the databases that hold it.
pub(super) struct Placed<'p, 'a, 'f> {
    pub(super) group: &'p Group<'a>,
    pub(super) candidate: &'p Candidate<'a, 'f>,
}

/// The instance of each engine of each group, in the order of both.
pub(super) fn instances<'a>(context: &DecisionContext<'a>, placed: &[Placed<'_, 'a, '_>]) -> Vec<Vec<Instance>> {
    let mut uses: IndexMap<(usize, Option<&'static str>), Vec<Share<'_>>> = IndexMap::new();
    for (index, Placed { group, candidate }) in placed.iter().enumerate() {
        for (position, engine) in candidate.engines.iter().enumerate() {
            let suffix = group.role().suffix(engine.database);
            let filled = context.filled(engine, group, candidate);
            let share = Share { group: index, position, name: group.name(), filled };
            uses.entry((engine.index, suffix)).or_default().push(share);
        }
    }
    let mut instances: Vec<Vec<Instance>> = placed.iter().map(|_| Vec::new()).collect();
    for ((engine, suffix), shares) in uses {
        let Some(database) = context.engines().nth(engine).map(|engine| engine.database) else { continue };
        for (number, shares) in (1..).zip(divide(shares)) {
            for Share { group, position, .. } in shares {
                let instance = Instance { database: database.id.to_string(), suffix, number };
                if let Some(of_group) = instances.get_mut(group) {
                    of_group.insert(position.min(of_group.len()), instance);
                }
            }
        }
    }
    instances
}

/// What a group takes of an instance.
struct Share<'n> {
    /// The place of the group, and of the engine in its candidate.
    group: usize,
    position: usize,
    /// The name of the group, by which equal shares are told apart.
    name: &'n str,
    /// The part of a node that it takes, by quantity.
    filled: Parts,
}

/// Parts of what a node bears, by quantity: 1 is all of it.
type Parts = [f64; Quantity::ALL.len()];

/// Divides what shares a use over as few instances as bear it, the largest first: each goes into the first that has room.
fn divide(mut shares: Vec<Share<'_>>) -> Vec<Vec<Share<'_>>> {
    let largest = |share: &Share<'_>| share.filled.iter().copied().fold(0.0, f64::max);
    let mut sums: Vec<Parts> = Vec::new();
    let mut instances: Vec<Vec<Share<'_>>> = Vec::new();
    shares.sort_by(|one, other| largest(other).total_cmp(&largest(one)).then(one.name.cmp(other.name)));
    for share in shares {
        let has_room = |sum: &Parts| sum.iter().zip(&share.filled).all(|(sum, more)| *more == 0.0 || sum + more <= 1.0);
        let place = sums.iter().position(has_room).unwrap_or(sums.len());
        if place == sums.len() {
            sums.push([0.0; Quantity::ALL.len()]);
            instances.push(Vec::new());
        }
        if let (Some(sum), Some(instance)) = (sums.get_mut(place), instances.get_mut(place)) {
            sum.iter_mut().zip(&share.filled).for_each(|(sum, more)| *sum += more);
            instance.push(share);
        }
    }
    instances
}

impl<'a> DecisionContext<'a> {
    /// The parts of one node of an engine that a group takes. What spreads over several nodes, or comes in batches, fills
    /// none, and a second instance on the same host brings no more memory.
    fn filled(&self, engine: &Engine<'a>, group: &Group<'_>, candidate: &Candidate<'a, '_>) -> Parts {
        let mut parts = [0.0; Quantity::ALL.len()];
        if group.spreads() || !engine.is_run_here() {
            return parts;
        }
        let asked = Asked { facts: engine.facts(Facts::NONE), dimension: None, on_several_nodes: false };
        for (quantity, part) in Quantity::ALL.iter().zip(&mut parts).filter(|(quantity, _)| quantity.adds_up()) {
            let members = group.members.iter().filter(|member| !member.profile.is_batched());
            let amounts = members.filter_map(|member| member.profile.amount(*quantity));
            let sum = amounts.fold(0, |sum: u64, Amount(amount)| sum.saturating_add(amount));
            if let Limit::Ends(end) = self.limit(engine, *quantity, asked)
                && candidate.is_carried_by(*quantity, engine)
                && !end.is_held_in_memory()
            {
                #[allow(clippy::cast_precision_loss, reason = "a part")]
                let filled = sum as f64 / end.exceeds.0.max(1) as f64;
                *part = filled;
            }
        }
        parts
    }
}

impl Group<'_> {
    /// What its instance is for: what the most careful of its members makes it.
    pub(super) fn role(&self) -> Role {
        self.members.iter().map(|member| Role::of(&member.profile)).min().unwrap_or(Role::Record)
    }

    fn name(&self) -> &str {
        self.members.first().map_or("", |member| member.name)
    }
}
