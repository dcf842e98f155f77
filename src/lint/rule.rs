//! A rule: what it is called, why it exists, how it looks when broken and when kept, and how it is checked.

use std::sync::Arc;

use catalog::Date;

use super::baseline::Entry;
use super::compose::ComposeFile;
use super::finding::Findings;
use super::stack::StackFolder;
use super::suppression::Suppression;
use super::system::System;
use crate::source::Source;

/// How much a finding weighs, lightest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Somebody should look.
    Warning,
    /// It is wrong.
    Error,
}

impl Level {
    /// The word for it, as SARIF has it too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What was asked.
    Requirements,
    /// What was chosen, and what the lock records.
    Decision,
    /// How the stores go together.
    Architecture,
    /// How they are run.
    Operations,
    /// Versions, licences and policy.
    Lifecycle,
    /// The rendered folder, and compose files that we did not write.
    Stack,
    /// The linting itself.
    Linting,
}

impl Group {
    /// Every group, in the order in which they are shown.
    pub const ALL: &[Self] = &[
        Self::Requirements,
        Self::Decision,
        Self::Architecture,
        Self::Operations,
        Self::Lifecycle,
        Self::Stack,
        Self::Linting,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Requirements => "requirements",
            Self::Decision => "decision",
            Self::Architecture => "architecture",
            Self::Operations => "operations",
            Self::Lifecycle => "lifecycle",
            Self::Stack => "stack",
            Self::Linting => "linting",
        }
    }
}

/// Files that show a rule: their paths and texts, the one that the finding is in first. A path that ends in
/// `polyglot.yaml` is a requirements file, `compose.yaml` a compose file; others are what lies beside them.
pub type Example = &'static [(&'static str, &'static str)];

/// How a rule is checked; each is given what it looks at, and reads nothing else.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// A requirements file with what was decided.
    System(fn(&System<'_>, &mut Findings<'_>)),
    /// A compose file, whoever wrote it.
    Compose(fn(&ComposeFile<'_>, &mut Findings<'_>)),
    /// The rendered folder of a requirements file.
    Stack(fn(&System<'_>, &StackFolder, &mut Findings<'_>)),
    /// A comment that allows findings, after all other rules have been checked.
    Comment(fn(&Suppression, &Arc<Source>, Option<Date>, &mut Findings<'_>)),
    /// An entry of the baseline that no finding needs any more.
    Baseline(fn(&Entry, &Arc<Source>, &mut Findings<'_>)),
    /// It is found while files are read.
    Reading,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, in kebab-case; the name of its file too.
    pub id: &'static str,
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
    pub const EMPTY: Self = Self {
        id: "",
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

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}
