//! How the folder differs from what would be written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::disk::{self, Text};
use super::error::WriteError;
use super::header::{SealState, is_sealed, seal_state, sealed_path};
use super::interrupted::{Interrupted, left};
use super::model::{Artifact, Secret};
use super::place::{Place, check, obstacle};
use super::walk::Walk;
use super::{diff, model, part};
use crate::files::{self, Mode};

/// What stands where a generated file should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The file, as it would be written.
    Same,
    /// Nothing.
    Missing,
    /// A file of ours that nobody has edited, with another content or not executable.
    Outdated,
    /// A file of ours that somebody has edited.
    Edited,
    /// Something that is not ours; it may stand where a folder of the file's path should be.
    Foreign,
}

/// A generated file against what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared<'a> {
    /// The file as it would be written.
    pub artifact: &'a Artifact,
    /// What stands there.
    pub state: State,
    /// What is in its way, relative to the folder: of an edited or foreign file itself, or what stands where a folder
    /// of its path should be.
    pub in_the_way: Option<PathBuf>,
    /// The text that stands there.
    old: Option<String>,
    /// Whether nothing but the mode differs.
    only_mode: bool,
}

/// A file of ours that would not be written any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// Where, relative to the folder.
    pub path: String,
    /// Whether somebody has edited it: then it is kept.
    pub edited: bool,
    old: String,
}

/// How a folder differs from what would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison<'a> {
    /// Each generated file, in the given order.
    pub artifacts: Vec<Compared<'a>>,
    /// The files of ours that no longer belong there, in the order of their paths.
    pub orphans: Vec<Orphan>,
    /// The secrets that are not there yet.
    pub missing_secrets: Vec<&'a Secret>,
    /// What an interrupted run left in the folder.
    pub interrupted: Option<Interrupted>,
}

/// A comparison, and all that was seen.
pub(super) struct Survey<'a> {
    pub(super) comparison: Comparison<'a>,
    pub(super) walk: Walk,
}

/// Compares a folder with what would be written into it.
///
/// # Errors
/// [`WriteError`] where the folder cannot be read, or a path or text given is none for a generated file.
pub fn compare<'a>(folder: &model::Folder<'a>) -> Result<Comparison<'a>, WriteError> {
    check(folder)?;
    Ok(Survey::of(folder, &Place::of(folder.root)?)?.comparison)
}

impl<'a> Survey<'a> {
    pub(super) fn of(folder: &model::Folder<'a>, place: &Place) -> Result<Self, WriteError> {
        let Some(root) = &place.root else { return Ok(Self::of_nothing(folder)) };
        let walk = Walk::of(root)?;
        let artifacts = folder.artifacts.iter().map(|artifact| Compared::of(root, artifact));
        let artifacts = artifacts.collect::<Result<_, _>>()?;
        let orphans = if folder.whole { orphans(root, &walk, folder) } else { Vec::new() };
        let mut missing_secrets = Vec::new();
        for secret in folder.secrets {
            if is_missing(root, secret)? {
                missing_secrets.push(secret);
            }
        }
        let interrupted = left(root)?;
        Ok(Self { comparison: Comparison { artifacts, orphans, missing_secrets, interrupted }, walk })
    }

    /// That of a folder that is not there.
    fn of_nothing(folder: &model::Folder<'a>) -> Self {
        let artifacts = folder.artifacts.iter().map(Compared::missing).collect();
        let missing_secrets = folder.secrets.iter().collect();
        let comparison = Comparison { artifacts, orphans: Vec::new(), missing_secrets, interrupted: None };
        Self { comparison, walk: Walk::default() }
    }
}

impl<'a> Compared<'a> {
    fn missing(artifact: &'a Artifact) -> Self {
        Self { artifact, state: State::Missing, in_the_way: None, old: None, only_mode: false }
    }

    fn of(root: &files::Folder, artifact: &'a Artifact) -> Result<Self, WriteError> {
        let this = Self::missing(artifact);
        let path = Path::new(&artifact.path);
        if let Some(part) = obstacle(root, path)? {
            return Ok(Self { state: State::Foreign, in_the_way: Some(part.to_owned()), ..this });
        }
        let failed = |error| WriteError::of("read", &root.join(path), error);
        let Some(found) = root.standing(path).map_err(failed)? else { return Ok(this) };
        let (state, old) =
            if found.is_file() { look(root, path, &artifact.content).map_err(failed)? } else { (State::Foreign, None) };
        let is_same = old.as_ref() == Some(&artifact.content);
        let only_mode = is_same && artifact.executable && !Mode::of(&found).is_executable();
        let state = if is_same && !only_mode { State::Same } else { state };
        let in_the_way = matches!(state, State::Edited | State::Foreign).then(|| path.to_owned());
        Ok(Self { state, in_the_way, old, only_mode, ..this })
    }

