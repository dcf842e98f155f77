//! Which files git tracks, as the index of their repository says. Nothing of git is run.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use catalog::units::Bytes;

use crate::files;

/// A larger index is not read.
const MAX_INDEX: Bytes = Bytes(64 << 20);

/// The repositories that files lie in, each index read once.
#[derive(Default)]
pub(super) struct Repositories(Mutex<BTreeMap<PathBuf, Option<Arc<Tracked>>>>);

/// The paths that git tracks, from the folder of the repository, with `/` between the parts.
type Tracked = HashSet<Vec<u8>>;

impl Repositories {
    /// Whether git tracks a file, by its absolute path. Where a repository keeps its index elsewhere, as a second work tree
    /// does, nothing is known.
    pub(super) fn is_tracked(&self, path: &Path) -> bool {
        let is_repository = |folder: &&Path| files::standing(&folder.join(".git")).is_some_and(|found| found.is_dir());
        let Some(folder) = path.ancestors().skip(1).find(is_repository) else { return false };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tracked = known.entry(folder.to_owned()).or_insert_with(|| {
            let index = files::read(&folder.join(".git/index"), MAX_INDEX).ok()?;
            Some(Arc::new(paths(&index)?))
        });
        let tracked = tracked.clone();
        drop(known);
        let within = path.strip_prefix(folder).unwrap_or(path);
        let parts: Vec<_> = within.components().map(|part| part.as_os_str().as_encoded_bytes()).collect();
        tracked.is_some_and(|tracked| tracked.contains(&parts.join(&b'/')))
    }
}

/// The paths in an index of version 2, 3 or 4 with SHA-1; nothing where it is none.
fn paths(index: &[u8]) -> Option<Tracked> {
    /// The time, device, owner, size and hash of a file.
    const FACTS: usize = 60;
    const LONG: u16 = 0x0fff;
    const EXTENDED: u16 = 0x4000;
    let mut rest = index.strip_prefix(b"DIRC")?;
    let version = number(&mut rest)?;
    let count = number(&mut rest)?;
    let mut tracked = Tracked::new();
    let mut last: Vec<u8> = Vec::new();
    for _ in 0..count {
        let before = rest.len();
        rest = rest.get(FACTS..)?;
        let flags = u16::from_be_bytes(take(&mut rest)?);
        if version >= 3 && flags & EXTENDED != 0 {
            take::<2>(&mut rest)?;
        }
        let mut path = if version >= 4 {
            let cut = prefix(&mut rest)?;
            last.get(..last.len().checked_sub(cut)?)?.to_vec()
        } else {
            Vec::new()
        };
        let length = match flags & LONG {
            length if length < LONG && version < 4 => usize::from(length),
            _ => rest.iter().position(|byte| *byte == 0)?,
        };
        path.extend_from_slice(rest.get(..length)?);
        rest = rest.get(length..)?;
        let entry = before.checked_sub(rest.len())?;
        // One to eight NULs fill the entry up to a multiple of eight bytes; from version 4 on one NUL ends it.
        let fill = if version >= 4 { 1 } else { 8usize.checked_sub(entry % 8)? };
        rest = rest.get(fill..)?;
        last.clone_from(&path);
        tracked.insert(path);
    }
    (2..=4).contains(&version).then_some(tracked)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    take(rest).map(u32::from_be_bytes)
}

/// How much of the path before is not in this one: a number of seven bits a byte.
fn prefix(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0usize;
    loop {
        let [byte] = take::<1>(rest)?;
        value = value.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?.checked_mul(128)?;
    }
}

#[cfg(test)]
mod tests {
    use super::paths;

    /// An index of two files, as git writes it.
    fn index(version: u32) -> Vec<u8> {
        let mut index = b"DIRC".to_vec();
        index.extend(version.to_be_bytes());
        index.extend(2u32.to_be_bytes());
        for (path, cut, suffix) in [("db/.env", 0u8, "db/.env"), ("db/compose.yaml", 4, "compose.yaml")] {
            let start = index.len();
            index.extend([0; 60]);
            index.extend(u16::try_from(path.len()).unwrap().to_be_bytes());
            if version == 4 {
                index.push(cut);
                index.extend(suffix.as_bytes());
                index.push(0);
            } else {
                index.extend(path.as_bytes());
                let length = index.len() - start;
                index.extend(vec![0; 8 - length % 8]);
            }
        }
        index
    }

    #[test]
    fn the_paths_of_an_index_are_read() {
        for version in 2..=4 {
            let tracked = paths(&index(version)).unwrap();
            assert!(tracked.len() == 2 && tracked.contains(&b"db/.env"[..]), "{version}: {tracked:?}");
            assert!(tracked.contains(&b"db/compose.yaml"[..]), "{version}");
        }
        let whole = index(2);
        assert!((0..whole.len() - 8).all(|end| paths(&whole[..end]).is_none()), "what is cut off is no index");
        assert!(paths(&index(5)).is_none() && paths(b"").is_none());
    }
}
