//! The modes of what is written, and reading what is ours.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use catalog::units::Bytes;

use super::model::Secret;
use crate::files::{Folder, Metadata, Mode};

/// A folder of the result.
pub(super) const FOLDER_MODE: Mode = Mode::Bits(0o755);
/// A folder that holds secrets, or that is not complete yet.
pub(super) const PRIVATE_MODE: Mode = Mode::Bits(0o700);
/// A generated file.
pub(super) const FILE_MODE: Mode = Mode::Bits(0o644);
/// A generated file that is run.
pub(super) const PROGRAM_MODE: Mode = Mode::Bits(0o755);
/// A secret: its folder is private, and the user of the container that it is mounted into must be able to read it.
const SECRET_MODE: Mode = Mode::Bits(0o644);
/// A secret that no container mounts.
const PRIVATE_SECRET_MODE: Mode = Mode::Bits(0o600);

/// The mode of a secret.
pub(super) fn secret_mode(secret: &Secret) -> Mode {
    if secret.private { PRIVATE_SECRET_MODE } else { SECRET_MODE }
}

/// Where a header is looked for.
const HEAD: u64 = 4096;
/// No file of ours is larger.
pub(super) const LARGEST: Bytes = Bytes(16 << 20);

/// What a file holds.
pub(super) enum Text {
    /// It begins as it was wanted; this is all of it.
    Whole(String),
    /// It begins as it was wanted, but is too large, or no text.
    Broken,
    /// It is not what was wanted, or no file at all.
    Foreign,
}

/// Reads a file whose beginning is as it is wanted; of any other no more than the beginning.
pub(super) fn read(folder: &Folder, path: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<Text> {
    // To open a device can have effects of its own.
    let is_special = |found: &Metadata| !found.is_file() && !found.is_dir() && !found.is_symlink();
    if folder.standing(path)?.as_ref().is_some_and(is_special) {
        return Ok(Text::Foreign);
    }
    let mut file = folder.open_to_look(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Ok(Text::Foreign);
    }
    let mut content = Vec::new();
    (&mut file).take(HEAD).read_to_end(&mut content)?;
    if !wanted(&String::from_utf8_lossy(&content)) {
        return Ok(Text::Foreign);
    }
    if found.len() > LARGEST.0 {
        return Ok(Text::Broken);
    }
    file.take(LARGEST.0).read_to_end(&mut content)?;
    Ok(String::from_utf8(content).map_or(Text::Broken, Text::Whole))
}

/// The first name that is free for what stands in the way: `NAME.orig`, `NAME.orig.1` and so on.
pub(super) fn free_name(path: &Path, is_free: impl Fn(&Path) -> bool) -> PathBuf {
    let named = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let numbered = (1u64..).map(|number| named(&format!(".orig.{number}")));
    std::iter::once(named(".orig")).chain(numbered).find(|name| is_free(name)).unwrap_or_default()
}
