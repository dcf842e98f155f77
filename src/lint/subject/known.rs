//! The settings that servers know, as `known-settings.txt` in their folders lists them.

use std::collections::BTreeSet;

use catalog::{Catalog, Database, Text, Version};

use crate::diagnostic::did_you_mean;

/// The settings that a server knows.
#[derive(Debug)]
pub(crate) struct Known<'c> {
    names: BTreeSet<&'c str>,
    families: Vec<&'c str>,
    /// Whether the list is whole for the version.
    is_whole: bool,
    /// The words before a name that the server takes off; where there are any, it takes the beginning of a name, too.
    lenient_prefixes: &'c [Text],
}

/// What is wrong with a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// The name that was meant, as far as one can tell.
    pub(crate) meant: Option<String>,
}

impl<'c> Known<'c> {
    /// The settings of a database in a version; nothing where we have no list.
    pub(crate) fn of(database: &'c Database, version: Option<&Version>, catalog: &'c Catalog) -> Option<Self> {
        let known = catalog.recipe(&database.id)?.known_settings.as_ref()?;
        let list = known.text.as_str();
        let version = version.filter(|_| known.for_versions).map(|version| version.major.as_str());
        let group = |line: &str| line.strip_prefix('[')?.strip_suffix(']').map(str::to_owned);
        let is_whole = list.lines().filter_map(group).any(|group| version == Some(group.as_str()));
        let lenient_prefixes = &database.detect.lenient_prefixes;
        let mut known = Self { names: BTreeSet::new(), families: Vec::new(), is_whole, lenient_prefixes };
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
        let begins = || self.names.range(name..).next().is_some_and(|known| known.starts_with(name));
        let is_taken = !self.lenient_prefixes.is_empty()
            && (self.lenient_prefixes.iter().any(|before| name.starts_with(before.as_str())) || begins());
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

    #[test]
    fn a_name_is_judged_by_the_list_of_its_version() {
        let catalog = crate::embedded::catalog();
        let judge = |id: &str, version: Option<&str>, name: &str| {
            let database = catalog.get(id).unwrap();
            let known = Known::of(database, version.and_then(|version| database.version(version)), &catalog).unwrap();
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
