//! The name of a rule.

use std::fmt;

/// The name of a rule that there is. Only the rules themselves make one: code that means a rule names its static, so that
/// a slip of the pen does not compile, and what people write is looked up with [`RuleId::find`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct RuleId(&'static str);

impl RuleId {
    pub(super) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The rule that a person named, if it is one of those that there are.
    pub fn find(name: &str, known: &[Self]) -> Option<Self> {
        known.iter().copied().find(|id| id.0 == name)
    }

    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
