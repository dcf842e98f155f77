//! One entry of the catalog: everything that we know of a database, as `templates/<id>/database.toml` holds it.
//!
//! The build script reads these files into the binary through these types, so a fault in one of them stops the build.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bounds::Bound;
use super::date::Date;
use super::detect::{Detect, Pooler};
use super::reference::VersionRange;
use super::stored::Stored;
use super::text::{Map, Text};
use super::vocabulary::words;
use super::weight::Weight;
use crate::vocabulary::{DistanceMetric, Need, Platform};

/// A database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Database {
    /// The name of its folder, and its name everywhere in our files.
    pub id: Text,
    /// Its name as its makers write it.
    pub name: Text,
    /// What it is first of all.
    pub category: Category,
    /// What it counts as besides.
    #[serde(default)]
    pub also: Vec<Category>,
    /// What it is and what it is best at, in one line.
    pub summary: Text,
    /// Where its makers live.
    pub homepage: Text,
    /// What clients speak to it: engines of one protocol can take each other's place.
    pub protocol: Text,
    /// How one gets it to run.
    pub hosting: Hosting,
    /// The platforms that offer it, where it is a service that somebody else runs; empty where one runs it oneself.
    #[serde(default)]
    pub platforms: Vec<Platform>,
    /// Whether a cache, a store of record and a stream each get an instance of their own, because one server has one
    /// eviction policy and one persistence for all that it holds.
    #[serde(default)]
    pub separate_roles: bool,
    /// What one may do with it.
    pub licence: Licence,
    /// Whether somebody looks after it.
    pub upstream: Upstream,
    /// The versions that one may choose, newest first.
    pub versions: Vec<Version>,
    /// The versions that get no fixes any more, newest first: lint says so of what runs them.
    #[serde(default)]
    pub ended: Stored<Vec<Version>>,
    /// What running it takes.
    #[serde(default)]
    pub operate: Option<Operate>,
    /// What tells it in a compose file that we did not write.
    #[serde(default)]
    pub detect: Stored<Detect>,
    /// What is put in front of it where more clients connect than it carries.
    #[serde(default)]
    pub pooler: Option<Pooler>,
    /// What it is for.
    pub role: Stored<Role>,
    /// How well it meets each need.
    pub serves: Map<Need, Service>,
    /// How its vector index can measure distance, where that is not every way that a requirement can ask for.
    #[serde(default)]
    pub distance_metrics: Option<Metrics>,
    /// How much of each quantity it carries, for each use.
    #[serde(default)]
    pub bounds: Vec<Bound>,
    /// What to take instead, best first.
    #[serde(default)]
    pub alternatives: Stored<Vec<Alternative>>,
    /// What makes it faster or smaller.
    #[serde(default)]
    pub optimisation: Stored<Vec<Optimisation>>,
    /// Where all of this is from.
    pub sources: Stored<BTreeMap<Text, Evidence>>,
}

words! {
    /// The families of databases.
    Category {
        /// Tables, joins, transactions.
        Relational = "relational",
        /// Held in memory.
        InMemory = "in-memory",
        /// Values under keys.
        KeyValue = "key-value",
        /// Rows spread over nodes by key.
        WideColumn = "wide-column",
        /// Nested documents.
        Document = "document",
        /// Measurements by time.
        TimeSeries = "time-series",
        /// Nodes and relationships.
        Graph = "graph",
        /// Embeddings.
        Vector = "vector",
        /// Inverted indexes.
        Search = "search",
        /// Files.
        Object = "object",
        /// Ordered logs of events.
        Stream = "stream",
        /// Columns, for analysis.
        Columnar = "columnar",
        /// Messages that one worker each takes and acknowledges.
        Queue = "queue",
        /// Small configuration that a quorum agrees on.
        Coordination = "coordination",
        /// Transfers between accounts, never changed.
        Ledger = "ledger",
        /// Tables and transactions, spread over nodes.
        DistributedSql = "distributed-sql",
    }
}

/// How a database is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hosting {
    /// From a container image.
    Container,
    /// By its vendor only.
    Managed,
    /// Inside the application.
    Embedded,
}

