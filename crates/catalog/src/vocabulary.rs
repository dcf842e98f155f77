//! The words that a requirement can use and that the catalog answers to: flags, quantities and classes.

use serde::{Deserialize, Serialize};

use crate::units::{Bytes, Count, Rate, Retention, Span, UnitError};

/// Declares an enumeration of words: its variants, all of them in order, and the name of each as it is written.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[doc = $doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every word, in the order in which they are shown.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word as it is written in a file.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What the word means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim_start()),+ }
            }

            /// The word that is written `name`.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// A yes-or-no property of a kind of data. One that is absent is false.
    Flag {
        /// Several changes must happen together or not at all.
        NeedsTransactions = "needs_transactions",
        /// Queries join many related tables.
        ComplexRelations = "complex_relations",
        /// Answers are needed within about a millisecond, while things happen.
        RealTime = "real_time",
        /// Most access is by search, not by key.
        SearchHeavy = "search_heavy",
        /// Search is by similarity of embeddings.
        VectorSearch = "vector_search",
        /// Search is by words in text, ranked by relevance.
        FullText = "full_text",
        /// Queries follow relationships over several hops.
        GraphRelations = "graph_relations",
        /// Records are measurements with a time, queried by time.
        TimeSeries = "time_series",
        /// Records differ in shape, and the shape changes often.
        FlexibleSchema = "flexible_schema",
        /// The data is files: images, video, archives.
        BinaryObjects = "binary_objects",
        /// Records are read and written whole, by one known key.
        KeyLookup = "key_lookup",
        /// Queries aggregate over many records and few columns.
        Analytics = "analytics",
        /// The data is a feed of events or jobs that others consume.
        EventStream = "event_stream",
        /// Queries are about places, distances and areas.
        Geospatial = "geospatial",
        /// Writes far outnumber reads, and come fast.
        WriteHeavy = "write_heavy",
        /// Records never change: an audit log, a ledger, an event store.
        AppendOnly = "append_only",
        /// Each message is worked on once, by one worker, and acknowledged.
        Queue = "queue",
        /// Records are ordered by a score that changes all the time.
        Ranking = "ranking",
        /// It lives inside the application's process or on a device, without a server.
        Embedded = "embedded",
        /// Devices write while they are offline, and merge later.
        OfflineSync = "offline_sync",
        /// Small configuration, leases, leader election: linearizable, and watched.
        Coordination = "coordination",
        /// Messages go to whoever listens at that moment; what is missed is lost.
        PubSub = "pub_sub",
        /// Operational metrics of machines and services, labelled, kept for weeks.
        Metrics = "metrics",
    }
}

words! {
    /// How much of what. A quantity that is absent is unknown, and nothing is decided on it.
    Quantity {
        /// Size of the data today.
        DataSize = "data_size",
        /// Size of one stored object or file.
        ObjectSize = "object_size",
        /// Mean size of one record.
        RecordSize = "record_size",
        /// How many records there are.
        Records = "records",
        /// How many distinct time series there are.
        Series = "series",
        /// How many embeddings there are.
        Vectors = "vectors",
        /// How many dimensions an embedding has.
        Dimension = "dimension",
        /// Reads in a stretch of time.
        Reads = "reads",
        /// Writes in a stretch of time.
        Writes = "writes",
        /// Clients connected at the same time.
        Connections = "connections",
        /// Hops that a graph query follows.
        TraversalDepth = "traversal_depth",
        /// The time within which 99 of 100 requests are answered.
        LatencyP99 = "latency_p99",
        /// How long the data is kept.
        Retention = "retention",
    }
}

words! {
    /// What becomes of the rest of the system when the data is lost.
    Durability {
        /// The system of record: it exists nowhere else.
        Primary = "primary",
        /// A copy that can be rebuilt from its source.
        Derived = "derived",
        /// May be lost at any time.
        Cache = "cache",
    }
}

words! {
    /// What a reader may see after a write.
    Consistency {
        /// Each read sees the latest acknowledged write.
        Strong = "strong",
        /// A read may be a little behind.
        Eventual = "eventual",
    }
}

