//! The capacity as programs read it, wherever a document holds it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::{Capacity, Line, Resource};

/// What the databases need of the host.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Capacity")]
pub struct Document {
    /// Whether the host has what is needed. `tight`: it has less than is recommended, or what it has is assumed.
    #[schemars(extend("enum" = ["fits", "tight", "exceeds"]))]
    pub verdict: String,
    /// Its memory, with the operating system's part.
    pub memory: Share,
    /// Its disk.
    pub disk: Share,
    /// The smallest host that would do.
    pub smallest_host: SmallestHost,
    /// How long it takes until the disk is full, at the stated growth.
    pub full_in: Option<String>,
    /// The fields of `target` that the file does not state: nothing exceeds an assumption.
    pub assumed: Vec<String>,
    /// The fields that would have to be known to count all of the data.
    pub not_counted: Vec<String>,
}

/// What is asked of something that the host has, in bytes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CapacityResource")]
pub struct Share {
    /// Without so much the stack does not run: `render` refuses.
    pub needed: u64,
    /// With so much it runs well.
    pub recommended: u64,
    /// What the host has.
    pub available: u64,
    /// What adds up to it.
    pub lines: Vec<Asked>,
}

/// What an instance asks for, in bytes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CapacityLine")]
pub struct Asked {
    /// The instance, a service beside one, or the operating system.
    pub instance: String,
    /// What it needs.
    pub needed: u64,
    /// What it runs well with.
    pub recommended: u64,
    /// What it needs that for.
    pub why: String,
}

/// The smallest host that would do, as fields of `target`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SmallestHost {
    /// Its memory.
    pub memory: String,
    /// Its disk.
    pub disk: String,
}

impl Document {
    /// The document of a capacity.
    pub fn of(capacity: &Capacity) -> Self {
        let crate::plan::SmallestHost { memory, disk } = capacity.smallest_host();
        Self {
            verdict: capacity.verdict().to_string(),
            memory: Share::of(&capacity.memory),
            disk: Share::of(&capacity.disk),
            smallest_host: SmallestHost { memory, disk },
            full_in: capacity.full_in_words(),
            assumed: capacity.assumed().map(String::from).collect(),
            not_counted: capacity.not_counted.clone(),
        }
    }
}

impl Share {
    fn of(resource: &Resource) -> Self {
        Self {
            needed: resource.needed.0,
            recommended: resource.recommended.0,
            available: resource.available.0,
            lines: resource.lines.iter().map(Asked::of).collect(),
        }
    }
}

impl Asked {
    fn of(line: &Line) -> Self {
        Self {
            instance: line.instance.clone(),
            needed: line.needed.0,
            recommended: line.recommended.0,
            why: line.why.clone(),
        }
    }
}
