//! The capacity in words: one line for every report, and the arithmetic for a refusal.

use std::cmp::Reverse;
use std::fmt::Write as _;

use catalog::units::{Bytes, Span};

use super::{Capacity, CapacityVerdict, ELSEWHERE, Line, Resource};

const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;
const TB: u64 = 1 << 40;
const SMALL: u64 = 16 * GB;
const LARGE: u64 = 10 * TB;
const DAY: u64 = 86_400_000_000;
/// So many fields or instances are named, and the others counted.
const NAMED: usize = 3;

impl Capacity {
    /// The verdict with its figures: `too small: needs 96 GB of memory; this host has 64 GB`.
    pub fn summary(&self) -> String {
        let mut resources = self.resources().to_vec();
        resources.retain(|(_, resource)| resource.needed > Bytes(0));
        resources.sort_by_key(|(_, resource)| Reverse(resource.verdict()));
        let resources = resources.into_iter().map(|(field, resource)| resource.sentence(field));
        let notes = [self.full(), self.away(), self.missing()].into_iter().flatten();
        let verdict = match self.verdict() {
            CapacityVerdict::Exceeds => String::from("too small"),
            verdict => verdict.to_string(),
        };
        format!("{verdict}: {}", resources.chain(notes).collect::<Vec<_>>().join("; "))
    }

    fn full(&self) -> Option<String> {
        Some(format!("the disk is full in {} at the stated growth", age(self.full_in?)))
    }

    fn away(&self) -> Option<String> {
        let away = self.memory.lines.iter().filter(|line| line.why == ELSEWHERE).map(|line| line.instance.as_str());
        Some(format!("runs elsewhere: {}", named(&away.collect::<Vec<_>>())?))
    }

    fn missing(&self) -> Option<String> {
        Some(format!("not counted: {}", named(&self.not_counted)?))
    }

    /// How long it takes until the disk is full, for a person: `17 months`.
    pub fn full_in_words(&self) -> Option<String> {
        self.full_in.map(age)
    }

    /// Why the host is too small: the arithmetic, and the smallest that would do.
    pub fn refusal(&self) -> String {
        let exceeded = self.resources().into_iter().filter(|(_, one)| one.verdict() == CapacityVerdict::Exceeds);
        let mut text = String::new();
        for (name, resource) in exceeded {
            let _ = writeln!(text, "the stack needs more {name} than the host has");
            for row in resource.rows() {
                let _ = writeln!(text, "  {row}");
            }
            let (sum, has) = (resource.needed.rounded(), resource.available);
            let _ = writeln!(text, "  {sum:>9}  in all; the host has {has}");
        }
        let smallest = self.smallest_host();
        let _ = write!(text, "  the smallest host that would do has {} of memory", smallest.memory);
        if self.disk.needed > Bytes(0) {
            let _ = write!(text, " and {} of disk", smallest.disk);
        }
        text
    }

    /// The smallest host that would do, as fields of `target`.
    pub fn smallest_host(&self) -> SmallestHost {
        SmallestHost { memory: self.memory.smallest_written(), disk: self.disk.smallest_written() }
    }
}

/// The smallest host that would do, as fields of `target`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmallestHost {
    /// Its memory.
    pub memory: String,
    /// Its disk.
    pub disk: String,
}

impl Resource {
    fn sentence(&self, field: &str) -> String {
        let (needed, recommended, available) = (spaced(self.needed), spaced(self.recommended), spaced(self.available));
        match self.verdict() {
            CapacityVerdict::Exceeds => format!("needs {needed} of {field}; this host has {available}"),
            CapacityVerdict::Tight if self.needed > self.available => {
                format!("needs {needed} of {field}, {available} assumed; set `target.{field}`")
            }
            CapacityVerdict::Tight => format!("{field} {needed} of {}, {recommended} recommended", self.has()),
            CapacityVerdict::Fits => format!("{field} {needed} of {}", self.has()),
        }
    }

    /// What there is, and whether that is an assumption.
    fn has(&self) -> String {
        let assumed = if self.assumed { " (assumed)" } else { "" };
        format!("{}{assumed}", spaced(self.available))
    }

    /// What adds up to what is needed, a row each: `     9GB  redis: what has to be in memory`.
    pub fn rows(&self) -> impl Iterator<Item = String> {
        self.lines
            .iter()
            .filter(|line| line.needed > Bytes(0))
            .map(|Line { instance, needed, why, .. }| format!("{:>9}  {instance}: {why}", needed.rounded()))
    }

    /// The least that a host would have to have, as a person writes it: whole megabytes below 16 GB, whole gigabytes below
    /// 10 TB, else whole terabytes.
    pub fn smallest_written(&self) -> String {
        let unit = match self.smallest.0 {
            0..SMALL => MB,
            SMALL..LARGE => GB,
            _ => TB,
        };
        let rounded = Bytes(self.smallest.0.div_ceil(unit).saturating_mul(unit));
        if unit == MB { format!("{}MB", rounded.0.div_euclid(MB)) } else { rounded.to_string() }
    }
}

/// An amount to three digits, with a space before its unit.
fn spaced(bytes: Bytes) -> String {
    let text = bytes.rounded();
    let at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    format!("{number} {unit}")
}

/// The first of some names, and how many more there are; nothing where there is none.
fn named<Name: AsRef<str>>(names: &[Name]) -> Option<String> {
    let first: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(NAMED) {
        _ if names.is_empty() => None,
        0 => Some(first.join(", ")),
        more => Some(format!("{} and {more} more", first.join(", "))),
    }
}

/// A span as people count what lies ahead: in years, months or days.
fn age(Span(micros): Span) -> String {
    let days = micros.div_euclid(DAY);
    let (count, unit) = match days {
        0..60 => (days, "day"),
        60..730 => (days.div_euclid(30), "month"),
        _ => (days.div_euclid(365), "year"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