words! {
    /// How far the data spreads.
    Scale {
        /// A solo project or a small team's product.
        Small = "small",
        /// One server carries it.
        SingleNode = "single_node",
        /// It needs several servers.
        MultiNode = "multi_node",
        /// It needs servers in several regions.
        MultiRegion = "multi_region",
    }
}

words! {
    /// How tenants are kept apart.
    Tenancy {
        /// They share tables and must not see each other's rows.
        Row = "row",
        /// Each has a schema of its own.
        Schema = "schema",
        /// Each has a database of its own.
        Database = "database",
    }
}

words! {
    /// Where the stack runs: whether managed services may be proposed.
    Platform {
        /// On machines of one's own; nothing managed is proposed.
        SelfHosted = "self_hosted",
        /// On Amazon Web Services.
        Aws = "aws",
        /// On Google Cloud.
        Gcp = "gcp",
        /// On Microsoft Azure.
        Azure = "azure",
    }
}

words! {
    /// What a database can be asked for: every flag, and the classes that not every database offers.
    Need {
        /// See [`Flag::NeedsTransactions`].
        NeedsTransactions = "needs_transactions",
        /// See [`Flag::ComplexRelations`].
        ComplexRelations = "complex_relations",
        /// See [`Flag::RealTime`].
        RealTime = "real_time",
        /// See [`Flag::SearchHeavy`].
        SearchHeavy = "search_heavy",
        /// See [`Flag::VectorSearch`].
        VectorSearch = "vector_search",
        /// See [`Flag::FullText`].
        FullText = "full_text",
        /// See [`Flag::GraphRelations`].
        GraphRelations = "graph_relations",
        /// See [`Flag::TimeSeries`].
        TimeSeries = "time_series",
        /// See [`Flag::FlexibleSchema`].
        FlexibleSchema = "flexible_schema",
        /// See [`Flag::BinaryObjects`].
        BinaryObjects = "binary_objects",
        /// See [`Flag::KeyLookup`].
        KeyLookup = "key_lookup",
        /// See [`Flag::Analytics`].
        Analytics = "analytics",
        /// See [`Flag::EventStream`].
        EventStream = "event_stream",
        /// See [`Flag::Geospatial`].
        Geospatial = "geospatial",
        /// See [`Flag::WriteHeavy`].
        WriteHeavy = "write_heavy",
        /// See [`Flag::AppendOnly`].
        AppendOnly = "append_only",
        /// See [`Flag::Queue`].
        Queue = "queue",
        /// See [`Flag::Ranking`].
        Ranking = "ranking",
        /// See [`Flag::Embedded`].
        Embedded = "embedded",
        /// See [`Flag::OfflineSync`].
        OfflineSync = "offline_sync",
        /// See [`Flag::Coordination`].
        Coordination = "coordination",
        /// See [`Flag::PubSub`].
        PubSub = "pub_sub",
        /// See [`Flag::Metrics`].
        Metrics = "metrics",
        /// Being the only copy: [`Durability::Primary`].
        DurabilityPrimary = "durability_primary",
        /// Dropping what is old or large by itself: [`Durability::Cache`].
        DurabilityCache = "durability_cache",
        /// [`Consistency::Strong`].
        ConsistencyStrong = "consistency_strong",
        /// [`Scale::MultiNode`].
        ScaleMultiNode = "scale_multi_node",
        /// [`Scale::MultiRegion`].
        ScaleMultiRegion = "scale_multi_region",
        /// [`Tenancy::Row`].
        TenancyRow = "tenancy_row",
    }
}

words! {
    /// How a relational store is used, which its tuning follows.
    Workload {
        /// Many short requests of a web application.
        Web = "web",
        /// Many short transactions.
        Oltp = "oltp",
        /// A data warehouse: few, long queries.
        Dw = "dw",
        /// Some of each.
        Mixed = "mixed",
        /// One user's machine.
        Desktop = "desktop",
    }
}

words! {
    /// Who must not see the data.
    Sensitivity {
        /// Anybody may.
        Public = "public",
        /// People of the organisation may.
        Internal = "internal",
        /// It says something about a person.
        Pii = "pii",
        /// Keys, passwords, trade secrets.
        Secret = "secret",
    }
}

