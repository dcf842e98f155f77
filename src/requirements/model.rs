//! What a requirements file says, every leaf with its place. The doc comments are the JSON Schema's descriptions.

use catalog::units::{Bytes, Count, Growth, Percent, Rate, Retention, Span};
use catalog::vocabulary::{
    Consistency, DataStructure, DistanceMetric, Durability, Environment, Flag, Platform, Quantity, Scale, Sensitivity,
    Storage, Sync, Tenancy, Workload,
};
use indexmap::IndexMap;
use schemars::JsonSchema;

use super::name::{FieldName, Line, Reference, TypeName, Word};
use crate::source::{Place, Placed};

/// What each kind of data of a system needs.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(title = "polyglot requirements", deny_unknown_fields)]
pub struct Requirements {
    /// The version of this format.
    #[schemars(extend("const" = 1), required)]
    pub version: Placed<u64>,
    /// The system's name, which becomes the compose project's name.
    #[schemars(with = "Option<String>", extend("pattern" = NAME_PATTERN))]
    pub name: Option<Placed<String>>,
    /// The host that the stack runs on.
    #[schemars(with = "Option<Target>")]
    pub target: Target,
    /// Who runs it.
    #[schemars(with = "Option<Team>")]
    pub team: Team,
    /// The kinds of data, by name.
    #[schemars(schema_with = "super::schema::data")]
    pub data: IndexMap<String, Data>,
}

/// What a name looks like.
pub(super) const NAME_PATTERN: &str = "^[a-z0-9][a-z0-9_-]{0,62}$";

/// The host that the stack runs on.
#[derive(Debug, Clone, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Target {
    /// Its memory, shared by all services. Where absent: 8GB.
    pub memory: Option<Placed<Bytes>>,
    /// Its processor cores. Where absent: 4.
    pub cpus: Option<Placed<Count>>,
    /// What its disk is made of. Where absent: ssd.
    pub storage: Option<Placed<Storage>>,
    /// The size of its disk. Where absent: 100GB.
    pub disk: Option<Placed<Bytes>>,
    /// What the stack is for. Where absent: production.
    pub environment: Option<Placed<Environment>>,
    /// Where it runs, and so whether managed services may be proposed. Where absent: `self_hosted`, never.
    pub platform: Option<Placed<Platform>>,
}

/// Who runs the stack.
#[derive(Debug, Clone, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Team {
    /// How many engineers look after it.
    pub engineers: Option<Placed<Count>>,
    /// The databases that they run already; any name, also one that is not in the catalog.
    pub operates: Option<Vec<Placed<String>>>,
}

