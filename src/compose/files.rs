//! The files that a compose project is made of, each read once: compose files, `.env`, what `env_file` names, Dockerfiles.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::dotenv::{self, Assignment};
use super::text::Variables;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Sources};
use crate::yaml::{self, Budget, Entry, Node, Value};

/// Reads a file beside a compose file; nothing where there is none, or where we may not look.
pub type Read<'r> = &'r dyn Fn(&Path) -> Option<Source>;

/// So many bytes of Dockerfiles and of files of variables are looked at for one project.
const BYTES: usize = 16 << 20;

/// So many values are copied from one service into others that go on from it.
const COPIED: usize = 400_000;

/// Where a text begins among all of them, and the text.
type Text = (usize, Arc<Source>);

/// The files of a project.
pub(super) struct Files<'r> {
    /// Where the paths that they name begin.
    pub(super) folder: PathBuf,
    pub(super) sources: Sources,
    budget: Budget,
    read: Read<'r>,
    /// Where each file begins that was asked for, and its text.
    known: HashMap<PathBuf, Option<Text>>,
    services: HashMap<PathBuf, Option<Vec<Entry>>>,
    bytes: usize,
    copied: usize,
}

impl<'r> Files<'r> {
    pub(super) fn new(folder: PathBuf, budget: Budget, read: Read<'r>) -> Self {
        let (known, services) = (HashMap::new(), HashMap::new());
        Self { folder, sources: Sources::default(), budget, read, known, services, bytes: BYTES, copied: COPIED }
    }

    /// The documents of a compose file, with places among all texts.
    pub(super) fn documents(&mut self, source: &Arc<Source>) -> Result<Vec<Node>, Diagnostic> {
        let mut roots = yaml::read_all(&source.text, self.budget)?;
        let start = self.sources.add(Arc::clone(source));
        roots.iter_mut().for_each(|root| root.shift(start));
        Ok(roots)
    }

    /// A file, and where it begins among all texts.
    pub(super) fn text(&mut self, path: &Path) -> Option<Text> {
        let path = plain(path);
        if let Some(known) = self.known.get(&path) {
            return known.clone();
        }
        let found = (self.read)(&path).map(|source| {
            let source = Arc::new(source);
            (self.sources.add(Arc::clone(&source)), source)
        });
        self.known.insert(path, found.clone());
        found
    }

    /// Whether a text of so many bytes may still be looked at.
    pub(super) fn may_read(&mut self, bytes: usize) -> bool {
        self.bytes.checked_sub(bytes).map(|left| self.bytes = left).is_some()
    }

    /// Whether so many values may still be copied.
    pub(super) fn may_copy(&mut self, values: usize) -> bool {
        self.copied.checked_sub(values).map(|left| self.copied = left).is_some()
    }

    /// The variables that a file sets, with places among all texts.
    pub(super) fn assignments(
        &mut self,
        path: &Path,
        variables: &mut Variables,
        is_raw: bool,
    ) -> Option<Vec<Assignment>> {
        let (start, source) = self.text(path)?;
        if !self.may_read(source.text.len()) {
            return None;
        }
        let mut found = dotenv::read(&source.text, variables, is_raw);
        found.iter_mut().for_each(|one| one.place = one.place.shifted(start));
        Some(found)
    }

    /// The services of another compose file.
    pub(super) fn services(&mut self, path: &Path) -> Option<Vec<Entry>> {
        let path = plain(path);
        if !self.services.contains_key(&path) {
            let found = self.text(&path).and_then(|(start, source)| {
                let mut root = yaml::read_all(&source.text, self.budget).ok()?.into_iter().next()?;
                root.shift(start);
                let Value::Mapping(entries) = root.value else { return None };
                let services = entries.into_iter().find(|entry| entry.key == "services")?;
                if let Value::Mapping(services) = services.value.value { Some(services) } else { None }
            });
            self.services.insert(path.clone(), found);
        }
        let found = self.services.get(&path)?.as_ref()?;
        let size = found.iter().map(|entry| entry.value.size()).sum();
        let found = found.clone();
        self.may_copy(size).then_some(found)
    }
}

/// A path without `.` and `..`, as far as it has folders to leave.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}
