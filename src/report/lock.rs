//! How a lock would change, for a person.

use std::fmt::Write as _;

use crate::lock::{Changed, Comparison, Difference, FieldChange};

/// What would change in a lock and why: a line for each kind of data, and beneath it what has changed in the file.
pub fn difference(path: &str, exists: bool, comparison: &Comparison) -> String {
    let mut text = String::new();
    if !exists {
        let _ = writeln!(text, "there is no {path} yet; `polyglot select --write` would record:");
    }
    for Changed { data, difference } in &comparison.changed {
        let _ = writeln!(text, "{}", line(data, difference));
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

fn line(data: &str, difference: &Difference) -> String {
    let join = |names: &[String]| names.join(" + ");
    match difference {
        Difference::Missing { now } => format!("+ {data}: {}", join(now)),
        Difference::Gone { locked } => format!("- {data}: {}", join(locked)),
        Difference::Stale { locked, now: None, .. } => format!("~ {data}: {}, decided on other grounds", join(locked)),
        Difference::Stale { locked, now: Some(now), .. } => format!("~ {data}: {} ▶ {}", join(locked), join(now)),
        Difference::Drifted { locked, now } => {
            let why = "its fields are as they were: the catalog, the policy, the tree, the host or other data changed";
            format!("~ {data}: {} ▶ {}\n    {why}", join(locked), join(now))
        }
    }
}

/// A changed field: `data_size: 20GB ▶ 2TB`.
pub fn field(FieldChange { field, before, now }: &FieldChange) -> String {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| String::from("not given"));
    format!("{field}: {} ▶ {}", shown(before), shown(now))
}

fn mark(field: &str, flipped_by: &[String]) -> &'static str {
    if flipped_by.iter().any(|flipped| flipped == field) { "   makes the difference" } else { "" }
}
