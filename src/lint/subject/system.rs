//! What the rules about a requirements file look at: the file, what was decided, the lock and the policy.

use std::sync::Arc;

use catalog::units::{Bytes, GrowthAmount, Retention, Span};
use catalog::vocabulary::{Durability, Environment, Flag, Need, Quantity};
use catalog::{Catalog, Category, Database, DatabaseRef, Date, Hosting, Version};

use crate::config::Config;
use crate::decide::{Assumption, Check, DecisionContext, Selected, Selection, Tree, Verdict, What};
use crate::lint::violation::Location;
use crate::lock::{Changed, Lock};
use crate::plan::Capacity;
use crate::render::record::Front;
use crate::requirements::{Collection, Data, Profile, Requirements};
use crate::source::{Place, Source};

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
    pub facts: &'a DecisionContext<'a>,
    /// What holds: what the lock records as long as it is not stale, else what would be decided now.
    pub selection: &'a Selection<'a>,
    /// Each kind of data, in the order of the file.
    pub kinds: Vec<Kind<'a>>,
    /// The lock, where there is one that can be read.
    pub lock: Option<&'a Locked>,
    /// The decision records that stand in the folder, by number.
    pub records: Vec<Record>,
    /// What the services need of the host; nothing where a formula of the catalog cannot be computed.
    pub capacity: Option<&'a Capacity>,
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

/// A decision record of ours.
pub struct Record {
    /// Its number.
    pub number: u32,
    /// Its text.
    pub source: Arc<Source>,
    /// What it says to programs.
    pub front: Front,
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
    pub fn at(&self, place: Place, text: impl Into<String>) -> Location {
        Location::new(&self.source, place, text)
    }

    /// A kind of data by name.
    pub fn kind(&self, name: &str) -> Option<&Kind<'a>> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// Databases that a lock names, as a person writes them: `PostgreSQL 18`.
    pub fn written(&self, databases: &[String]) -> String {
        let written = databases.iter().map(|name| {
            let DatabaseRef { id, version } = DatabaseRef::parse(name);
            let known = self.catalog.get(id).map_or(id, |database| database.name.as_str());
            version.map_or_else(|| known.to_owned(), |version| format!("{known} {version}"))
        });
        written.collect::<Vec<_>>().join(" and ")
    }

    /// The lock's table of a kind of data.
    pub fn recorded(&self, name: &str) -> Option<Location> {
        let locked = self.lock?;
        let table = locked.lock.data.get(name)?;
        Some(Location::new(&locked.source, table.place, "as it was decided"))
    }