/// A kind of data.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Data {
    /// Where its name stands.
    #[schemars(skip)]
    pub key: Place,
    /// What it is, in words.
    pub description: Option<Placed<String>>,
    /// A row of the matrix, which presets flags; an explicit flag wins.
    #[schemars(default, schema_with = "super::schema::kind")]
    pub kind: Option<Placed<String>>,
    /// Several changes must happen together or not at all.
    pub needs_transactions: Option<Placed<bool>>,
    /// Queries join many related tables.
    pub complex_relations: Option<Placed<bool>>,
    /// Answers are needed within about a millisecond, while things happen.
    pub real_time: Option<Placed<bool>>,
    /// Most access is by search, not by key.
    pub search_heavy: Option<Placed<bool>>,
    /// Search is by similarity of embeddings.
    pub vector_search: Option<Placed<bool>>,
    /// Search is by words in text, ranked by relevance.
    pub full_text: Option<Placed<bool>>,
    /// Queries follow relationships over several hops.
    pub graph_relations: Option<Placed<bool>>,
    /// Records are measurements with a time, queried by time.
    pub time_series: Option<Placed<bool>>,
    /// Records differ in shape, and the shape changes often.
    pub flexible_schema: Option<Placed<bool>>,
    /// The data is files: images, video, archives.
    pub binary_objects: Option<Placed<bool>>,
    /// Records are read and written whole, by one known key.
    pub key_lookup: Option<Placed<bool>>,
    /// Queries aggregate over many records and few columns.
    pub analytics: Option<Placed<bool>>,
    /// The data is a feed of events or jobs that others consume.
    pub event_stream: Option<Placed<bool>>,
    /// Queries are about places, distances and areas.
    pub geospatial: Option<Placed<bool>>,
    /// Writes far outnumber reads, and come fast.
    pub write_heavy: Option<Placed<bool>>,
    /// Records never change: an audit log, a ledger, an event store.
    pub append_only: Option<Placed<bool>>,
    /// Each message is worked on once, by one worker, and acknowledged.
    pub queue: Option<Placed<bool>>,
    /// Records are ordered by a score that changes all the time.
    pub ranking: Option<Placed<bool>>,
    /// It lives inside the application's process or on a device, without a server.
    pub embedded: Option<Placed<bool>>,
    /// Devices write while they are offline, and merge later.
    pub offline_sync: Option<Placed<bool>>,
    /// Small configuration, leases, leader election: linearizable, and watched.
    pub coordination: Option<Placed<bool>>,
    /// Messages go to whoever listens at that moment; what is missed is lost.
    pub pub_sub: Option<Placed<bool>>,
    /// Operational metrics of machines and services, labelled, kept for weeks.
    pub metrics: Option<Placed<bool>>,
    /// Its size today.
    pub data_size: Option<Placed<Bytes>>,
    /// The size of one stored object or file.
    pub object_size: Option<Placed<Bytes>>,
    /// The mean size of one record.
    pub record_size: Option<Placed<Bytes>>,
    /// What it grows by.
    pub growth: Option<Placed<Growth>>,
    /// How many records there are.
    pub records: Option<Placed<Count>>,
    /// How many distinct time series there are.
    pub series: Option<Placed<Count>>,
    /// How many embeddings there are; the collections' own counts win.
    pub vectors: Option<Placed<Count>>,
    /// How many dimensions an embedding has; the collections' own figures win.
    pub dimension: Option<Placed<Count>>,
    /// Reads in a stretch of time.
    pub reads: Option<Placed<Rate>>,
    /// Writes in a stretch of time.
    pub writes: Option<Placed<Rate>>,
    /// Clients connected at the same time.
    pub connections: Option<Placed<Count>>,
    /// Hops that a graph query follows.
    pub traversal_depth: Option<Placed<Count>>,
    /// The time within which 99 of 100 requests are answered.
    pub latency_p99: Option<Placed<Span>>,
    /// How long it is kept.
    pub retention: Option<Placed<Retention>>,
    /// What becomes of the rest of the system when it is lost.
    pub durability: Option<Placed<Durability>>,
    /// The other kind of data that it can be rebuilt from.
    pub source: Option<Placed<String>>,
    /// What a reader may see after a write.
    pub consistency: Option<Placed<Consistency>>,
    /// How far it spreads.
    pub scale: Option<Placed<Scale>>,
    /// How its tenants are kept apart.
    pub tenancy: Option<Placed<Tenancy>>,
    /// Another kind of data that it is joined with, or changed with in one transaction: both go to the same database.
    pub with: Option<Placed<String>>,
    /// Who must not see it.
    pub sensitivity: Option<Placed<Sensitivity>>,
    /// How a relational store is used. Where absent: web.
    pub workload: Option<Placed<Workload>>,
    /// How it is backed up.
    pub backup: Option<Placed<Backup>>,
    /// The stretch of time whose changes may be lost.
    pub rpo: Option<Placed<Span>>,
    /// How long recovery may take.
    pub rto: Option<Placed<Span>>,
    /// How far a derived copy may lag behind its source.
    pub max_lag: Option<Placed<Span>>,
    /// The share of time in which it must answer.
    pub availability: Option<Placed<Percent>>,
    /// Where it is encrypted.
    pub encryption: Option<Placed<Encryption>>,
    /// How a derived copy is fed.
    pub sync: Option<Placed<Sync>>,
    /// Who answers for it.
    pub owner: Option<Placed<Line>>,
    /// Where it has to stay.
    pub region: Option<Placed<Line>>,
    /// A pin: this database, `id` or `id@version`, whatever the tree says.
    #[schemars(extend("pattern" = "^[a-z0-9][a-z0-9-]*(@[A-Za-z0-9._-]+)?$"))]
    pub database: Option<Placed<String>>,
    /// Why the pin is right.
    pub justification: Option<Placed<String>>,
    /// Its tables, collections, indexes, topics or buckets, by name.
    #[schemars(default, schema_with = "super::schema::collections")]
    pub collections: Option<IndexMap<String, Collection>>,
}

/// How data is backed up.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Backup {
    /// How often.
    pub every: Option<Placed<Span>>,
    /// How long a backup is kept.
    pub keep: Option<Placed<Span>>,
    /// Where to: `s3://bucket/prefix`, which the stack copies each backup to, or words for whoever copies it.
    pub to: Option<Placed<Line>>,
}

