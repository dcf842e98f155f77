//! The linter: rules, each a file of its own, look at a requirements file with its decision, lock and rendered folder,
//! and at compose files, and report what they find.
//!
//! A rule sees a `subject` and pushes [`Violation`]s, which know no rule. [`check_system`] and its like run the rules of
//! the `registry` and make each violation a [`Finding`] of its rule, at the level that polyglot.toml gives; comments and
//! the baseline then take out what does not count.

mod baseline;
mod findings;
mod fix;
mod level;
mod levels;
mod registry;
mod rule;
mod rule_id;
pub(crate) mod rules;
mod run;
mod subject;
mod violation;
mod walk;

pub use baseline::{Baseline, BaselineError};
pub use findings::{Finding, Outcome, Suppressed};
pub use fix::apply;
pub use level::{Group, Level};
pub use levels::Levels;
pub use registry::{IDS, RULES, rule};
pub use rule::{Check, Example, Rule};
pub use rule_id::RuleId;
pub use run::{check_baseline, check_compose, check_system, unreadable};
pub use subject::{
    Comment, ComposeFile, Differing, Entry, Kind, Locked, Mounted, Named, Record, StackFolder, Suppression, System,
    Until,
};
pub use violation::{Edit, Fix, Location, Violation};
pub use walk::{Found, FoundKind, is_compose, walk};

/// The name of the baseline's file.
pub const BASELINE_FILE: &str = baseline::FILE;
