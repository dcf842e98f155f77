//! What the rules about a rendered folder look at: how it differs from what would be rendered.

use std::sync::Arc;

use crate::lint::violation::Location;
use crate::render::write::State;
use crate::source::{Place, Source};

/// The rendered folder of a requirements file, as it was seen.
#[derive(Debug, Default)]
pub struct StackFolder {
    /// Its path, as a person would write it.
    pub path: String,
    /// The files that are not as they would be rendered.
    pub differing: Vec<Differing>,
    /// Secrets that are wanted and are not there, by path; none where there are no secrets at all, as in what git checks
    /// out, for they are no part of it.
    pub missing_secrets: Vec<String>,
    /// Whether an interrupted run left it half-way.
    pub interrupted: bool,
}

/// A file that is not as it would be rendered.
#[derive(Debug)]
pub struct Differing {
    /// The path in the folder.
    pub path: String,
    /// How it differs; nothing for a file that is no longer wanted.
    pub state: Option<State>,
    /// Its text, where it is there and could be read: findings point into it.
    pub source: Option<Arc<Source>>,
}

impl StackFolder {
    /// The path of a file of the folder, from where the linter runs.
    pub fn join(&self, path: &str) -> String {
        format!("{}/{path}", self.path.trim_end_matches('/'))
    }

    /// Where a finding about what is not there stands: at the compose file, since a report can only point at a file
    /// that there is.
    pub fn location(&self) -> Location {
        let source = Arc::new(Source { name: self.join("compose.yaml"), text: String::new() });
        Location::new(&source, Place::default(), "")
    }
}

impl Differing {
    /// Where a finding about it stands: its first line, or the compose file.
    pub fn location(&self, folder: &StackFolder, text: impl Into<String>) -> Location {
        let Some(source) = &self.source else { return folder.location() };
        let end = source.text.find('\n').unwrap_or(source.text.len());
        Location::new(source, Place::new(0, end), text)
    }
}