/// Where data is encrypted.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Encryption {
    /// On disk.
    pub at_rest: Option<Placed<bool>>,
    /// On the wire.
    pub in_transit: Option<Placed<bool>>,
}

/// A table, collection, index, topic or bucket.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Collection {
    /// Where its name stands.
    #[schemars(skip)]
    pub key: Place,
    /// What its records look like, in words.
    pub structure: Option<Placed<Line>>,
    /// Its fields, by name.
    #[schemars(default, schema_with = "super::schema::fields")]
    pub fields: Option<IndexMap<FieldName, Field>>,
    /// Its indexes.
    #[schemars(default, schema_with = "super::schema::indexes")]
    pub indexes: Option<Vec<Placed<Index>>>,
    /// The field that it is spread over nodes by.
    pub sharding_key: Option<Placed<FieldName>>,
    /// The time that it is partitioned by.
    pub partition_by: Option<Placed<PartitionBy>>,
    /// When a record is removed by itself: after this long, or this long after the time in a field.
    #[schemars(default, schema_with = "super::schema::ttl")]
    pub ttl: Option<Placed<Ttl>>,
    /// A size past which the oldest records make room; `true` leaves the size open.
    #[schemars(default, schema_with = "super::schema::capped")]
    pub capped: Option<Placed<Capped>>,
    /// How many dimensions an embedding has.
    pub dimension: Option<Placed<Count>>,
    /// How the distance of two embeddings is measured.
    pub distance_metric: Option<Placed<DistanceMetric>>,
    /// What makes the embeddings.
    pub embedding_function: Option<Placed<Line>>,
    /// How many records or embeddings it has.
    pub count: Option<Placed<Count>>,
    /// The structure of an in-memory store that it uses.
    pub data_structure: Option<Placed<DataStructure>>,
    /// The label of its nodes in a graph.
    pub label: Option<Placed<FieldName>>,
    /// How many partitions its topic has.
    pub partitions: Option<Placed<Count>>,
}

/// A field of a collection.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Field {
    /// Its type, in the words of any store: `text`, `varchar(255)`, `bigint`, `numeric(10, 2)`, `timestamptz`, `uuid`, `jsonb`, `text[]`. A
    /// field with a type alone may be written `id: bigint`.
    #[schemars(rename = "type")]
    pub kind: Option<Placed<TypeName>>,
    /// Whether every record has it.
    pub required: Option<Placed<bool>>,
    /// Whether no two records share its value.
    pub unique: Option<Placed<bool>>,
    /// The collection, or `collection.field`, that it refers to.
    pub references: Option<Placed<Reference>>,
}

/// An index over one field or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// The fields, in order.
    pub fields: Vec<Placed<FieldName>>,
    /// Whether no two records share the values.
    pub unique: bool,
    /// The kind of index, in the words of the store.
    pub method: Option<Placed<Word>>,
}

/// The time that a collection is partitioned by.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PartitionBy {
    /// The field that holds the time.
    #[schemars(required)]
    pub field: Option<Placed<FieldName>>,
    /// How much time a partition spans.
    #[schemars(required)]
    pub every: Option<Placed<Every>>,
}

/// How much time a partition spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Every {
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// A calendar month.
    Month,
}

/// When a record is removed by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ttl {
    /// The field that holds the time it counts from; absent where it counts from the writing.
    pub field: Option<Placed<FieldName>>,
    /// How long after.
    pub after: Span,
}

/// A collection whose oldest records make room for new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capped {
    /// At this size.
    At(Bytes),
    /// At a size that is still to be said.
    SizeToBeSaid,
    /// It is not capped.
    No,
}

/// What the file leaves open about the host.
pub mod default {
    use catalog::units::Bytes;
    use catalog::vocabulary::{Environment, Platform, Storage};

    /// The host's memory.
    pub const MEMORY: Bytes = Bytes(8 << 30);
    /// The host's cores.
    pub const CPUS: u64 = 4;
    /// The host's disk.
    pub const DISK: Bytes = Bytes(100 << 30);
    /// What the disk is made of.
    pub const STORAGE: Storage = Storage::Ssd;
    /// What the stack is for.
    pub const ENVIRONMENT: Environment = Environment::Production;
    /// Where it runs.
    pub const PLATFORM: Platform = Platform::SelfHosted;
    /// The system's name.
    pub const NAME: &str = "polyglot";
}

impl Requirements {
    /// The system's name, or the name of a system without one.
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or(default::NAME, |name| &name.value)
    }
}

impl Target {
    /// The host's memory.
    pub fn memory(&self) -> Bytes {
        self.memory.as_ref().map_or(default::MEMORY, |memory| memory.value)
    }

