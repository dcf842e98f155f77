//! What the rules about a requirements file look at: the file, what was decided, the lock and the policy.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::finding::Spot;
use crate::catalog::{Catalog, Category, Database, Date, Version};
use crate::config::Config;
use crate::decide::{Facts, Selected, Selection, Tree};
use crate::lock::{Changed, Lock};
use crate::plan::PlanError;
use crate::requirements::{Data, Profile, Requirements};
use crate::source::{Place, Source};
use crate::units::Bytes;
use crate::vocabulary::{Durability, Flag};

/// A requirements file with what was decided.
pub struct System<'a> {
    /// The file.
    pub source: Arc<Source>,
    /// What it says.
    pub requirements: &'a Requirements,
    /// The databases.
    pub catalog: &'a Catalog,
    /// polyglot.toml.
    pub config: &'a Config,
    /// The text of polyglot.toml, where there is one.
    pub config_source: Option<Arc<Source>>,
    /// The tree.
    pub tree: &'a Tree,
    /// The catalog as the decision saw it.
    pub facts: &'a Facts<'a>,
    /// What holds: what the lock records as long as it is not stale, else what would be decided now.
    pub selection: &'a Selection<'a>,
    /// Each kind of data, in the order of the file.
    pub kinds: Vec<Kind<'a>>,
    /// The lock, where there is one that can be read.
    pub lock: Option<&'a Locked>,
    /// The memory of each service, or why the host does not bear them.
    pub budget: &'a Result<BTreeMap<String, Bytes>, PlanError>,
    /// Whether the folder of the stack is there.
    pub is_rendered: bool,
    /// The day, where it is known: given, or the newest in the lock.
    pub today: Option<Date>,
}

/// A lock, and how it differs from what would be decided now.
pub struct Locked {
    /// Its text.
    pub source: Arc<Source>,
    /// What it records.
    pub lock: Lock,
    /// What is not as it records.
    pub changed: Vec<Changed>,
}

/// A kind of data with its decision.
pub struct Kind<'a> {
    /// Its name.
    pub name: &'a str,
    /// What the file says of it.
    pub data: &'a Data,
    /// What decides, with the flags that its kind presets.
    pub profile: Profile,
    /// What holds it.
    pub selected: &'a Selected<'a>,
}

impl<'a> System<'a> {
    /// A place in the requirements file.
    pub fn at(&self, place: Place, text: impl Into<String>) -> Spot {
        Spot::new(&self.source, place, text)
    }

    /// A kind of data by name.
    pub fn kind(&self, name: &str) -> Option<&Kind<'a>> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// The kinds of data that are copied from another, with that other.
    pub fn copies(&self) -> impl Iterator<Item = (&Kind<'a>, &Kind<'a>)> {
        self.kinds.iter().filter_map(|kind| Some((kind, self.kind(&kind.data.source.as_ref()?.value)?)))
    }
}

impl<'a> Kind<'a> {
    /// What a finding about it is about: `data.orders`.
    pub fn about(&self) -> String {
        format!("data.{}", self.name)
    }

    /// The database that holds it.
    pub fn database(&self) -> Option<&'a Database> {
        self.selected.databases.first().copied()
    }

    /// Each of its databases in the version that runs.
    pub fn versions(&self) -> impl Iterator<Item = (&'a Database, &'a Version)> + '_ {
        self.selected.databases.iter().copied().zip(self.selected.versions.iter().copied())
    }

    /// The database as a person writes it.
    pub fn database_name(&self) -> &'a str {
        self.database().map_or("", |database| database.name.as_str())
    }

    /// Whether its database belongs to a family.
    pub fn is_in(&self, category: Category) -> bool {
        self.database().is_some_and(|database| database.is(category))
    }

    /// Whether the file says that it is a system of record.
    pub fn is_record(&self) -> bool {
        self.profile.durability == Some(Durability::Primary)
    }

    /// Whether a flag is set, by the file or by its kind.
    pub fn flag(&self, flag: Flag) -> bool {
        self.profile.flag(flag)
    }

    /// Where the flag stands, or else the kind that presets it, or else the name.
    pub fn flag_place(&self, flag: Flag) -> Place {
        let stated = self.data.stated(flag).map(|stated| stated.place);
        stated.or_else(|| self.data.kind.as_ref().map(|kind| kind.place)).unwrap_or(self.data.key)
    }
}
