//! Paths, without a look at what is there.

use std::path::Path;

/// The empty path means the current folder.
pub(crate) fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// The folders of a relative path, the outermost first.
pub(crate) fn folders_of(path: &Path) -> Vec<&Path> {
    let mut folders: Vec<_> = path.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty()).collect();
    folders.reverse();
    folders
}
