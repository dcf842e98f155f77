//! What is asked of the file system, and how it differs between systems.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// A folder of the result.
pub(super) const FOLDER_MODE: u32 = 0o755;
/// A folder that holds secrets, or that is not complete yet.
pub(super) const PRIVATE_MODE: u32 = 0o700;
/// A generated file.
pub(super) const FILE_MODE: u32 = 0o644;
/// A generated file that is run.
pub(super) const PROGRAM_MODE: u32 = 0o755;
/// A secret: its folder is private, and the user of the container that it is mounted into must be able to read it.
pub(super) const SECRET_MODE: u32 = 0o644;

/// Where a header is looked for.
const HEAD: usize = 4096;
/// No file of ours is larger.
const LARGEST: u64 = 16 << 20;

/// What makes a file the one that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Where it is: device and inode.
    pub(super) place: (u64, u64),
    /// Who may use it: user, group and mode.
    pub(super) rights: (u32, u32, u32),
    /// The length and the time of the last change; of a folder nothing.
    content: (u64, i64, i64),
}

impl Stamp {
    #[cfg(unix)]
    pub(super) fn of(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let content = if meta.is_dir() { (0, 0, 0) } else { (meta.len(), meta.mtime(), meta.mtime_nsec()) };
        Self { place: (meta.dev(), meta.ino()), rights: (meta.uid(), meta.gid(), meta.mode() & 0o7777), content }
    }

    #[cfg(not(unix))]
    pub(super) fn of(meta: &Metadata) -> Self {
        let content = if meta.is_dir() { (0, 0, 0) } else { (meta.len(), 0, 0) };
        Self { place: (0, 0), rights: (0, 0, PRIVATE_MODE), content }
    }
}

/// What stands at a path, if anything does; a symbolic link is not followed.
pub(super) fn standing(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(meta) => Ok(Some(meta)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a name can be given; where that cannot be seen, giving it will tell.
pub(super) fn is_free(path: &Path) -> bool {
    standing(path).map_or(true, |meta| meta.is_none())
}

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
pub(super) fn read(path: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<Text> {
    let mut file = open_to_look(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Ok(Text::Foreign);
    }
    let mut content = Vec::new();
    (&mut file).take(HEAD as u64).read_to_end(&mut content)?;
    if !wanted(&String::from_utf8_lossy(&content)) {
        return Ok(Text::Foreign);
    }
    if meta.len() > LARGEST {
        return Ok(Text::Broken);
    }
    file.take(LARGEST).read_to_end(&mut content)?;
    Ok(String::from_utf8(content).map_or(Text::Broken, Text::Whole))
}

/// Opens a file to read it: neither the target of a link, nor waiting for the other end of a pipe.
fn open_to_look(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    options.open(path)
}

/// Whether the owner may run a file.
#[cfg(unix)]
pub(super) fn is_executable(meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.mode() & 0o100 != 0
}

#[cfg(not(unix))]
pub(super) fn is_executable(_: &Metadata) -> bool {
    true
}

/// The bits that say who may use a file.
pub(super) fn mode(meta: &Metadata) -> u32 {
    let (_, _, mode) = Stamp::of(meta).rights;
    mode
}

/// Makes a file that was not there, whole and on the disk.
pub(super) fn create_file(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    set_mode(&file, mode)?;
    file.sync_all()
}

/// Makes a folder that was not there, private as yet.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        DirBuilder::new().mode(PRIVATE_MODE).create(path)
    }
    #[cfg(not(unix))]
    DirBuilder::new().create(path)
}

/// Gives a folder its mode and puts it on the disk.
#[cfg(unix)]
pub(super) fn finish_folder(path: &Path, mode: u32) -> io::Result<()> {
    let folder = open_folder(path)?;
    set_mode(&folder, mode)?;
    sync_all(&folder)
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(super) fn finish_folder(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// Puts the names in a folder on the disk.
#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    sync_all(&open_folder(path)?)
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn open_folder(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).custom_flags(OFlags::DIRECTORY.bits().cast_signed()).open(path)
}

/// Some file systems cannot sync a folder; then nothing better can be done.
#[cfg(unix)]
fn sync_all(folder: &File) -> io::Result<()> {
    match folder.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

#[cfg(unix)]
fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match file.set_permissions(fs::Permissions::from_mode(mode)) {
        // To the owner this is only refused where the file system has no modes.
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn set_mode(_: &File, _: u32) -> io::Result<()> {
    Ok(())
}

/// Makes a symbolic link that leads where another does.
pub(super) fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    let target = fs::read_link(from)?;
    #[cfg(unix)]
    return std::os::unix::fs::symlink(target, to);
    #[cfg(not(unix))]
    return Err(io::Error::new(ErrorKind::Unsupported, format!("{} -> {}", to.display(), target.display())));
}

/// Exchanges two folders in one step.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Moves to a name that must be free.
pub(super) fn move_to_free(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        let result = renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE).map_err(io::Error::from);
        if !matches!(&result, Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported)) {
            return result;
        }
    }
    match standing(to)? {
        Some(_) => Err(ErrorKind::AlreadyExists.into()),
        None => fs::rename(from, to),
    }
}

/// Whether a folder has attributes beyond its mode, such as an access control list, that a new one would lack.
#[cfg(target_os = "linux")]
pub(super) fn has_attributes(path: &Path) -> bool {
    const GIVEN_BY_THE_SYSTEM: &[u8] = b"security.selinux";
    let mut names = [0u8; 256];
    match rustix::fs::llistxattr(path, &mut names[..]) {
        Ok(length) => {
            let names = names.get(..length).unwrap_or_default().split(|byte| *byte == 0);
            names.into_iter().any(|name| !name.is_empty() && name != GIVEN_BY_THE_SYSTEM)
        }
        Err(error) => error != rustix::io::Errno::OPNOTSUPP,
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn has_attributes(_: &Path) -> bool {
    false
}

/// A folder that this process works in. The lock ends when it is dropped, and with the process, however that ends.
#[derive(Debug)]
pub(super) struct Lock {
    /// Held, not used; absent where folders cannot be locked.
    file: Option<File>,
}

impl Lock {
    /// Takes the lock; none if another process holds it, or has put another folder in the place of this one.
    pub(super) fn take(folder: &Path) -> io::Result<Option<Self>> {
        if cfg!(not(unix)) {
            return Ok(Some(Self { file: None }));
        }
        let file = File::open(folder)?;
        let locked = match file.try_lock() {
            Ok(()) => Stamp::of(&file.metadata()?).place,
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(_)) => return Ok(Some(Self { file: None })),
        };
        let still = standing(folder)?.is_some_and(|meta| Stamp::of(&meta).place == locked);
        Ok(still.then_some(Self { file: Some(file) }))
    }

    /// Whether it keeps others out.
    pub(super) fn holds(&self) -> bool {
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

#[cfg(all(test, unix))]
mod tests {
    use super::Lock;

    #[test]
    fn a_lock_ends_even_where_a_child_has_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let lock = Lock::take(folder.path()).expect("it can be opened").expect("nobody has it");
        let in_the_child = lock.file.as_ref().map(|file| file.try_clone().expect("a second handle"));
        assert!(Lock::take(folder.path()).expect("it can be opened").is_none(), "it is held");
        drop(lock);
        assert!(Lock::take(folder.path()).expect("it can be opened").is_some(), "it was given back");
        drop(in_the_child);
    }
}