    /// The host's cores.
    pub fn cpus(&self) -> u64 {
        self.cpus.as_ref().map_or(default::CPUS, |cpus| cpus.value.0)
    }

    /// The host's disk.
    pub fn disk(&self) -> Bytes {
        self.disk.as_ref().map_or(default::DISK, |disk| disk.value)
    }

    /// What the stack is for.
    pub fn environment(&self) -> Environment {
        self.environment.as_ref().map_or(default::ENVIRONMENT, |environment| environment.value)
    }

    /// Where it runs.
    pub fn platform(&self) -> Platform {
        self.platform.as_ref().map_or(default::PLATFORM, |platform| platform.value)
    }
}

impl Data {
    /// Whether it must be encrypted on the wire.
    pub fn is_encrypted_in_transit(&self) -> bool {
        let stated = self.encryption.as_ref().and_then(|encryption| encryption.value.in_transit.as_ref());
        stated.is_some_and(|stated| stated.value)
    }

    /// Whether it must be encrypted on disk.
    pub fn is_encrypted_at_rest(&self) -> bool {
        let stated = self.encryption.as_ref().and_then(|encryption| encryption.value.at_rest.as_ref());
        stated.is_some_and(|stated| stated.value)
    }

    /// The flag as the file states it.
    pub fn stated(&self, flag: Flag) -> Option<&Placed<bool>> {
        match flag {
            Flag::NeedsTransactions => self.needs_transactions.as_ref(),
            Flag::ComplexRelations => self.complex_relations.as_ref(),
            Flag::RealTime => self.real_time.as_ref(),
            Flag::SearchHeavy => self.search_heavy.as_ref(),
            Flag::VectorSearch => self.vector_search.as_ref(),
            Flag::FullText => self.full_text.as_ref(),
            Flag::GraphRelations => self.graph_relations.as_ref(),
            Flag::TimeSeries => self.time_series.as_ref(),
            Flag::FlexibleSchema => self.flexible_schema.as_ref(),
            Flag::BinaryObjects => self.binary_objects.as_ref(),
            Flag::KeyLookup => self.key_lookup.as_ref(),
            Flag::Analytics => self.analytics.as_ref(),
            Flag::EventStream => self.event_stream.as_ref(),
            Flag::Geospatial => self.geospatial.as_ref(),
            Flag::WriteHeavy => self.write_heavy.as_ref(),
            Flag::AppendOnly => self.append_only.as_ref(),
            Flag::Queue => self.queue.as_ref(),
            Flag::Ranking => self.ranking.as_ref(),
            Flag::Embedded => self.embedded.as_ref(),
            Flag::OfflineSync => self.offline_sync.as_ref(),
            Flag::Coordination => self.coordination.as_ref(),
            Flag::PubSub => self.pub_sub.as_ref(),
            Flag::Metrics => self.metrics.as_ref(),
        }
    }

    /// The quantity as the file states it, in base units.
    pub fn quantity(&self, quantity: Quantity) -> Option<Placed<u64>> {
        fn of<T: Copy>(placed: Option<&Placed<T>>, base: impl Fn(T) -> u64) -> Option<Placed<u64>> {
            placed.map(|placed| Placed { value: base(placed.value), place: placed.place })
        }
        let bytes = |Bytes(bytes)| bytes;
        let count = |Count(count)| count;
        let rate = |rate: Rate| rate.per_day;
        match quantity {
            Quantity::DataSize => of(self.data_size.as_ref(), bytes),
            Quantity::ObjectSize => of(self.object_size.as_ref(), bytes),
            Quantity::RecordSize => of(self.record_size.as_ref(), bytes),
            Quantity::Records => of(self.records.as_ref(), count),
            Quantity::Series => of(self.series.as_ref(), count),
            Quantity::Vectors => of(self.vectors.as_ref(), count),
            Quantity::Dimension => of(self.dimension.as_ref(), count),
            Quantity::Reads => of(self.reads.as_ref(), rate),
            Quantity::Writes => of(self.writes.as_ref(), rate),
            Quantity::Connections => of(self.connections.as_ref(), count),
            Quantity::TraversalDepth => of(self.traversal_depth.as_ref(), count),
            Quantity::LatencyP99 => of(self.latency_p99.as_ref(), |Span(span)| span),
            Quantity::Retention => of(self.retention.as_ref(), |retention| match retention {
                Retention::For(Span(span)) => span,
                Retention::Forever => u64::MAX,
            }),
        }
    }
}
