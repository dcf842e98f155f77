//! Keeping other runs out of a folder.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use super::folder::Folder;
use super::system::Stamp;

/// A folder that this process works in. The lock ends when it is dropped, and with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Lock {
    /// Held, not used; absent where folders cannot be locked.
    file: Option<File>,
}

impl Lock {
    /// Takes the lock; none if another process holds it.
    pub(crate) fn take(folder: &Folder) -> io::Result<Option<Self>> {
        let Some(file) = folder.handle(Path::new(""))? else { return Ok(Some(Self { file: None })) };
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(_)) => Ok(Some(Self { file: None })),
        }
    }

    /// Takes the lock of a folder in another; none if another process holds it, or has put another in its place.
    pub(crate) fn take_in(parent: &Folder, name: &Path, folder: &Folder) -> io::Result<Option<Self>> {
        let lock = Self::take(folder)?;
        let place = Stamp::of(&folder.metadata()?).place;
        let still = parent.standing(name)?.is_some_and(|found| Stamp::of(&found).place == place);
        Ok(lock.filter(|_| still))
    }

    /// Whether it keeps others out.
    pub(crate) fn holds(&self) -> bool {
        self.file.is_some()
    }
}

impl Drop for Lock {
    /// Closing the file is not enough: a child that was forked but has not run its program yet has it open, too.
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            let _ = file.unlock();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::Lock;
    use crate::files::Folder;

    #[test]
    fn a_lock_ends_even_where_a_child_has_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(folder.path()).expect("it can be opened");
        let lock = Lock::take(&folder).expect("it can be opened").expect("nobody has it");
        let in_the_child = lock.file.as_ref().map(|file| file.try_clone().expect("a second handle"));
        assert!(Lock::take(&folder).expect("it can be opened").is_none(), "it is held");
        drop(lock);
        assert!(Lock::take(&folder).expect("it can be opened").is_some(), "it was given back");
        drop(in_the_child);
    }
}