    /// What would change, as a unified diff; empty where nothing would.
    pub fn diff(&self) -> String {
        let path = &self.artifact.path;
        let new = Some(self.artifact.content.as_str());
        match (self.state, &self.old) {
            (State::Same, _) => String::new(),
            (State::Missing, _) => diff::of(path, None, new),
            _ if self.only_mode => diff::of_mode(path),
            (_, Some(old)) => diff::of(path, Some(old), new),
            (_, None) => diff::unseen(path),
        }
    }
}

/// Whether a file is ours and was edited, and its text. One that is as it would be written needs no hash.
pub(super) fn look(root: &files::Folder, path: &Path, wanted: &str) -> std::io::Result<(State, Option<String>)> {
    let in_parts = part::is_parted(wanted);
    let state_of = |text: &str| if in_parts { part::state(text, wanted) } else { seal_state(text) };
    Ok(match disk::read(root, path, |head| in_parts || is_sealed(head))? {
        Text::Foreign => (State::Foreign, text_of(root, path)),
        Text::Broken => (State::Edited, None),
        Text::Whole(text) if text == wanted => (State::Outdated, Some(text)),
        Text::Whole(text) => match state_of(&text) {
            SealState::Intact => (State::Outdated, Some(text)),
            SealState::Unsealed if in_parts => (State::Foreign, Some(text)),
            SealState::Edited | SealState::Unsealed => (State::Edited, Some(text)),
        },
    })
}

/// The text of a file that is not ours, to show how ours differs.
fn text_of(root: &files::Folder, path: &Path) -> Option<String> {
    String::from_utf8(root.read(path, disk::LARGEST).ok()?).ok()
}

/// The files that were written for the very path that they have, and are not among the artifacts. A copy of one, or a
/// rendered folder within the folder, is somebody's own.
fn orphans(root: &files::Folder, walk: &Walk, folder: &model::Folder<'_>) -> Vec<Orphan> {
    let secrets = folder.secrets.iter().map(|secret| secret.path.as_str());
    let mut expected = BTreeSet::new();
    expected.extend(folder.artifacts.iter().map(|artifact| artifact.path.as_str()).chain(secrets));
    let mut orphans = Vec::new();
    for path in walk.files().map(as_written).filter(|path| !expected.contains(path.as_str())) {
        if let Some((edited, old)) = orphan(root, &path) {
            orphans.push(Orphan { path, edited, old });
        }
    }
    orphans.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    orphans
}

/// Whether a file was written for the path that it has: then whether it was edited, and its text.
pub(super) fn orphan(root: &files::Folder, path: &str) -> Option<(bool, String)> {
    match disk::read(root, Path::new(path), |head| sealed_path(head) == Some(path)) {
        Ok(Text::Whole(text)) => Some((seal_state(&text) != SealState::Intact, text)),
        Ok(Text::Broken) => Some((true, String::new())),
        // What cannot be read is not ours to remove.
        Ok(Text::Foreign) | Err(_) => None,
    }
}

/// Whether a file of the folder was written for the path that it has, edited since or not.
pub fn is_ours(root: &Path, path: &str) -> bool {
    files::Folder::named(root).is_ok_and(|root| orphan(&root, path).is_some())
}

/// A path with `/` between its parts.
fn as_written(path: &str) -> String {
    if std::path::MAIN_SEPARATOR == '/' { path.to_owned() } else { path.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// Whether nothing stands where a secret should be. What stands there is kept, whatever it is.
fn is_missing(root: &files::Folder, secret: &Secret) -> Result<bool, WriteError> {
    let path = Path::new(&secret.path);
    if root.standing(path).map_err(WriteError::on("look at", &root.join(path)))?.is_some() {
        return Ok(false);
    }
    match obstacle(root, path)? {
        // Somebody keeps the secrets elsewhere: that they are there is all that is to be known.
        Some(_) if files::standing(&root.join(path)).is_some() => Ok(false),
        Some(part) => Err(WriteError::SecretInTheWay { path: root.join(part), secret: secret.path.clone() }),
        None => Ok(true),
    }
}

impl<'a> Comparison<'a> {
    /// Whether every generated file is as it would be written, none is left over and no run was interrupted. Missing
    /// secrets do not count, since each machine has its own; nor does an edited orphan, since it is kept.
    pub fn is_current(&self) -> bool {
        self.artifacts.iter().all(|compared| compared.state == State::Same)
            && self.orphans.iter().all(|orphan| orphan.edited)
            && self.interrupted.is_none()
    }

    /// The files that stand in the way: edited by hand, or not ours.
    pub fn in_the_way(&self) -> impl Iterator<Item = &Compared<'a>> {
        self.artifacts.iter().filter(|compared| compared.in_the_way.is_some())
    }

    /// All that would change, as unified diffs with `a/` and `b/`, as `git apply` and `patch -p1` read them.
    pub fn diff(&self) -> String {
        let changed = self.artifacts.iter().map(Compared::diff);
        let removed = self.orphans.iter().filter(|orphan| !orphan.edited);
        changed.chain(removed.map(|orphan| diff::of(&orphan.path, Some(&orphan.old), None))).collect()
    }
}
