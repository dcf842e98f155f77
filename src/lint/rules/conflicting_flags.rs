//! `conflicting-flags`

use catalog::units::{Bytes, Retention};
use catalog::vocabulary::{Consistency, Durability, Flag};

use super::prelude::*;
use crate::source::Place;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("conflicting-flags"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "A kind of data says two things that exclude each other.",
    why: "The first of them that the tree asks about decides, and the other one is ignored or met badly. Mostly they are \
          true of two kinds of data that share a name: a file and the record about it, a feed and the tables that it \
          fills. Which pairs exclude each other follows from what the fields mean.",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              basket:
                needs_transactions: true
                durability: cache
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              scans:
                kind: file
                complex_relations: true
                object_size: 4MB
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              pages: { durability: cache, retention: forever }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              jobs: { queue: true, event_stream: true, retention: 7d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              settings: { embedded: true, scale: multi_node }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              leases: { coordination: true, data_size: 40GB }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              basket:
                key_lookup: true
                durability: cache
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              scans: { kind: file, object_size: 4MB }
              scan_index: { complex_relations: true }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              thumbnails: { binary_objects: true, real_time: true, object_size: 8kB }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// What a kind of data can say.
#[derive(Debug, Clone, Copy)]
enum Says {
    Set(Flag),
    Files,
    IsCache,
    IsPrimary,
    IsEventual,
    IsStrong,
    Spreads,
    IsLarge,
    IsCopied,
    IsKeptForever,
}

/// More than the largest size that etcd advises for its store.
const LARGE: Bytes = Bytes(8 << 30);

/// Two things that cannot both be true, and why not.
struct Pair {
    one: Says,
    other: Says,
    why: &'static str,
}

static PAIRS: &[Pair] = &[
    Pair {
        one: Says::Set(Flag::NeedsTransactions),
        other: Says::IsCache,
        why: "what a transaction has written stays, and a cache may drop it at any moment",
    },
    Pair {
        one: Says::Set(Flag::NeedsTransactions),
        other: Says::IsEventual,
        why: "a transaction that reads what is behind decides on what no longer holds",
    },
    Pair {
        one: Says::Files,
        other: Says::Set(Flag::ComplexRelations),
        why: "files are fetched whole, by name; what is joined is a record about them",
    },
    Pair {
        one: Says::Files,
        other: Says::Set(Flag::RealTime),
        why: "reading and sending a file takes longer than the millisecond that `real_time` asks for",
    },
    Pair {
        one: Says::Set(Flag::EventStream),
        other: Says::Set(Flag::ComplexRelations),
        why: "a feed is read in its order; what is joined is a table that it fills",
    },
    Pair {
        one: Says::Set(Flag::Queue),
        other: Says::Set(Flag::EventStream),
        why: "a message of a queue is gone once one worker has done it, and an event stays for all that read it",
    },
    Pair {
        one: Says::Set(Flag::Queue),
        other: Says::Set(Flag::PubSub),
        why: "what is missed by all listeners is lost, and a message of a queue waits until it is acknowledged",
    },
    Pair {
        one: Says::Set(Flag::PubSub),
        other: Says::IsPrimary,
        why: "what nobody listens to is lost, so that it cannot be the only copy",
    },
    Pair {
        one: Says::Set(Flag::Embedded),
        other: Says::Spreads,
        why: "what is in the application's process has no second node",
    },
    Pair {
        one: Says::Set(Flag::OfflineSync),
        other: Says::Set(Flag::NeedsTransactions),
        why: "devices that merge later have written before anybody could refuse it",
    },
    Pair {
        one: Says::Set(Flag::OfflineSync),
        other: Says::IsStrong,
        why: "a device that is offline cannot see the latest write",
    },
    Pair {
        one: Says::Set(Flag::Coordination),
        other: Says::IsLarge,
        why: "leases and configuration are kept in memory on each node, and the store stops writing at 8 GB",
    },
    Pair {
        one: Says::Set(Flag::Coordination),
        other: Says::IsEventual,
        why: "two that read what is behind both take the lease",
    },
    Pair {
        one: Says::Set(Flag::Coordination),
        other: Says::IsCache,
        why: "a lease that may be lost at any moment is held by two",
    },
    Pair {
        one: Says::Set(Flag::AppendOnly),
        other: Says::IsCache,
        why: "what may be lost at any time is no record of what happened",
    },
    Pair {
        one: Says::Set(Flag::AppendOnly),
        other: Says::Set(Flag::Ranking),
        why: "a score changes all the time, and what is only added to never does",
    },
    Pair { one: Says::IsCache, other: Says::IsKeptForever, why: "what may be lost at any time is not kept forever" },
    Pair { one: Says::IsPrimary, other: Says::IsCopied, why: "the only copy has nothing that it can be rebuilt from" },
];

impl Says {
    /// Where a kind of data says it, if it does.
    fn place(self, kind: &Kind<'_>) -> Option<Place> {
        let data = kind.data;
        let consistency = |wanted| data.consistency.as_ref().filter(|stated| stated.value == wanted);
        let durability = |wanted| data.durability.as_ref().filter(|stated| stated.value == wanted);
        match self {
            Self::Set(flag) => kind.flag(flag).then(|| kind.flag_place(flag)),
            Self::Files => has_files(kind).then(|| kind.flag_place(Flag::BinaryObjects)),
            Self::IsCache => durability(Durability::Cache).map(|stated| stated.place),
            Self::IsPrimary => durability(Durability::Primary).map(|stated| stated.place),
            Self::IsEventual => consistency(Consistency::Eventual).map(|stated| stated.place),
            Self::IsStrong => consistency(Consistency::Strong).map(|stated| stated.place),
            Self::Spreads => {
                let spread = data.scale.as_ref().filter(|stated| stated.value.spreads());
                spread.map(|stated| stated.place)
            }
            Self::IsLarge => {
                let large = data.data_size.as_ref().filter(|stated| stated.value > LARGE);
                large.map(|stated| stated.place)
            }
            Self::IsCopied => data.source.as_ref().map(|stated| stated.place),
            Self::IsKeptForever => {
                let forever = data.retention.as_ref().filter(|stated| stated.value == Retention::Forever);
                forever.map(|stated| stated.place)
            }
        }
    }

    /// It in a sentence.
    fn quoted(self) -> String {
        match self {
            Self::Spreads | Self::IsLarge => self.text().to_owned(),
            _ => format!("`{}`", self.text()),
        }
    }

    /// It as the file says it.
    fn text(self) -> &'static str {
        match self {
            Self::Set(flag) => flag.name(),
            Self::Files => Flag::BinaryObjects.name(),
            Self::IsCache => "durability: cache",
            Self::IsPrimary => "durability: primary",
            Self::IsEventual => "consistency: eventual",
            Self::IsStrong => "consistency: strong",
            Self::Spreads => "a `scale` of several nodes",
            Self::IsLarge => "a `data_size` above 8GB",
            Self::IsCopied => "source",
            Self::IsKeptForever => "retention: forever",
        }
    }
}

/// Whether the objects are files, and not so small that they are as well kept in a record: the tree's own bound.
fn has_files(kind: &Kind<'_>) -> bool {
    const SMALL: u64 = 256 << 10;
    let small = kind.data.object_size.as_ref().is_some_and(|size| size.value.0 <= SMALL);
    kind.flag(Flag::BinaryObjects) && !small
}

/// The pairs that a kind of data breaks, each with where it says the one and the other.
fn conflicts<'k>(kind: &'k Kind<'_>) -> impl Iterator<Item = (&'static Pair, Place, Place)> + 'k {
    PAIRS.iter().filter_map(|pair| Some((pair, pair.one.place(kind)?, pair.other.place(kind)?)))
}

/// Whether a kind of data contradicts itself, so that what follows from it says nothing more.
pub(super) fn is_contradictory(kind: &Kind<'_>) -> bool {
    conflicts(kind).next().is_some()
}

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        for (pair, one, other) in conflicts(kind) {
            let message = format!("`{}` says both {} and {}", kind.name, pair.one.quoted(), pair.other.quoted());
            let violation = Violation::new(kind.about(), system.at(other, pair.why), message);
            let violation = violation.also(system.at(one, "and this"));
            violations.push(violation.help("take one of them away, or make two kinds of data of it"));
        }
    }
}
