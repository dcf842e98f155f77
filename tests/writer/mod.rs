//! A rendered folder is written whole or not at all; what somebody else put there, or edited, stays.

mod faults;
mod folder;
mod model;
mod seal;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use polyglot::render::write::{Artifact, Comparison, Folder, Force, Secret, WriteError, Written, compare, seal, write};
use tempfile::TempDir;

/// The version that the headers name.
const VERSION: &str = "0.1.0";

/// A sealed file.
fn artifact(path: &str, body: &str) -> Artifact {
    Artifact { path: path.to_owned(), content: seal(path, body, VERSION), executable: false }
}

fn program(path: &str, body: &str) -> Artifact {
    Artifact { executable: true, ..artifact(path, body) }
}

fn secret(path: &str, content: &str) -> Secret {
    Secret { path: path.to_owned(), content: content.to_owned(), private: false }
}

/// What is to be in a folder.
#[derive(Debug, Clone, Default)]
struct Set {
    artifacts: Vec<Artifact>,
    secrets: Vec<Secret>,
}

impl Set {
    fn at<'a>(&'a self, root: &'a Path) -> Folder<'a> {
        Folder { root, artifacts: &self.artifacts, secrets: &self.secrets, whole: true }
    }

    fn compare<'a>(&'a self, root: &'a Path) -> Comparison<'a> {
        compare(&self.at(root)).expect("the folder can be read")
    }

    fn write(&self, root: &Path) -> Result<Written, WriteError> {
        write(&self.at(root), Force::No)
    }

    fn force(&self, root: &Path) -> Result<Written, WriteError> {
        write(&self.at(root), Force::Yes)
    }
}

/// The first stack: its files, one of them run, and a secret.
fn first() -> Set {
    Set {
        artifacts: vec![
            artifact("compose.yaml", "services: {}\n"),
            artifact("postgresql/postgresql.conf", "max_connections = 200\n"),
            program("postgresql/init/10-roles.sh", "#!/bin/sh\nexit 0\n"),
            artifact("redis/redis.conf", "maxmemory 1gb\n"),
        ],
        secrets: vec![secret("secrets/postgresql_admin", "first")],
    }
}

/// The second: one file is the same, one changed, one new; a whole folder is gone; there is a further secret.
fn second() -> Set {
    Set {
        artifacts: vec![
            artifact("compose.yaml", "services: { postgresql: {} }\n"),
            artifact("postgresql/postgresql.conf", "max_connections = 200\n"),
            program("postgresql/init/10-roles.sh", "#!/bin/sh\nexit 1\n"),
            artifact("mongodb/mongod.conf", "net: {}\n"),
        ],
        secrets: vec![secret("secrets/postgresql_admin", "second"), secret("secrets/mongodb_admin", "second")],
    }
}

/// Something in a folder: what it is, its mode, and what is in it.
#[derive(Clone, PartialEq, Eq)]
struct Thing {
    kind: &'static str,
    mode: u32,
    content: Vec<u8>,
}

impl fmt::Debug for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:o} {:?}", self.kind, self.mode, String::from_utf8_lossy(&self.content))
    }
}

type Things = BTreeMap<String, Thing>;

/// All that is in a folder, and the folder itself; nothing where there is none.
fn things(root: &Path) -> Things {
    let mut things = Things::new();
    let mut open = vec![PathBuf::new()];
    while let Some(path) = open.pop() {
        let full = if path.as_os_str().is_empty() { root.to_owned() } else { root.join(&path) };
        let Ok(meta) = fs::symlink_metadata(&full) else { continue };
        let (kind, content) = if meta.is_dir() {
            open.extend(
                fs::read_dir(&full).expect("a folder").map(|entry| path.join(entry.expect("an entry").file_name())),
            );
            ("folder", Vec::new())
        } else if meta.is_symlink() {
            ("link", fs::read_link(&full).expect("a link").into_os_string().into_encoded_bytes())
        } else if meta.is_file() {
            ("file", fs::read(&full).expect("a file"))
        } else {
            ("special", Vec::new())
        };
        let mode = if meta.is_symlink() { 0 } else { mode(&full) };
        things.insert(path.to_string_lossy().into_owned(), Thing { kind, mode, content });
    }
    things
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::symlink_metadata(path).expect("it is there").permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(_: &Path) -> u32 {
    0
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode");
}

/// A folder for one of many runs: in memory where that can be had, since thousands of syncs take their time.
fn home() -> TempDir {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    place.or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// Puts a file somewhere, with the folders that it needs.
fn put(path: PathBuf, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, content).expect("a file");
}

fn text(path: PathBuf) -> String {
    fs::read_to_string(path).expect("a text")
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
