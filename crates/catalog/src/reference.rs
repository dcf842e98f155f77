//! How a file names a database, and the versions that a row of a folder is for.

use std::fmt;

/// A database as a pin or a lock names it: `postgresql`, or with its version `postgresql@18`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DatabaseRef<'a> {
    /// The id.
    pub id: &'a str,
    /// The version; empty where nothing follows the `@`.
    pub version: Option<&'a str>,
}

impl<'a> DatabaseRef<'a> {
    /// A database in a version.
    pub fn new(id: &'a str, version: &'a str) -> Self {
        Self { id, version: Some(version) }
    }

    /// The name, taken apart.
    pub fn parse(name: &'a str) -> Self {
        match name.split_once('@') {
            Some((id, version)) => Self::new(id, version),
            None => Self { id: name, version: None },
        }
    }
}

impl fmt::Display for DatabaseRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)?;
        self.version.map_or(Ok(()), |version| write!(f, "@{version}"))
    }
}

/// The versions that have something: from the first to before the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VersionRange<'a> {
    /// The first version that has it.
    pub since: Option<&'a str>,
    /// The first version that no longer has it.
    pub until: Option<&'a str>,
}

impl<'a> VersionRange<'a> {
    /// The versions that it names.
    pub fn named(self) -> impl Iterator<Item = &'a str> {
        self.since.into_iter().chain(self.until)
    }
}

/// Gives rows that have `since` and `until` their range.
macro_rules! ranged {
    ($($row:ty),+ $(,)?) => {
        $(impl $row {
            /// The versions that have it.
            pub fn versions(&self) -> $crate::VersionRange<'_> {
                $crate::VersionRange { since: self.since.as_deref(), until: self.until.as_deref() }
            }
        })+
    };
}
pub(crate) use ranged;

#[cfg(test)]
mod tests {
    use super::DatabaseRef;

    #[test]
    fn a_name_is_written_as_it_was_read() {
        for name in ["postgresql", "postgresql@18", "postgresql@"] {
            assert_eq!(DatabaseRef::parse(name).to_string(), name);
        }
        assert_eq!(DatabaseRef::parse("redis@8.2"), DatabaseRef::new("redis", "8.2"));
    }
}