/// What one may do with a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Licence {
    /// An SPDX expression, without parentheses.
    pub spdx: Text,
    /// Whether production use is allowed at all.
    #[serde(default = "yes")]
    pub production: bool,
    /// What else to know.
    #[serde(default)]
    pub note: Option<Text>,
    /// A key of `sources`.
    pub source: Text,
}

fn yes() -> bool {
    true
}

impl Licence {
    /// The licences that the expression names.
    pub fn parts(&self) -> impl Iterator<Item = &str> + Clone {
        self.spdx.split(" OR ").flat_map(|choice| choice.split(" AND ")).map(str::trim)
    }

    /// Whether one may use the database when only some licences are acceptable: one choice of an `OR` is enough,
    /// of an `AND` each part has to be acceptable.
    pub fn is_acceptable(&self, acceptable: impl Fn(&str) -> bool) -> bool {
        self.spdx.split(" OR ").any(|choice| choice.split(" AND ").all(|part| acceptable(part.trim())))
    }
}

/// Whether somebody looks after a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Upstream {
    /// In one word.
    pub state: State,
    /// In a sentence or two, where the word is not `active`.
    #[serde(default)]
    pub note: Option<Text>,
    /// The maintained engine of the same protocol that takes its place.
    #[serde(default)]
    pub successor: Option<Text>,
    /// A key of `sources`.
    pub source: Text,
}

words! {
    /// The states of a project.
    State {
        /// New versions come.
        Active = "active",
        /// Faults are mended, nothing is added.
        Maintenance = "maintenance",
        /// Nothing has come for a long time, and nobody has said that it ended.
        Dormant = "dormant",
        /// It has ended.
        Archived = "archived",
    }
}

/// A line of releases.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Version {
    /// What a pin names: `18`, `8.2`.
    pub major: Text,
    /// When it came out.
    #[serde(default)]
    pub released: Option<Date>,
    /// The last day on which it gets security fixes.
    #[serde(default)]
    pub end_of_life: Option<Date>,
    /// The container image, with its registry.
    #[serde(default)]
    pub image: Option<Text>,
    /// The image's tag.
    #[serde(default)]
    pub tag: Option<Text>,
    /// Whether it is taken where nobody asks for another.
    #[serde(default)]
    pub default: bool,
    /// What else to know.
    #[serde(default)]
    pub note: Option<Text>,
    /// A key of `sources`.
    pub source: Text,
}

/// What running a database takes. Nobody has published figures: all of them are assumptions, see `templates/weights.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Operate {
    /// What it costs to run, in points: the care of one `PostgreSQL` for a year.
    pub cost: Weight,
    /// What it costs besides over several servers: what has to be added to one server, such as routers, configuration
    /// servers or an extension.
    pub cluster_cost: Weight,
    /// What a service of it needs to start in production, where it runs on a server of one's own.
    #[serde(default)]
    pub base_memory: Option<Text>,
    /// A word that all databases share which the same people know how to run: a fork, an extension, the same operations.
    #[serde(default)]
    pub family: Option<Text>,
    /// How the figures were judged.
    #[serde(default)]
    pub why: Option<Text>,
}

/// What a database is for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Role {
    /// In one sentence.
    pub purpose: Text,
    /// Names of kinds of data, and what each holds.
    pub use_cases: Map<Text, Text>,
    /// What it does well.
    pub strengths: Vec<Text>,
    /// What it does not.
    pub weaknesses: Vec<Text>,
    /// The structures that it offers, and what each is good for.
    #[serde(default)]
    pub data_structures: Map<Text, Text>,
}

/// How well a need is met.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Service {
    /// In one word.
    pub level: Level,
    /// What meets it: an extension, an index type.
    #[serde(default)]
    pub via: Option<Text>,
    /// Why.
    pub why: Stored<Text>,
    /// A key of `sources`.
    pub source: Text,
}

/// The ways in which a vector index measures distance.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Metrics {
    /// The ways.
    pub indexed: Vec<DistanceMetric>,
    /// A key of `sources`.
    pub source: Text,
}

