//! A rule: what it is called, why it exists, how it looks when broken and when kept, and how it is checked.

use std::sync::Arc;

use super::level::{Group, Level};
use super::rule_id::RuleId;
use super::subject::{Comment, ComposeFile, Entry, StackFolder, System};
use super::violation::Violation;
use crate::source::Source;

/// Files that show a rule: their paths and texts, the one that the finding is in first. A path that ends in
/// `polyglot.yaml` is a requirements file, `compose.yaml` a compose file; others are what lies beside them.
pub type Example = &'static [(&'static str, &'static str)];

/// How a rule is checked; each is given what it looks at, and reads nothing else.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// A requirements file with what was decided.
    System(fn(&System<'_>, &mut Vec<Violation>)),
    /// A compose file, whoever wrote it.
    Compose(fn(&ComposeFile<'_>, &mut Vec<Violation>)),
    /// Both.
    Both {
        /// A requirements file with what was decided.
        system: fn(&System<'_>, &mut Vec<Violation>),
        /// A compose file.
        compose: fn(&ComposeFile<'_>, &mut Vec<Violation>),
    },
    /// The rendered folder of a requirements file.
    Stack(fn(&System<'_>, &StackFolder, &mut Vec<Violation>)),
    /// A comment that allows findings, after all other rules have been checked.
    Comment(fn(&Comment<'_>, &mut Vec<Violation>)),
    /// An entry of the baseline that no finding needs any more.
    Baseline(fn(&Entry, &Arc<Source>, &mut Vec<Violation>)),
    /// It is found while files are read.
    Reading,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, in kebab-case; the name of its file too.
    pub id: RuleId,
    /// What it is about.
    pub group: Group,
    /// How much its findings weigh; nothing for a rule that is off unless asked for.
    pub level: Option<Level>,
    /// What is wrong, in one sentence.
    pub summary: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// Where the reason, or a number in it, is from: an address; empty where it is arithmetic or judgement, which `why`
    /// then says.
    pub source: &'static str,
    /// Files that break it; the first is shown.
    pub bad: &'static [Example],
    /// Files close to those that do not; the first is shown.
    pub good: &'static [Example],
    /// How it is checked.
    pub check: Check,
    /// Whether it says nothing unless the day is known.
    pub needs_today: bool,
}

impl Rule {
    /// A rule without texts, to fill in the rest of.
    pub(super) const EMPTY: Self = Self {
        id: RuleId::new(""),
        group: Group::Linting,
        level: Some(Level::Warning),
        summary: "",
        why: "",
        source: "",
        bad: &[],
        good: &[],
        check: Check::Reading,
        needs_today: false,
    };
}
