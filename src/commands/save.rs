//! Putting a text in the place of a file in one step: the old text stays until the new one is whole and on the disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Writes a file, all of it or nothing; a link is followed, and the mode of what was there is kept.
pub(super) fn save(path: &Path, text: &str) -> Result<()> {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let fresh = beside(&real);
    let written = write(&fresh, &real, text).with_context(|| format!("cannot write {}", path.display()));
    if written.is_err() {
        let _ = fs::remove_file(&fresh);
    }
    written
}

fn write(fresh: &Path, real: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::create_new(fresh)?;
    file.write_all(text.as_bytes())?;
    if let Ok(before) = fs::metadata(real) {
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()?;
    fs::rename(fresh, real)
}

/// A name in the same folder that nobody else uses.
fn beside(real: &Path) -> PathBuf {
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    real.with_file_name(format!(".{name}.polyglot-{}", std::process::id()))
}
