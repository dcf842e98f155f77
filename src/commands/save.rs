//! Putting a text in the place of a file in one step.

use std::path::Path;

use anyhow::Result;

use crate::files::{self, Place};

/// Writes a file, all of it or nothing.
pub(super) fn save(path: &Path, text: &str) -> Result<()> {
    Ok(files::save(path, text, Place::FreeOrFile)?)
}