    /// What the answer for a kind of data rests on although the file did not say it: as the lock records it, or as it is
    /// decided now.
    pub fn assumed<'k>(&'k self, kind: &'k Kind<'_>) -> &'k [Assumption] {
        let recorded = self.lock.and_then(|locked| locked.lock.data.get(kind.name));
        recorded.map_or(kind.selected.assumptions.as_slice(), |locked| locked.assumes.as_slice())
    }

    /// The kinds of data that are copied from another, with that other.
    pub fn copies(&self) -> impl Iterator<Item = (&Kind<'a>, &Kind<'a>)> {
        self.kinds.iter().filter_map(|kind| Some((kind, self.kind(&kind.data.source.as_ref()?.value)?)))
    }

    /// The kinds of data that a database holds.
    pub fn held_by(&self, database: &Database) -> impl Iterator<Item = &Kind<'a>> {
        let holds = move |kind: &&Kind<'a>| kind.selected.databases.iter().any(|one| one.id == database.id);
        self.kinds.iter().filter(holds)
    }

    /// The kinds of data that share a service with one, itself among them.
    pub fn beside(&self, kind: &Kind<'a>) -> impl Iterator<Item = &Kind<'a>> {
        self.kinds.iter().filter(move |other| other.shares_with(kind))
    }

    /// Where the database of a kind of data was decided: its pin, the table of a lock that holds, or its name.
    pub fn decided(&self, kind: &Kind<'_>, text: impl Into<String>) -> Location {
        match (&kind.data.database, self.locked(kind)) {
            (Some(pin), _) => self.at(pin.place, text),
            (None, Some((source, place))) => Location::new(source, place, text),
            (None, None) => self.at(kind.data.key, text),
        }
    }

    /// Where the version of a kind's database was decided: a pin that names it, the table of a lock that holds, the
    /// pin, or its name.
    pub fn decided_version(&self, kind: &Kind<'_>, text: impl Into<String>) -> Location {
        let names_version =
            kind.data.database.as_ref().is_some_and(|pin| DatabaseRef::parse(&pin.value).version.is_some());
        match self.locked(kind).filter(|_| !names_version) {
            Some((source, place)) => Location::new(source, place, text),
            None => self.decided(kind, text),
        }
    }

    /// Of the kinds of data in a database the one that says its version: by a pin, or else the first.
    pub fn versioned(&self, database: &Database) -> Option<&Kind<'a>> {
        let names_version = |kind: &&Kind<'a>| {
            kind.data.database.as_ref().is_some_and(|pin| DatabaseRef::parse(&pin.value).version.is_some())
        };
        self.held_by(database).find(names_version).or_else(|| self.held_by(database).next())
    }

    /// The table of a kind of data in the lock, where the lock is what holds.
    pub fn locked(&self, kind: &Kind<'_>) -> Option<(&Arc<Source>, Place)> {
        let lock = self.lock.filter(|lock| !lock.changed.iter().any(|one| one.difference.is_stale()))?;
        Some((&lock.source, lock.lock.data.get(kind.name)?.place))
    }

    /// Whether a database would hold a kind of data no worse than what holds it now.
    pub fn could_hold(&self, database: &Database, kind: &Kind<'_>) -> bool {
        self.facts.verdict_of(&database.id, &kind.profile).is_some_and(|verdict| verdict <= kind.selected.verdict)
    }

    /// Whether a kind of data runs in the stack's one host, and others than its developers rely on it.
    pub fn relies_on_one_host(&self, kind: &Kind<'_>) -> bool {
        let is_here = kind.selected.databases.iter().any(|database| database.hosting == Hosting::Container);
        is_here && self.requirements.target.environment() == Environment::Production
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

    /// Whether it shares a service with another, so that one transaction and one backup can span both.
    pub fn shares_with(&self, other: &Kind<'_>) -> bool {
        self.selected.instances.iter().any(|mine| other.selected.instances.contains(mine))
    }

    /// The size that it comes to: what it grows by until the first is old enough to be removed, and in a year where
    /// nothing says how long it is kept. Nothing where the file says no size.
    pub fn future_size(&self) -> Option<Bytes> {
        let now = self.data.data_size.as_ref().map(|size| size.value.0);
        let kept = match self.data.retention.as_ref().map(|retention| retention.value) {
            Some(Retention::For(span)) => Some(span),
            Some(Retention::Forever) | None => None,
        };
        let grown = self.grown_in(kept.unwrap_or(Span::days(365)));
        let size = match (now, grown, kept) {
            (None, None, _) => return None,
            (now, grown, Some(_)) => now.max(grown).unwrap_or(0),
            (now, grown, None) => now.unwrap_or(0).saturating_add(grown.unwrap_or(0)),
        };
        Some(Bytes(size))
    }

    /// What it grows by in a stretch of time, in bytes, as far as the file says.
    fn grown_in(&self, span: Span) -> Option<u64> {
        let growth = self.data.growth.as_ref()?.value;
        let bytes = match growth.amount {
            GrowthAmount::Bytes(bytes) => bytes.0,
            GrowthAmount::Count(count) => count.0.saturating_mul(self.data.record_size.as_ref()?.value.0),
        };
        let grown = u128::from(bytes).saturating_mul(u128::from(span.0));
        u64::try_from(grown.checked_div(u128::from(growth.period.span().0))?).ok()
    }

    /// Where the flag stands, or else the kind that presets it, or else the name.
    pub fn flag_place(&self, flag: Flag) -> Place {
        let stated = self.data.stated(flag).map(|stated| stated.place);
        stated.or_else(|| self.data.kind.as_ref().map(|kind| kind.place)).unwrap_or(self.data.key)
    }

    /// Where a field that decides stands, if the file states it: a flag, a quantity, a class, the pin.
    pub fn field_place(&self, field: &str) -> Option<Place> {
        if let Some(flag) = Flag::named(field) {
            return self
                .flag(flag)
                .then(|| self.flag_place(flag))
                .or(self.data.stated(flag).map(|stated| stated.place));
        }
        if let Some(quantity) = Quantity::named(field) {
            return self.data.quantity(quantity).map(|stated| stated.place);
        }
        match field {
            "durability" => self.data.durability.as_ref().map(|stated| stated.place),
            "consistency" => self.data.consistency.as_ref().map(|stated| stated.place),
            "scale" => self.data.scale.as_ref().map(|stated| stated.place),
            "tenancy" => self.data.tenancy.as_ref().map(|stated| stated.place),
            "sync" => self.data.sync.as_ref().map(|stated| stated.place),
            "source" => self.data.source.as_ref().map(|stated| stated.place),
            "with" => self.data.with.as_ref().map(|stated| stated.place),
            "growth" => self.data.growth.as_ref().map(|stated| stated.place),
            "database" => self.data.database.as_ref().map(|stated| stated.place),
            "justification" => self.data.justification.as_ref().map(|stated| stated.place),
            _ => None,
        }
    }

    /// Its tables, collections, indexes, topics or buckets.
    pub fn collections(&self) -> impl Iterator<Item = (&'a str, &'a Collection)> + use<'a> {
        self.data.collections.iter().flatten().map(|(name, collection)| (name.as_str(), collection))
    }

    /// What a finding about a collection is about: `data.orders.collections.lines`.
    pub fn about_collection(&self, collection: &str) -> String {
        format!("data.{}.collections.{collection}", self.name)
    }

    /// The worst comparison of a quantity that came out badly.
    pub fn trouble_of(&self, quantity: Quantity) -> Option<&'a Check<'a>> {
        let of_quantity = |check: &&Check<'_>| check.figure().is_some_and(|(of, _)| of == quantity);
        let checks = self.selected.checks.iter().filter(of_quantity);
        checks.filter(|check| check.verdict != Verdict::Fits).max_by_key(|check| check.verdict)
    }

    /// The first thing that its database does not do, or not so much of, and that no rule of its own speaks of: the
    /// policy, the state upstream, transactions, retention, dimensions and the host's disk have theirs.
    pub fn breach(&self) -> Option<&'a Check<'a>> {
        let exceeding = self.selected.checks.iter().filter(|check| check.verdict == Verdict::Exceeds);
        exceeding.into_iter().find(|check| match check.what {
            What::Policy(_) | What::Upstream | What::Unbounded(..) | What::Unproven(..) => false,
            What::Licence => true,
            What::Need(need, _) => need != Need::NeedsTransactions,
            What::Bound(bound, _) => !matches!(bound.of, Quantity::Retention | Quantity::Dimension),
        })
    }
}

impl Locked {
    /// The database that holds the data, as a pin names it.
    pub fn holder(databases: &[String]) -> &str {
        databases.first().map(|name| DatabaseRef::parse(name).id).unwrap_or_default()
    }

    /// Whether two answers name the same databases, in whatever versions.
    pub fn same_databases(one: &[String], other: &[String]) -> bool {
        let ids = |names: &[String]| -> Vec<String> {
            names.iter().map(|name| DatabaseRef::parse(name).id.to_owned()).collect()
        };
        ids(one) == ids(other)
    }
}
