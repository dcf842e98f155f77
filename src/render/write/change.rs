//! What is to be done to the folder, in whichever way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::compare::{Comparison, State};
use super::disk;
use super::error::{InTheWay, WriteError};
use super::model::{Artifact, Force, Kept, Secret, Written};
use super::place::Place;
use crate::files::folders_of;

/// What is to be done to the folder.
pub(super) struct Change<'a> {
    /// Files to be written.
    pub(super) files: Vec<&'a Artifact>,
    /// Secrets to be written.
    pub(super) secrets: Vec<&'a Secret>,
    /// The names of these, what is to be removed, and what is to be kept under another name.
    pub(super) written: Written,
}

impl<'a> Change<'a> {
    /// What is to be done; refused where something stands in the way that must not be touched.
    pub(super) fn of(place: &Place, comparison: &Comparison<'a>, force: Force) -> Result<Self, WriteError> {
        let in_the_way = in_the_way(comparison);
        if force == Force::No && !in_the_way.is_empty() {
            return Err(WriteError::InTheWay { root: place.path.clone(), files: in_the_way });
        }
        let changed = || comparison.artifacts.iter().filter(|compared| compared.state != State::Same);
        let paths = |missing: bool| {
            let paths = changed().filter(|compared| (compared.state == State::Missing) == missing);
            paths.map(|compared| compared.artifact.path.clone()).collect()
        };
        let (edited, orphans): (Vec<_>, Vec<_>) = comparison.orphans.iter().partition(|orphan| orphan.edited);
        let written = Written {
            created: paths(true),
            updated: paths(false),
            secrets: comparison.missing_secrets.iter().map(|secret| secret.path.clone()).collect(),
            kept: kept(place, comparison, &in_the_way),
            edited_orphans: edited.into_iter().map(|orphan| orphan.path.clone()).collect(),
            ..Written::default()
        };
        let files = changed().map(|compared| compared.artifact).collect();
        let mut change = Self { files, secrets: comparison.missing_secrets.clone(), written };
        // What is kept under another name is kept with all that is in it.
        let removed = orphans.into_iter().map(|orphan| &orphan.path).filter(|path| !change.moves(Path::new(path)));
        change.written.removed = removed.cloned().collect();
        Ok(change)
    }

    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.secrets.is_empty() && self.written.removed.is_empty()
    }

    /// Where something of the old folder is to be in the new one.
    pub(super) fn place_of(&self, path: &Path) -> PathBuf {
        let moved = self.written.kept.iter().find_map(|Kept { path: from, name }| {
            let rest = path.strip_prefix(from).ok()?;
            Some(if rest.as_os_str().is_empty() { name.clone() } else { name.join(rest) })
        });
        moved.unwrap_or_else(|| path.to_owned())
    }

    /// Whether something of the old folder gets another name.
    pub(super) fn moves(&self, path: &Path) -> bool {
        self.written.kept.iter().any(|kept| path.starts_with(&kept.path))
    }

    /// The files of the old folder that are not in the new one.
    pub(super) fn dropped(&self) -> BTreeSet<&Path> {
        let replaced = self.files.iter().map(|artifact| artifact.path.as_str());
        let all = replaced.chain(self.written.removed.iter().map(String::as_str)).map(Path::new);
        let mut dropped = BTreeSet::new();
        dropped.extend(all.filter(|path| !self.moves(path)));
        dropped
    }

    /// The folders that the new files are in, the outermost first, and whether each holds a secret.
    pub(super) fn folders(&self) -> BTreeMap<PathBuf, bool> {
        let artifacts = self.files.iter().map(|artifact| (artifact.path.as_str(), false));
        let secrets = self.secrets.iter().map(|secret| (secret.path.as_str(), true));
        let inner = artifacts.chain(secrets).filter_map(|(path, private)| Some((path.rsplit_once('/')?.0, private)));
        let mut innermost = BTreeMap::new();
        innermost.extend(inner);
        let mut folders = BTreeMap::new();
        for (folder, private) in innermost {
            for folder in folders_of(Path::new(folder)).into_iter().chain([Path::new(folder)]) {
                *folders.entry(folder.to_owned()).or_insert(private) |= private;
            }
        }
        folders
    }
}

/// What stands in the way, each thing once.
fn in_the_way(comparison: &Comparison<'_>) -> Vec<InTheWay> {
    let mut files: Vec<InTheWay> = Vec::new();
    for compared in &comparison.artifacts {
        let Some(path) = &compared.in_the_way else { continue };
        if !files.iter().any(|known| known.path == *path) {
            files.push(InTheWay { path: path.clone(), edited: compared.state == State::Edited });
        }
    }
    files
}

/// Gives each thing that stands in the way a name that nothing else has.
fn kept(place: &Place, comparison: &Comparison<'_>, files: &[InTheWay]) -> Vec<Kept> {
    if files.is_empty() {
        return Vec::new();
    }
    let mut taken = BTreeSet::new();
    taken.extend(comparison.artifacts.iter().map(|one| PathBuf::from(&one.artifact.path)));
    let mut kept = Vec::new();
    for InTheWay { path, .. } in files {
        let free = |name: &Path| !taken.contains(name) && place.root.as_ref().is_none_or(|root| root.is_free(name));
        let name = disk::free_name(path, free);
        taken.insert(name.clone());
        kept.push(Kept { path: path.clone(), name });
    }
    kept
}