words! {
    /// How well a need is met, best first.
    Level {
        /// It is made for it.
        Native = "native",
        /// It does it well enough.
        Adequate = "adequate",
        /// It does it, and it hurts.
        Strained = "strained",
        /// It does not do it.
        No = "no",
    }
}

/// Another database, and when it is the better answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Alternative {
    /// Its id.
    pub id: Text,
    /// When it is the better answer.
    pub when: Text,
}

/// A technique that makes a database faster or smaller.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Optimisation {
    /// Its name in the field.
    pub name: Text,
    /// What it is about: indexes, memory, persistence.
    pub topic: Text,
    /// When it applies.
    pub when: Text,
    /// What to do.
    pub how: Text,
    /// A key of `sources`.
    pub source: Text,
}

/// Where a fact is from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Evidence {
    /// Where to read it.
    pub address: Text,
    /// The day on which it was so.
    pub date: Date,
    /// How sure we are.
    #[allow(clippy::struct_field_names, reason = "the key in the file")]
    pub evidence: Surety,
    /// Whose judgement it is, where it is an assumption.
    #[serde(default)]
    pub note: Option<Text>,
}

words! {
    /// How sure a fact is.
    Surety {
        /// Read in the source, or tried.
        Verified = "verified",
        /// The vendor says so.
        Vendor = "vendor",
        /// Somebody's judgement.
        Assumption = "assumption",
    }
}

impl Database {
    /// The word that it shares with the databases which the same people know how to run.
    pub fn family(&self) -> Option<&str> {
        self.operate.as_ref()?.family.as_deref()
    }

    /// Whether who runs the other one knows how to run this one.
    pub fn is_kin(&self, other: &Self) -> bool {
        self.family().is_some_and(|family| other.family() == Some(family))
    }

    /// How well it serves a need.
    pub fn level(&self, need: Need) -> Level {
        self.serves.get(&need).map_or(Level::No, |service| service.level)
    }

    /// The version that is taken where nobody asks for another.
    pub fn default_version(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.default).or_else(|| self.versions.first())
    }

    /// The version that is called `major`, if one may choose it.
    pub fn version(&self, major: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.major == major)
    }

    /// The version that is called `major`, if it gets no fixes any more.
    pub fn ended_version(&self, major: &str) -> Option<&Version> {
        self.ended.iter().find(|version| version.major == major)
    }

    /// The version that is called `major`, also one that has ended.
    pub fn known_version(&self, major: &str) -> Option<&Version> {
        self.version(major).or_else(|| self.ended_version(major))
    }

    /// The versions that we know, those that have ended too.
    pub fn known_versions(&self) -> impl Iterator<Item = &Version> + Clone {
        self.versions.iter().chain(self.ended.iter())
    }

    /// Whether it belongs to a family.
    pub fn is(&self, category: Category) -> bool {
        self.category == category || self.also.contains(&category)
    }

    /// Whether a version is in a range.
    pub fn is_in(&self, version: &Version, range: VersionRange<'_>) -> bool {
        let age = |major: &str| self.versions.iter().position(|version| version.major == major);
        let Some(mine) = age(&version.major) else {
            // One that has ended may be older or newer than any of them.
            let (mine, of) = (numbers(&version.major), |major: Option<&str>| major.map(numbers));
            return of(range.since).is_none_or(|first| mine >= first) && of(range.until).is_none_or(|end| mine < end);
        };
        let since = range.since.and_then(age).is_none_or(|first| mine <= first);
        let until = range.until.and_then(age).is_none_or(|end| mine > end);
        since && until
    }
}

/// The numbers of a version.
fn numbers(major: &str) -> Vec<u64> {
    major.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Licence, Text};

    #[test]
    fn a_licence_is_acceptable_when_one_choice_is() {
        let licence =
            |spdx: &'static str| Licence { spdx: spdx.into(), production: true, note: None, source: Text::default() };
        let open = |part: &str| part == "Apache-2.0" || part == "AGPL-3.0-only";
        assert!(licence("RSALv2 OR SSPL-1.0 OR AGPL-3.0-only").is_acceptable(open));
        assert!(!licence("SSPL-1.0").is_acceptable(open));
        assert!(!licence("Apache-2.0 AND LicenseRef-Timescale").is_acceptable(open));
    }
}
