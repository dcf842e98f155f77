//! What is asked of the file system where it differs between systems.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use cap_fs_ext::{DirExt, MetadataExt};
use cap_std::fs::{Dir, DirBuilder, Metadata, OpenOptions};

use super::folder::Folder;

/// Who may use a file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As the system gives it to what is new.
    Usual,
    /// These.
    Bits(u32),
}

impl Mode {
    /// The bits of what is there.
    pub(crate) fn of(found: &Metadata) -> Self {
        let (_, _, mode) = Stamp::of(found).rights;
        Self::Bits(mode)
    }

    /// Whether others than its owner may do anything with it.
    pub(crate) fn is_open(self) -> bool {
        cfg!(unix) && matches!(self, Self::Bits(mode) if mode & 0o077 != 0)
    }

    /// Whether the owner may run it.
    pub(crate) fn is_executable(self) -> bool {
        cfg!(not(unix)) || matches!(self, Self::Bits(mode) if mode & 0o100 != 0)
    }
}

/// What makes a file the one that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Where it is: device and inode.
    pub(crate) place: (u64, u64),
    /// Who may use it: user, group and mode.
    pub(crate) rights: (u32, u32, u32),
    /// The length and the time of the last change; of a folder nothing.
    content: (u64, i64, i64),
}

impl Stamp {
    /// That of what is there.
    #[cfg(unix)]
    pub(crate) fn of(found: &Metadata) -> Self {
        use cap_std::fs::MetadataExt as _;
        let content = if found.is_dir() { (0, 0, 0) } else { (found.len(), found.mtime(), found.mtime_nsec()) };
        let place = (MetadataExt::dev(found), MetadataExt::ino(found));
        Self { place, rights: (found.uid(), found.gid(), found.mode() & 0o7777), content }
    }

    /// That of what is there.
    #[cfg(not(unix))]
    pub(crate) fn of(found: &Metadata) -> Self {
        let content = if found.is_dir() { (0, 0, 0) } else { (found.len(), 0, 0) };
        Self { place: (found.dev(), found.ino()), rights: (0, 0, 0o700), content }
    }
}

impl Folder {
    /// Makes a file that was not there, whole and on the disk.
    pub(crate) fn create_file(&self, path: &Path, content: &[u8], mode: Mode) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if matches!(mode, Mode::Bits(_)) {
            cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let mut file = self.within(path, |dir, name| dir.open_with(name, &options))?.into_std();
        file.write_all(content)?;
        set_mode(&file, mode)?;
        file.sync_all()
    }

    /// Makes a folder that was not there.
    pub(crate) fn create_folder(&self, path: &Path, mode: Mode) -> io::Result<()> {
        #[allow(unused_mut, reason = "elsewhere there are no modes")]
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        if let Mode::Bits(mode) = mode {
            cap_std::fs::DirBuilderExt::mode(&mut builder, mode);
        }
        self.within(path, |dir, name| dir.create_dir_with(name, &builder))
    }

    /// Gives a folder its mode and puts it on the disk.
    pub(crate) fn finish(&self, path: &Path, mode: Mode) -> io::Result<()> {
        let Some(folder) = self.handle(path)? else { return Ok(()) };
        set_mode(&folder, mode)?;
        match folder.sync_all() {
            // Some file systems cannot sync a folder; then nothing better can be done.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
            result => result,
        }
    }

    /// Puts the names in a folder on the disk.
    pub(crate) fn sync(&self, path: &Path) -> io::Result<()> {
        self.finish(path, Mode::Usual)
    }

    /// A handle of a folder that more can be done with than to name what is in it; nothing where the system has none.
    pub(super) fn handle(&self, path: &Path) -> io::Result<Option<std::fs::File>> {
        if cfg!(not(unix)) {
            return Ok(None);
        }
        Ok(Some(self.folder(path)?.dir.open(".")?.into_std()))
    }

