//! How a lock would change, for a person.

use std::fmt::Write as _;

use catalog::vocabulary::Flag;

use crate::lock::{Changed, Comparison, Difference, FieldChange};

/// How the answer that a lock is compared with was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As that of the lock.
    Same,
    /// For each dataset alone, and that of the lock for all together.
    NoLongerTogether,
    /// For all together, and that of the lock for each dataset alone.
    NowTogether,
}

/// What would change in a lock and why: a line for each kind of data, and beneath it what has changed in the file.
pub fn difference(path: &str, exists: bool, method: Method, comparison: &Comparison) -> String {
    let mut text = String::new();
    if !exists {
        let _ = writeln!(text, "there is no {path} yet; `polyglot select --write` would record:");
    }
    for Changed { data, difference } in &comparison.changed {
        let _ = writeln!(text, "{}", line(data, difference, method));
        if let Difference::Stale { fields, flipped_by, .. } = difference {
            for change in fields {
                let _ = writeln!(text, "    {}{}", field(change), mark(&change.field, flipped_by));
            }
        }
    }
    if comparison.changed.is_empty() {
        let _ = writeln!(text, "{path} is up to date");
    }
    text
}

fn line(data: &str, difference: &Difference, method: Method) -> String {
    let join = |names: &[String]| names.join(" + ");
    match difference {
        Difference::Missing { now } => format!("+ {data}: {}", join(now)),
        Difference::Gone { locked } => format!("- {data}: {}", join(locked)),
        Difference::Stale { locked, now: None, .. } => format!("~ {data}: {}, decided on other grounds", join(locked)),
        Difference::Stale { locked, now: Some(now), .. } => format!("~ {data}: {} ▶ {}", join(locked), join(now)),
        Difference::Drifted { locked, now } => {
            let why = match method {
                Method::Same => {
                    "its fields are as they were: the catalog, the policy, the tree, the host or other data changed"
                }
                Method::NoLongerTogether => {
                    "the lock records a portfolio, decided for all datasets together; this is the best for each alone"
                }
                Method::NowTogether => {
                    "the lock records the best for each dataset alone; this is a portfolio, decided for all together"
                }
            };
            format!("~ {data}: {} ▶ {}\n    {why}", join(locked), join(now))
        }
    }
}

/// A changed field: `data_size: 20GB ▶ 2TB`.
pub fn field(FieldChange { field, before, now }: &FieldChange) -> String {
    // A flag that is not given is false, and one that is false stands in no lock.
    let absent = if Flag::named(field).is_some() { "false" } else { "not given" };
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| String::from(absent));
    format!("{field}: {} ▶ {}", shown(before), shown(now))
}

fn mark(field: &str, flipped_by: &[String]) -> &'static str {
    if flipped_by.iter().any(|flipped| flipped == field) { "   makes the difference" } else { "" }
}
