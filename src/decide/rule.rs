//! The rules by which data goes to an engine that is there, and what counts as small.

use catalog::vocabulary::{Amount, Need, Quantity};
use smallvec::SmallVec;

use crate::requirements::FEW_HOPS;

/// Why data goes to an engine that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Transactions,
    OtherRelational,
    Operated,
    Family,
    Documents,
    Small(Small),
    VectorsInSearch,
}

/// What is small enough for an engine that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Small {
    Words,
    Vectors,
    Reports,
    Events,
    Hops,
    Files,
}

impl Rule {
    /// In one clause.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Transactions => "transactions go to the relational database that is there",
            Self::OtherRelational => "the team runs another relational database",
            Self::Operated => "the team runs another of its kind",
            Self::Family => "one of its kind is there",
            Self::Documents => "documents fit in the database that the team runs",
            Self::Small(Small::Words) => "few words can be searched in the database that is there",
            Self::Small(Small::Vectors) => "few vectors can stand beside their rows",
            Self::Small(Small::Reports) => "few records can be reported on in the database that is there",
            Self::Small(Small::Events) => "a table carries few events",
            Self::Small(Small::Hops) => "one or two hops are joins",
            Self::Small(Small::Files) => "files this small can stand beside their records",
            Self::VectorsInSearch => "the search engine that is there searches vectors, too",
        }
    }
}

const MB: u64 = 1 << 20;
pub(super) const GB: u64 = 1 << 30;
const TB: u64 = 1 << 40;

/// A rate in the unit of its quantity.
pub(super) fn a_second(events: u64) -> u64 {
    events.saturating_mul(Quantity::Writes.formula_unit())
}

impl Small {
    /// The amounts up to which it is small.
    pub(super) fn limits(self) -> SmallVec<[(Quantity, Amount); 3]> {
        let limits: &[(Quantity, u64)] = match self {
            Self::Words => &[(Quantity::Records, 5_000_000)],
            Self::Vectors => &[(Quantity::Vectors, 5_000_000)],
            Self::Reports => {
                &[(Quantity::DataSize, TB), (Quantity::Records, 2_000_000_000), (Quantity::Writes, a_second(1_000))]
            }
            Self::Events => &[(Quantity::Writes, a_second(1_000))],
            Self::Hops => &[(Quantity::TraversalDepth, FEW_HOPS)],
            Self::Files => &[(Quantity::ObjectSize, MB / 4), (Quantity::DataSize, 10 * GB)],
        };
        limits.iter().map(|(quantity, most)| (*quantity, Amount(*most))).collect()
    }

    /// Whether `scale: small` says so.
    pub(super) fn is_said_by_scale(self) -> bool {
        matches!(self, Self::Words | Self::Vectors | Self::Reports | Self::Events)
    }

    /// The need that there is little of.
    pub(super) fn need(self) -> Need {
        match self {
            Self::Words => Need::FullText,
            Self::Vectors => Need::VectorSearch,
            Self::Reports => Need::Analytics,
            Self::Events => Need::EventStream,
            Self::Hops => Need::GraphRelations,
            Self::Files => Need::BinaryObjects,
        }
    }

    /// Whether it moves also where nothing is stated, on an assumption.
    pub(super) fn moves_if_unknown(self) -> bool {
        matches!(self, Self::Words | Self::Vectors | Self::Reports)
    }
}