    /// Gives a file another name in the folder; what has that name is no more.
    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.move_over(from, self, to)
    }

    /// Moves a file to another folder; what has its name there is no more.
    pub(crate) fn move_over(&self, from: &Path, folder: &Self, to: &Path) -> io::Result<()> {
        self.within(from, |old, from| folder.within(to, |new, to| old.rename(from, new, to)))
    }

    /// Gives a file a second name, in another folder.
    pub(crate) fn link(&self, from: &Path, folder: &Self, to: &Path) -> io::Result<()> {
        self.within(from, |old, from| folder.within(to, |new, to| old.hard_link(from, new, to)))
    }

    /// Makes a symbolic link in another folder that leads where one here does.
    pub(crate) fn copy_link(&self, from: &Path, folder: &Self, to: &Path) -> io::Result<()> {
        let target = self.within(from, |dir, name| dir.read_link_contents(name))?;
        #[cfg(unix)]
        return folder.within(to, |dir, name| dir.symlink_contents(target, name));
        #[cfg(not(unix))]
        return Err(io::Error::new(
            ErrorKind::Unsupported,
            format!("{} -> {}", folder.join(to).display(), target.display()),
        ));
    }

    /// Removes a file, or a link.
    pub(crate) fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.within(path, |dir, name| dir.remove_file_or_symlink(name))
    }

    /// Removes an empty folder.
    pub(crate) fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.within(path, |dir, name| dir.remove_dir(name))
    }

    /// Removes a folder with all that is in it.
    pub(crate) fn remove_all(&self, path: &Path) -> io::Result<()> {
        self.within(path, |dir, name| dir.remove_dir_all(name))
    }

    /// Exchanges two things in the folder in one step.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    pub(crate) fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        use rustix::fs::{RenameFlags, renameat_with};
        let exchange =
            |a: &Dir, one: &Path, b: &Dir, other: &Path| renameat_with(a, one, b, other, RenameFlags::EXCHANGE);
        self.within(one, |a, one| self.within(other, |b, other| Ok(exchange(a, one, b, other)?)))
    }

    /// Exchanges two things in the folder in one step.
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    pub(crate) fn exchange(&self, _: &Path, _: &Path) -> io::Result<()> {
        Err(ErrorKind::Unsupported.into())
    }

    /// Moves something to a name that must be free, in this folder or another.
    pub(crate) fn move_to_free(&self, from: &Path, folder: &Self, to: &Path) -> io::Result<()> {
        self.within(from, |old, from| folder.within(to, |new, to| move_to_free(old, from, new, to)))
    }

    /// Whether something has attributes beyond its mode, such as an access control list, that a new one would lack.
    #[cfg(target_os = "linux")]
    pub(crate) fn has_attributes(&self, path: &Path) -> bool {
        const GIVEN_BY_THE_SYSTEM: &[u8] = b"security.selinux";
        let mut names = [0u8; 256];
        let Ok(Some(folder)) = self.handle(path) else { return true };
        match rustix::fs::flistxattr(folder, &mut names[..]) {
            Ok(length) => {
                let names = names.get(..length).unwrap_or_default().split(|byte| *byte == 0);
                names.into_iter().any(|name| !name.is_empty() && name != GIVEN_BY_THE_SYSTEM)
            }
            Err(error) => error != rustix::io::Errno::OPNOTSUPP,
        }
    }

    /// Whether something has attributes beyond its mode that a new one would lack.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn has_attributes(&self, _: &Path) -> bool {
        false
    }
}

fn move_to_free(old: &Dir, from: &Path, new: &Dir, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{RenameFlags, renameat_with};
        let result = renameat_with(old, from, new, to, RenameFlags::NOREPLACE).map_err(io::Error::from);
        if !matches!(&result, Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported)) {
            return result;
        }
    }
    match new.symlink_metadata(to) {
        Ok(_) => Err(ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => old.rename(from, new, to),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn set_mode(file: &std::fs::File, mode: Mode) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let Mode::Bits(mode) = mode else { return Ok(()) };
    match file.set_permissions(std::fs::Permissions::from_mode(mode)) {
        // To the owner this is only refused where the file system has no modes.
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn set_mode(_: &std::fs::File, _: Mode) -> io::Result<()> {
    Ok(())
}