words! {
    /// How a derived copy is fed from its source.
    Sync {
        /// The application writes both.
        Application = "application",
        /// The application writes an outbox table, and a relay reads it.
        Outbox = "outbox",
        /// Change data capture reads the source's log.
        Cdc = "cdc",
        /// A job copies now and then.
        Batch = "batch",
    }
}

words! {
    /// What a disk is made of.
    Storage {
        /// A spinning disk.
        Hdd = "hdd",
        /// A solid-state disk.
        Ssd = "ssd",
        /// A storage network.
        San = "san",
        /// A solid-state disk on PCI Express.
        Nvme = "nvme",
    }
}

words! {
    /// What the stack is for.
    Environment {
        /// A developer's machine.
        Development = "development",
        /// A rehearsal.
        Staging = "staging",
        /// The real thing.
        Production = "production",
    }
}

words! {
    /// How the distance of two embeddings is measured.
    DistanceMetric {
        /// The angle between them.
        Cosine = "cosine",
        /// The straight line between them.
        L2 = "l2",
        /// The inner product.
        Ip = "ip",
    }
}

words! {
    /// The structures of an in-memory store.
    DataStructure {
        /// Plain values.
        Strings = "strings",
        /// Objects of fields.
        Hashes = "hashes",
        /// Queues and stacks.
        Lists = "lists",
        /// Unordered unique members.
        Sets = "sets",
        /// Members ranked by a score.
        SortedSets = "sorted_sets",
        /// Append-only logs with consumer groups.
        Streams = "streams",
    }
}

impl Flag {
    /// What a database is asked for by this flag.
    pub fn need(self) -> Need {
        match self {
            Self::NeedsTransactions => Need::NeedsTransactions,
            Self::ComplexRelations => Need::ComplexRelations,
            Self::RealTime => Need::RealTime,
            Self::SearchHeavy => Need::SearchHeavy,
            Self::VectorSearch => Need::VectorSearch,
            Self::FullText => Need::FullText,
            Self::GraphRelations => Need::GraphRelations,
            Self::TimeSeries => Need::TimeSeries,
            Self::FlexibleSchema => Need::FlexibleSchema,
            Self::BinaryObjects => Need::BinaryObjects,
            Self::KeyLookup => Need::KeyLookup,
            Self::Analytics => Need::Analytics,
            Self::EventStream => Need::EventStream,
            Self::Geospatial => Need::Geospatial,
            Self::WriteHeavy => Need::WriteHeavy,
            Self::AppendOnly => Need::AppendOnly,
            Self::Queue => Need::Queue,
            Self::Ranking => Need::Ranking,
            Self::Embedded => Need::Embedded,
            Self::OfflineSync => Need::OfflineSync,
            Self::Coordination => Need::Coordination,
            Self::PubSub => Need::PubSub,
            Self::Metrics => Need::Metrics,
        }
    }
}

impl Need {
    /// The field of a requirements file that asks for it.
    pub fn field(self) -> &'static str {
        match self {
            Self::DurabilityPrimary | Self::DurabilityCache => "durability",
            Self::ConsistencyStrong => "consistency",
            Self::ScaleMultiNode | Self::ScaleMultiRegion => "scale",
            Self::TenancyRow => "tenancy",
            flag => flag.name(),
        }
    }

    /// The field's value that asks for it.
    pub fn value(self) -> &'static str {
        match self {
            Self::DurabilityPrimary => Durability::Primary.name(),
            Self::DurabilityCache => Durability::Cache.name(),
            Self::ConsistencyStrong => Consistency::Strong.name(),
            Self::ScaleMultiNode => Scale::MultiNode.name(),
            Self::ScaleMultiRegion => Scale::MultiRegion.name(),
            Self::TenancyRow => Tenancy::Row.name(),
            _ => "true",
        }
    }

    /// Whether it is met by a feature that has a name, an extension or an index, and not by how the database works.
    pub fn is_feature(self) -> bool {
        matches!(
            self,
            Self::SearchHeavy
                | Self::VectorSearch
                | Self::FullText
                | Self::GraphRelations
                | Self::TimeSeries
                | Self::FlexibleSchema
                | Self::EventStream
                | Self::Geospatial
                | Self::Queue
                | Self::PubSub
                | Self::TenancyRow
        )
    }
}

