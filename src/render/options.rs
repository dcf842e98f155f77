//! What is to be rendered, and how.

use catalog::Family;

/// Which files are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The compose file and all that it mounts.
    pub compose: bool,
    /// The tuned configurations.
    pub tuning: bool,
    /// The init scripts.
    pub init: bool,
}

impl Wish {
    /// Everything.
    pub const ALL: Self = Self { compose: true, tuning: true, init: true };
    /// Nothing of the stack itself.
    pub const NONE: Self = Self { compose: false, tuning: false, init: false };

    /// Whether a family is wanted: a compose file needs every file that it mounts.
    pub(super) fn holds(self, family: Family) -> bool {
        match family {
            Family::Tuning => self.compose || self.tuning,
            Family::Init => self.compose || self.init,
            Family::Backup | Family::Support => self.compose,
        }
    }
}

/// How the stack is to be reached, and by whom it is made.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The first of the published ports; where absent each database's own.
    pub port_base: Option<u16>,
    /// Which files.
    pub wish: Wish,
    /// The version of polyglot, for the headers.
    pub version: &'static str,
}
