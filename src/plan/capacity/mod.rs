//! The capacity: what a selection needs of its host, what it runs well with, and what there is.
//!
//! The placement computes it once. `needed` is what a refusal is about: the minimum of every service, or what it has to
//! hold in memory, and the data on disk. `recommended` adds caches, working sets and the room that has to stay free. What
//! the file does not say of the host is assumed, and nothing exceeds an assumption.

mod dataset;
mod growth;
mod memory;
mod storage;
mod wording;

use std::fmt;

use catalog::units::{Bytes, Span};

pub(super) use dataset::Dataset;
pub(super) use growth::full_in;
pub use wording::SmallestHost;

const ELSEWHERE: &str = "runs elsewhere: not counted on this host";

/// What a selection needs of its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// Its memory, with the operating system's part.
    pub memory: Resource,
    /// Its disk.
    pub disk: Resource,
    /// How long it takes at the stated growth until the disk is full.
    pub full_in: Option<Span>,
    /// The fields that would have to be known to count all of the data.
    pub not_counted: Vec<String>,
}

/// What there is of something, and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Without so much it does not run.
    pub needed: Bytes,
    /// With so much it runs well.
    pub recommended: Bytes,
    /// What the host has.
    pub available: Bytes,
    /// Whether that is an assumption, because the file does not say it.
    pub assumed: bool,
    /// The least that a host would have to have.
    pub smallest: Bytes,
    /// What adds up to it.
    pub lines: Vec<Line>,
}

/// What an instance asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The instance, a service beside one, or the operating system.
    pub instance: String,
    /// What it needs.
    pub needed: Bytes,
    /// What it runs well with.
    pub recommended: Bytes,
    /// What it needs that for.
    pub why: String,
}

/// Whether a host has what is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CapacityVerdict {
    /// It has what is recommended.
    Fits,
    /// It has what is needed, and less than is recommended; or nobody knows what it has.
    Tight,
    /// It has less than is needed.
    Exceeds,
}

impl fmt::Display for CapacityVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fits => "fits",
            Self::Tight => "tight",
            Self::Exceeds => "exceeds",
        })
    }
}

impl Capacity {
    /// The worse of the two.
    pub fn verdict(&self) -> CapacityVerdict {
        self.memory.verdict().max(self.disk.verdict())
    }

    /// Whether the host has what is needed, or nobody knows.
    pub fn is_enough(&self) -> bool {
        self.verdict() < CapacityVerdict::Exceeds
    }

    /// Takes note of services that run elsewhere.
    pub(super) fn add_elsewhere(&mut self, instances: &[String]) {
        let lines = || {
            instances.iter().map(|instance| Line {
                instance: instance.clone(),
                needed: Bytes(0),
                recommended: Bytes(0),
                why: String::from(ELSEWHERE),
            })
        };
        self.memory.lines.extend(lines());
        self.disk.lines.extend(lines());
    }

    /// What the host has by assumption, as fields of `target`.
    pub fn assumed(&self) -> impl Iterator<Item = &'static str> {
        self.resources().into_iter().filter(|(_, resource)| resource.assumed).map(|(field, _)| field)
    }

    /// Each resource under the name of its field in `target`.
    pub fn resources(&self) -> [(&'static str, &Resource); 2] {
        [("memory", &self.memory), ("disk", &self.disk)]
    }
}

impl Resource {
    /// Whether the host has what is needed.
    pub fn verdict(&self) -> CapacityVerdict {
        match self.needed > self.available {
            true if self.assumed => CapacityVerdict::Tight,
            true => CapacityVerdict::Exceeds,
            false if self.recommended > self.available => CapacityVerdict::Tight,
            false => CapacityVerdict::Fits,
        }
    }

    /// What is planned with: what there is, and at least the smallest that would do where that is an assumption.
    pub(super) fn planned(&self) -> Bytes {
        if self.assumed { self.available.max(self.smallest) } else { self.available }
    }
}

/// What a host has of something, as the file says it or by assumption.
#[derive(Debug, Clone, Copy)]
pub(super) struct Available {
    pub(super) bytes: Bytes,
    pub(super) assumed: bool,
}
