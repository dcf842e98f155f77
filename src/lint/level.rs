//! How much a finding weighs, and what a rule is about.

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
    /// How the databases go together.
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
