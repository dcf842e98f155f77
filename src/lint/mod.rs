//! The linter: rules, each a file of its own, look at a requirements file with its decision, lock and rendered folder,
//! and at compose files, and report what they find.

mod baseline;
mod compose;
mod finding;
mod fix;
mod judge;
mod known;
mod levels;
mod rule;
pub mod rules;
mod settings;
mod stack;
mod suppression;
mod system;
mod walk;

pub use baseline::{Baseline, BaselineError, Entry};
pub use compose::{ComposeFile, Mounted};
pub use finding::{Edit, Finding, Findings, Fix, Remark, Spot};
pub use fix::apply;
pub use judge::{Judged, Suppressed, judge_compose, judge_system, unreadable};
pub use levels::Levels;
pub use rule::{Check, Example, Group, Level, Rule};
pub use rules::{RULES, rule};
pub use stack::{Differing, StackFolder};
pub use suppression::{Named, Suppression, Until};
pub use system::{Kind, Locked, Record, System};
pub use walk::{Found, FoundKind, is_compose, walk};

/// The name of the baseline's file.
pub fn baseline_file() -> &'static str {
    baseline::FILE
}
