//! The settings that servers know, as `templates/ID/known-settings.txt` lists them.

use std::collections::BTreeSet;

use crate::catalog::{Database, Version};
use crate::diagnostic::did_you_mean;

/// The lists: a group for the version that it is whole for, and one for what only other versions know. A name that ends
/// in `*` stands for all that begin so.
const LISTS: [(&str, &str); 6] = [
    ("postgresql", include_str!("../../../templates/postgresql/known-settings.txt")),
    ("timescaledb", include_str!("../../../templates/postgresql/known-settings.txt")),
    ("mysql", include_str!("../../../templates/mysql/known-settings.txt")),
    ("mariadb", include_str!("../../../templates/mariadb/known-settings.txt")),
    ("redis", include_str!("../../../templates/redis/known-settings.txt")),
    ("valkey", include_str!("../../../templates/valkey/known-settings.txt")),
];

/// The settings that a server knows.
#[derive(Debug)]
pub(crate) struct Known {
    names: BTreeSet<&'static str>,
    families: Vec<&'static str>,
    /// Whether the list is whole for the version.
    is_whole: bool,
    /// Whether it takes the beginning of a name for the name, and words before it.
    is_lenient: bool,
}

/// What is wrong with a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// The name that was meant, as far as one can tell.
    pub(crate) meant: Option<String>,
}

impl Known {
    /// The settings of a database in a version; nothing where we have no list.
    pub(crate) fn of(database: &Database, version: Option<&Version>) -> Option<Self> {
        let (_, list) = LISTS.iter().find(|(id, _)| *id == database.id.as_str())?;
        // The version of TimescaleDB says nothing of PostgreSQL's.
        let version = version.filter(|_| database.id.as_str() != "timescaledb").map(|version| version.major.as_str());
        let group = |line: &str| line.strip_prefix('[')?.strip_suffix(']').map(str::to_owned);
        let is_whole = list.lines().filter_map(group).any(|group| version == Some(group.as_str()));
        let is_lenient = matches!(database.id.as_str(), "mysql" | "mariadb");
        let mut known = Self { names: BTreeSet::new(), families: Vec::new(), is_whole, is_lenient };
        let mut is_in = true;
        for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(group) = group(line) {
                is_in = !is_whole || version == Some(group.as_str());
            } else if let Some(family) = line.strip_suffix('*') {
                known.families.push(family);
            } else if is_in {
                known.names.insert(line);
            }
        }
        Some(known)
    }

    /// Whether no server of the version knows a name. Where the list is not whole, only what is a slip of the pen.
    pub(crate) fn judge(&self, name: &str) -> Option<Unknown> {
        /// More letters off than this may be a setting of a version that we have no list of.
        const SLIP: usize = 2;
        const SHORTEST: usize = 8;
        const BEFORE: [&str; 5] = ["loose_", "skip_", "enable_", "disable_", "maximum_"];
        let begins = || self.names.range(name..).next().is_some_and(|known| known.starts_with(name));
        let is_taken = self.is_lenient && (BEFORE.iter().any(|before| name.starts_with(before)) || begins());
        let is_family = self.families.iter().any(|family| name.starts_with(family));
        // What has a dot is an extension's or a plugin's own.
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '=');
        if self.names.contains(name) || is_taken || is_family || name.is_empty() || !name.chars().all(is_name) {
            return None;
        }
        if self.is_whole {
            return Some(Unknown { meant: self.nearest(name) });
        }
        let slip = self
            .names
            .iter()
            .find(|known| known.len().min(name.len()) >= SHORTEST && strsim::damerau_levenshtein(name, known) <= SLIP);
        slip.map(|meant| Unknown { meant: Some((*meant).to_owned()) })
    }

    fn nearest(&self, name: &str) -> Option<String> {
        // The search compares with `_` between words.
        let folded: Vec<String> = self.names.iter().map(|known| known.replace('-', "_")).collect();
        let name = name.split('=').next().unwrap_or(name);
        let meant = did_you_mean(name, folded.iter().map(String::as_str))?;
        self.names.iter().find(|known| known.replace('-', "_") == meant).map(|known| (*known).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Known;
    use crate::catalog::Catalog;

    #[test]
    fn a_name_is_judged_by_the_list_of_its_version() {
        let catalog = Catalog::embedded().unwrap();
        let judge = |id: &str, version: Option<&str>, name: &str| {
            let database = catalog.get(id).unwrap();
            let known = Known::of(database, version.and_then(|version| database.version(version))).unwrap();
            known.judge(name).map(|unknown| unknown.meant.unwrap_or_default())
        };
        assert_eq!(judge("postgresql", Some("18"), "shared_buffer").as_deref(), Some("shared_buffers"));
        assert_eq!(judge("postgresql", Some("18"), "old_snapshot_threshold").as_deref(), Some(""));
        assert_eq!(judge("postgresql", Some("16"), "old_snapshot_threshold"), None);
        assert_eq!(judge("postgresql", None, "max_conections").as_deref(), Some("max_connections"));
        assert_eq!(judge("postgresql", Some("18"), "pg_stat_statements.max"), None);
        assert_eq!(judge("postgresql", Some("18"), "datestyle"), None);
        assert_eq!(judge("redis", Some("8.2"), "maxmemory-polcy").as_deref(), Some("maxmemory-policy"));
        assert_eq!(judge("redis", Some("8.2"), "appendonly=yes").as_deref(), Some("appendonly"));
        assert_eq!(judge("redis", None, "io-threads-do-reads"), None);
        assert_eq!(judge("mysql", Some("9.7"), "query_cache_size"), None);
        assert_eq!(judge("mysql", Some("9.7"), "innodb_buffer_pool_sice").as_deref(), Some("innodb_buffer_pool_size"));
        assert_eq!(judge("mariadb", None, "loose_anything"), None);
        assert_eq!(judge("mariadb", None, "character_set_servr").as_deref(), Some("character_set_server"));
    }
}
