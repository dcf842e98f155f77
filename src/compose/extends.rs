//! Services that go on from another one: `extends`, resolved as compose does it.

use std::path::{Path, PathBuf};

use super::files::Files;
use super::merge;
use super::text::Variables;
use crate::yaml::{Entry, Node, Value};

/// Longer chains are left as they are: what they say is unknown.
const LONGEST: u8 = 16;

/// The services of one file, each with what it goes on from merged in. What cannot be followed keeps its `extends`.
pub(super) fn resolve(services: Vec<Entry>, folder: &Path, files: &mut Files<'_>, variables: &Variables) -> Vec<Entry> {
    if services.iter().all(|entry| entry.value.get("extends").is_none()) {
        return services;
    }
    let mut extender = Extender { files, variables };
    let resolved = services.iter().map(|entry| Entry {
        value: extender.resolved(&entry.value, &services, folder, LONGEST).unwrap_or_else(|| entry.value.clone()),
        ..entry.clone()
    });
    resolved.collect()
}

struct Extender<'f, 'r> {
    files: &'f mut Files<'r>,
    variables: &'f Variables,
}

impl Extender<'_, '_> {
    /// A service with what it goes on from; nothing where that cannot be followed.
    fn resolved(&mut self, service: &Node, beside: &[Entry], folder: &Path, depth: u8) -> Option<Node> {
        let Some(extends) = service.get("extends") else { return Some(service.clone()) };
        let depth = depth.checked_sub(1)?;
        let name = extends.text().or_else(|| extends.get("service")?.text())?;
        let find =
            |services: &[Entry]| services.iter().find(|entry| entry.key == name).map(|entry| entry.value.clone());
        let mut base = match extends.get("file") {
            None => self.resolved(&find(beside)?, beside, folder, depth)?,
            Some(file) => {
                let path = folder.join(self.variables.fill(file.text()?).text);
                let services = self.files.services(&path)?;
                let there = path.parent().map(Path::to_owned).unwrap_or_default();
                let mut base = self.resolved(&find(&services)?, &services, &there, depth)?;
                self.rebase(&mut base, &there);
                base
            }
        };
        if !self.files.may_copy(base.size()) {
            return None;
        }
        let mut own = service.clone();
        if let Value::Mapping(entries) = &mut own.value {
            entries.retain(|entry| entry.key != "extends");
        }
        merge::service(&mut base, own, self.variables);
        merge::settle(&mut base);
        Some(Node { place: service.place, ..base })
    }

    /// Points the paths of a service of another folder at it.
    fn rebase(&self, service: &mut Node, there: &Path) {
        let from = there.strip_prefix(&self.files.folder).unwrap_or(there).to_owned();
        if from == PathBuf::new() {
            return;
        }
        let rebased = |node: &mut Node| {
            if let Value::Scalar(text) = &mut node.value {
                *text = from.join(&*text).display().to_string();
            }
        };
        for key in ["build", "env_file"] {
            let Some(node) = service.get_mut(key) else { continue };
            match &mut node.value {
                Value::Scalar(_) => rebased(node),
                Value::Sequence(items) => items.iter_mut().for_each(rebased),
                Value::Mapping(_) => {
                    if let Some(context) = node.get_mut("context") {
                        rebased(context);
                    }
                }
                Value::Null => {}
            }
        }
    }
}
