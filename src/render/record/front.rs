//! The front matter of a record: what programs read of it.

use catalog::DatabaseRef;

use std::fmt::{self, Write as _};

use crate::render::write::part::body_of;

/// The name of the part that holds it.
pub(super) const PART: &str = "record";

/// What became of a decision, in the words of MADR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Nothing records yet that it was accepted.
    Proposed,
    /// The lock records it.
    Accepted,
    /// What it was about is gone.
    Deprecated,
    /// The record of this number has taken its place.
    Superseded(u32),
    /// Something that we would not write.
    Other(String),
}

/// What a record says to programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// What became of the decision.
    pub status: Status,
    /// The day of the decision.
    pub date: Option<String>,
    /// The kind of data that it is about.
    pub data: String,
    /// The databases, as a lock names them: `postgresql@18`.
    pub databases: Vec<String>,
}

impl Status {
    /// Whether the decision still holds, or may.
    pub fn is_in_force(&self) -> bool {
        !matches!(self, Self::Deprecated | Self::Superseded(_))
    }

    /// The status that is written so.
    pub(super) fn of(text: &str) -> Self {
        let number = |text: &str| text.strip_prefix("superseded by ADR-")?.parse().ok();
        match text {
            "proposed" => Self::Proposed,
            "accepted" => Self::Accepted,
            "deprecated" => Self::Deprecated,
            other => number(other).map_or_else(|| Self::Other(other.to_owned()), Self::Superseded),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proposed => f.write_str("proposed"),
            Self::Accepted => f.write_str("accepted"),
            Self::Deprecated => f.write_str("deprecated"),
            Self::Superseded(number) => write!(f, "superseded by ADR-{number:04}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl Front {
    /// What a record says; nothing where a text is no record of ours.
    pub fn read(text: &str) -> Option<Self> {
        let body = body_of(text, PART)?;
        let value = |key: &str| body.lines().find_map(|line| value(line, key));
        let databases = value("databases")?.strip_prefix('[')?.strip_suffix(']')?;
        let databases = databases.split(',').map(|name| unquoted(name.trim()).to_owned());
        Some(Self {
            status: Status::of(value("status")?),
            date: value("date").map(str::to_owned),
            data: value("data")?.to_owned(),
            databases: databases.filter(|name| !name.is_empty()).collect(),
        })
    }

    /// The lines of the front matter.
    pub(super) fn body(&self) -> String {
        let mut body = format!("status: {}\n", self.status);
        if let Some(date) = &self.date {
            let _ = writeln!(body, "date: {date}");
        }
        let databases: Vec<String> = self.databases.iter().map(|name| format!("{name:?}")).collect();
        let _ = writeln!(body, "polyglot:\n  data: {:?}\n  databases: [{}]", self.data, databases.join(", "));
        body
    }

    /// Whether another record has taken its place.
    pub fn is_superseded(&self) -> bool {
        matches!(self.status, Status::Superseded(_))
    }

    /// The databases without their versions.
    pub fn ids(&self) -> Vec<&str> {
        self.databases.iter().map(|name| DatabaseRef::parse(name).id).collect()
    }
}

/// The value of a key, if the line gives it.
pub(super) fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let value = line.trim().strip_prefix(key)?.strip_prefix(':')?;
    Some(unquoted(value.trim()))
}

fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}
