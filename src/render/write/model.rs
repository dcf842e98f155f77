//! What is to be in a folder, and what was done to it.

use std::path::{Path, PathBuf};

use super::interrupted::Interrupted;

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where, relative to the folder, with `/` between the parts.
    pub path: String,
    /// The text, with the header that [`seal`](super::seal) gives it; or one that is ours in [parts](super::part).
    pub content: String,
    /// Whether it is run.
    pub executable: bool,
}

/// A secret: made once, then never touched.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// Where, relative to the folder, such as `secrets/postgresql_admin`.
    pub path: String,
    /// What it becomes if it is not there yet.
    pub content: String,
    /// Whether nobody but its owner reads it: no container mounts it.
    pub private: bool,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A folder and what is to be in it.
#[derive(Debug, Clone, Copy)]
pub struct Folder<'a> {
    /// Where it is; it must not be a symbolic link.
    pub root: &'a Path,
    /// The generated files.
    pub artifacts: &'a [Artifact],
    /// The secrets.
    pub secrets: &'a [Secret],
    /// Whether the artifacts are all generated files that belong there: only then is another one of ours an orphan.
    pub whole: bool,
}

/// What becomes of files that somebody has edited or that are not ours, where generated ones are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// Nothing is written.
    No,
    /// They are kept as `NAME.orig`, or the first of `NAME.orig.1` and so on that is free.
    Yes,
}

/// Something that was in the way, and what it is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it was called, relative to the folder.
    pub path: PathBuf,
    /// What it is called now.
    pub name: PathBuf,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were not there.
    pub created: Vec<String>,
    /// Files that were replaced.
    pub updated: Vec<String>,
    /// Files of ours that no longer belonged there.
    pub removed: Vec<String>,
    /// Secrets that were made.
    pub secrets: Vec<String>,
    /// What was in the way.
    pub kept: Vec<Kept>,
    /// Files of ours that no longer belong there, but are kept because somebody has edited them.
    pub edited_orphans: Vec<String>,
    /// What an interrupted run had left, which was finished or discarded first.
    pub recovered: Option<Interrupted>,
    /// The old folder, if it could not be removed.
    pub left: Option<PathBuf>,
}

impl Written {
    /// Whether the folder was as it should be.
    pub fn is_nothing(&self) -> bool {
        let files = [&self.created, &self.updated, &self.removed, &self.secrets];
        files.iter().all(|files| files.is_empty()) && self.recovered.is_none()
    }
}