impl Durability {
    /// What a database is asked for by this durability; nothing where any database will do.
    pub fn need(self) -> Option<Need> {
        match self {
            Self::Primary => Some(Need::DurabilityPrimary),
            Self::Cache => Some(Need::DurabilityCache),
            Self::Derived => None,
        }
    }
}

impl Consistency {
    /// What a database is asked for by this consistency.
    pub fn need(self) -> Option<Need> {
        (self == Self::Strong).then_some(Need::ConsistencyStrong)
    }
}

impl Tenancy {
    /// What a database is asked for by this tenancy; nothing where tenants share no table.
    pub fn need(self) -> Option<Need> {
        (self == Self::Row).then_some(Need::TenancyRow)
    }
}

impl Scale {
    /// What a database is asked for by this scale.
    pub fn need(self) -> Option<Need> {
        match self {
            Self::Small | Self::SingleNode => None,
            Self::MultiNode => Some(Need::ScaleMultiNode),
            Self::MultiRegion => Some(Need::ScaleMultiRegion),
        }
    }

    /// Whether one server is not enough.
    pub fn spreads(self) -> bool {
        matches!(self, Self::MultiNode | Self::MultiRegion)
    }
}

words! {
    /// How data comes in, which a bound can depend on besides needs.
    Manner {
        /// Records are written many at a time.
        Batched = "batched",
        /// Clients come through a pooler.
        Pooled = "pooled",
    }
}

/// What a bound can depend on: a set of needs and manners.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Facts(u32);

impl Facts {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// One word, as a file writes it.
    pub fn named(name: &str) -> Option<Self> {
        let need = Need::named(name).map(Self::from);
        need.or_else(|| Manner::named(name).map(Self::from))
    }

    /// What a set of flags asks for, each flag the bit of its place in the vocabulary, which is its need's place, too.
    pub fn of_flags(bits: u32) -> Self {
        Self(bits)
    }

    /// Some needs.
    pub const fn of_needs(needs: &[Need]) -> Self {
        let (mut bits, mut place) = (0, 0);
        while place < needs.len() {
            bits |= 1 << needs[place] as u32;
            place += 1;
        }
        Self(bits)
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is not in another.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of it is in another.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether something is in both.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is nothing in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a need is in it.
    pub fn has(self, need: Need) -> bool {
        self.meets(Self::from(need))
    }

    /// How many there are.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The needs in it, in the order of the vocabulary.
    pub fn needs(self) -> impl Iterator<Item = Need> {
        let Self(mut left) = self;
        std::iter::from_fn(move || {
            let first = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            Need::ALL.get(first as usize).copied()
        })
    }

    /// The words in it, needs first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let manners = Manner::ALL.iter().filter(move |manner| self.meets(Self::from(**manner)));
        self.needs().map(Need::name).chain(manners.map(|manner| manner.name()))
    }
}

impl From<Need> for Facts {
    fn from(need: Need) -> Self {
        Self(bit(need as usize))
    }
}

impl From<Manner> for Facts {
    fn from(manner: Manner) -> Self {
        Self(bit(Need::ALL.len().saturating_add(manner as usize)))
    }
}

impl FromIterator<Need> for Facts {
    fn from_iter<I: IntoIterator<Item = Need>>(needs: I) -> Self {
        needs.into_iter().fold(Self::NONE, |all, need| all.and(need.into()))
    }
}

fn bit(place: usize) -> u32 {
    u32::try_from(place).ok().and_then(|place| 1u32.checked_shl(place)).unwrap_or(0)
}

/// The value of a quantity: a whole number of its base unit, which is bytes, pieces, events a day or microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Amount(pub u64);

impl Amount {
    /// More than any other: a retention of `forever`.
    pub const ENDLESS: Self = Self(u64::MAX);
}

impl Quantity {
    /// Whether what one instance holds is the sum over the kinds of data that it serves.
    pub fn adds_up(self) -> bool {
        matches!(
            self,
            Self::DataSize
                | Self::Records
                | Self::Series
                | Self::Vectors
                | Self::Reads
                | Self::Writes
                | Self::Connections
        )
    }

    /// Whether the demand grows as the figure falls: a latency of 1 ms asks for more than one of 10 ms.
    pub fn is_harder_when_smaller(self) -> bool {
        self == Self::LatencyP99
    }

