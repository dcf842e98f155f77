//! Which volumes of a stack would be opened by a version that must not open them.

use std::collections::BTreeMap;

use crate::yaml::{self, Budget, Node};

/// More values than any stack of ours has, and few enough for memory.
const BUDGET: Budget = Budget { values: 1_000_000 };

/// A volume that holds another major version's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The volume.
    pub volume: String,
    /// What wrote it: `postgresql 17`.
    pub from: String,
    /// What would open it: `postgresql 18`.
    pub to: String,
}

/// Compares the compose file of a folder with the one that would take its place. Another leading number is another
/// major version; an older version of the same must not open what a newer one wrote either.
pub fn refused(old: &str, new: &str) -> Vec<Refused> {
    let (old, new) = (volumes(old), volumes(new));
    let shared = old.into_iter().filter_map(|(volume, from)| {
        let to = new.get(&volume)?.clone();
        (!may_open(&from, &to)).then_some(Refused { volume, from, to })
    });
    shared.collect()
}

/// The label of each volume that holds data. Backups are read by every version.
fn volumes(compose: &str) -> BTreeMap<String, String> {
    let documents = yaml::read_all(compose, BUDGET).unwrap_or_default();
    let volumes = documents.iter().filter_map(|root| root.get("volumes")).flat_map(Node::entries);
    let labelled = volumes.filter_map(|volume| {
        let label = volume.value.get("labels")?.get("polyglot.database")?.text()?;
        Some((volume.key.clone(), label.to_owned()))
    });
    let mut volumes = BTreeMap::new();
    volumes.extend(labelled.filter(|(name, _)| !name.ends_with("-backup")));
    volumes
}

/// Whether a version may open what another wrote.
fn may_open(from: &str, to: &str) -> bool {
    let parts = |label: &str| {
        let (database, version) = label.split_once(' ')?;
        let numbers: Option<Vec<u64>> = version.split('.').map(|part| part.parse().ok()).collect();
        Some((database.to_owned(), numbers?))
    };
    match (parts(from), parts(to)) {
        (Some((one, old)), Some((other, new))) => one == other && old.first() == new.first() && old <= new,
        _ => from == to,
    }
}

#[cfg(test)]
mod tests {
    use super::{may_open, refused};

    #[test]
    fn another_major_version_and_an_older_one_are_refused() {
        for (from, to, may) in [
            ("postgresql 17", "postgresql 18", false),
            ("postgresql 18", "postgresql 18", true),
            ("redis 8.2", "redis 8.10", true),
            ("redis 8.10", "redis 8.2", false),
            ("mysql 8.4", "mariadb 8.4", false),
            ("x next", "x next", true),
        ] {
            assert_eq!(may_open(from, to), may, "{from} to {to}");
        }
        let compose = |version: &str| {
            format!(
                "volumes:\n  a-data:\n    labels:\n      polyglot.database: postgresql {version}\n  a-backup:\n    \
                 labels:\n      polyglot.database: postgresql {version}\n"
            )
        };
        assert_eq!(refused(&compose("17"), &compose("18")).len(), 1, "backups may be read by any version");
        assert!(refused("rubbish: [", &compose("18")).is_empty());
    }
}
