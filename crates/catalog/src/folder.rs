//! The files of a database's folder.

use std::path::Path;

use super::text::Text;

/// The list of the settings that a server knows.
pub(super) const KNOWN_SETTINGS: &str = "known-settings.txt";

/// The files of a database's folder, as whoever opened it found them.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// The text of `database.toml`.
    pub database: &'static str,
    /// The files beside it that the catalog takes, [`Folder::takes`], by name.
    pub files: Vec<(Text, Text)>,
}

impl Folder {
    /// Whether a file beside `database.toml` is one that the catalog takes: a template, or the list of known settings.
    pub fn takes(name: &str) -> bool {
        name == KNOWN_SETTINGS || Path::new(name).extension().is_some_and(|extension| extension == "j2")
    }

    /// The text of a file.
    pub(super) fn file(&self, name: &str) -> Option<&Text> {
        self.files.iter().find(|(known, _)| *known == *name).map(|(_, text)| text)
    }
}