    /// Reads an amount as a person writes it.
    ///
    /// # Errors
    /// Says what was expected where the text is none.
    pub fn parse(self, text: &str) -> Result<Amount, UnitError> {
        Ok(Amount(match self {
            Self::DataSize | Self::ObjectSize | Self::RecordSize => text.parse::<Bytes>()?.0,
            Self::Reads | Self::Writes => text.parse::<Rate>()?.per_day,
            Self::LatencyP99 => text.parse::<Span>()?.0,
            Self::Retention => match text.parse::<Retention>()? {
                Retention::For(span) => span.0,
                Retention::Forever => return Ok(Amount::ENDLESS),
            },
            Self::Records
            | Self::Series
            | Self::Vectors
            | Self::Dimension
            | Self::Connections
            | Self::TraversalDepth => text.parse::<Count>()?.0,
        }))
    }

    /// Prints an amount so that [`Quantity::parse`] reads it back.
    pub fn print(self, amount: Amount) -> String {
        match self {
            Self::DataSize | Self::ObjectSize | Self::RecordSize => Bytes(amount.0).to_string(),
            Self::Reads | Self::Writes => Rate { per_day: amount.0 }.to_string(),
            Self::Retention if amount == Amount::ENDLESS => Retention::Forever.to_string(),
            Self::LatencyP99 | Self::Retention => Span(amount.0).to_string(),
            Self::Records
            | Self::Series
            | Self::Vectors
            | Self::Dimension
            | Self::Connections
            | Self::TraversalDepth => Count(amount.0).to_string(),
        }
    }

    /// Prints an amount for a person, to three digits.
    pub fn show(self, amount: Amount) -> String {
        match self {
            Self::DataSize | Self::ObjectSize | Self::RecordSize => Bytes(amount.0).rounded(),
            Self::Reads | Self::Writes => Rate { per_day: amount.0 }.rounded(),
            Self::Retention if amount == Amount::ENDLESS => Retention::Forever.to_string(),
            Self::LatencyP99 | Self::Retention => Span(amount.0).rounded(),
            Self::Records
            | Self::Series
            | Self::Vectors
            | Self::Dimension
            | Self::Connections
            | Self::TraversalDepth => Count(amount.0).rounded(),
        }
    }

    /// How many base units one formula unit is: formulas speak of bytes, pieces, events a second and microseconds.
    pub fn formula_unit(self) -> u64 {
        match self {
            Self::Reads | Self::Writes => Rate::per_second(1).per_day,
            _ => 1,
        }
    }

    /// The smallest step that a person would write: a rate changes by one a second, all else by one base unit.
    pub fn step(self) -> u64 {
        self.formula_unit()
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Flag, Manner, Need, Quantity};

    #[test]
    fn every_word_has_a_place_of_its_own_among_the_facts() {
        let words = Need::ALL.iter().map(|need| need.name()).chain(Manner::ALL.iter().map(|manner| manner.name()));
        let all = words.clone().map(|word| Facts::named(word).expect("a word")).fold(Facts::NONE, Facts::and);
        assert_eq!(all.count() as usize, words.clone().count());
        assert_eq!(all.names().collect::<Vec<_>>(), words.collect::<Vec<_>>());
        assert_eq!(Facts::named("nothing"), None);
    }

    #[test]
    fn a_flag_stands_where_its_need_does() {
        for flag in Flag::ALL {
            assert_eq!(Facts::of_flags(1 << (*flag as u32)), Facts::from(flag.need()));
        }
    }

    #[test]
    fn a_flag_and_its_need_share_a_name() {
        for flag in Flag::ALL {
            assert_eq!(flag.name(), flag.need().name());
            assert_eq!(Need::named(flag.name()), Some(flag.need()));
        }
    }

    #[test]
    fn an_amount_prints_as_it_reads() {
        for (quantity, text) in [
            (Quantity::DataSize, "20GB"),
            (Quantity::Writes, "10k/s"),
            (Quantity::LatencyP99, "5ms"),
            (Quantity::Retention, "forever"),
            (Quantity::Vectors, "1_200_001"),
        ] {
            let amount = quantity.parse(text).expect("a good amount");
            assert_eq!(quantity.print(amount), text);
        }
    }
}
