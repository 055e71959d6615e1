//! Files that are private, and files that are replaced as a whole.
//!
//! Responsible for the mode from the first byte, a lock, and replacement by temporary file, fsync and rename. Refuses
//! symbolic links, devices, and files that other users can read or change.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::{Error, Result};
use crate::text::Hint;

/// Longest wait for another process that writes the same file.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// A folder that stays open, so that the checked folder is the one that is used.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    fd: OwnedFd,
    private: bool,
}

impl Folder {
    /// Opens the folder, and creates a private one if it does not exist.
    ///
    /// # Errors
    /// `io`.
    pub fn make(path: &Path) -> Result<Self> {
        create(path)?;
        Self::open(path, OFlags::DIRECTORY)?.map_or_else(
            || Err(Error::io("open the folder", path, io::ErrorKind::NotFound.into())),
            |fd| Ok(Self { path: path.to_owned(), fd, private: false }),
        )
    }

    /// The same for a folder of secrets: only this user may have rights to it, and it may be no
    /// symbolic link.
    ///
    /// # Errors
    /// `credential_store` with the fix, `io`.
    pub fn make_private(path: &Path) -> Result<Self> {
        create(path)?;
        Self::open_private(path)?
            .ok_or_else(|| Error::io("open the folder", path, io::ErrorKind::NotFound.into()))
    }

    /// Opens a folder of secrets; `None` if it does not exist.
    ///
    /// # Errors
    /// As [`Self::make_private`].
    pub fn open_private(path: &Path) -> Result<Option<Self>> {
        let Some(fd) = Self::open(path, OFlags::DIRECTORY | OFlags::NOFOLLOW)? else { return Ok(None) };
        let stat = rustix::fs::fstat(&fd).map_err(|error| Error::io("check", path, error.into()))?;
        require_private(path, &stat)?;
        Ok(Some(Self { path: path.to_owned(), fd, private: true }))
    }

    fn open(path: &Path, flags: OFlags) -> Result<Option<OwnedFd>> {
        match rustix::fs::open(path, flags | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
            Ok(fd) => Ok(Some(fd)),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::LOOP | Errno::NOTDIR) => Err(not_what_it_should_be(path, "a folder")),
            Err(error) => Err(Error::io("open the folder", path, error.into())),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until no other process holds the lock for `name`, and takes it.
    ///
    /// # Errors
    /// `io`; after ten seconds too.
    pub fn lock(&self, name: &str) -> Result<Lock<'_>> {
        let deadline = Instant::now() + LOCK_WAIT;
        loop {
            if let Some(lock) = self.try_lock(name)? {
                return Ok(lock);
            }
            if Instant::now() >= deadline {
                return Err(Error::io("lock", &self.path.join(name), io::ErrorKind::TimedOut.into())
                    .hint("another sactl is writing to it, or hangs"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Takes the lock for `name`; `None` when another process holds it.
    ///
    /// # Errors
    /// `io`.
    pub fn try_lock(&self, name: &str) -> Result<Option<Lock<'_>>> {
        let lock_name = format!(".{name}.lock");
        let path = self.path.join(&lock_name);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.fd, &lock_name, flags, owner_only())
            .map_err(|error| Error::io("lock", &path, error.into()))?;
        let file = File::from(fd);
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { folder: self, _file: file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(Error::io("lock", &path, error)),
        }
    }

    /// Reads the file `name` up to `limit` bytes; `None` if it does not exist.
    ///
    /// # Errors
    /// `credential_store` with the fix for anything but a regular file of this user, without rights for
    /// anyone else where the folder is private; `io`.
    pub fn read(&self, name: &str, limit: usize) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let path = self.path.join(name);
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = match rustix::fs::openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => return Err(not_what_it_should_be(&path, "a regular file")),
            Err(error) => return Err(Error::io("read", &path, error.into())),
        };
        let stat = rustix::fs::fstat(&fd).map_err(|error| Error::io("check", &path, error.into()))?;
        self.require_regular(&path, &stat)?;
        bounded(File::from(fd), &path, limit).map(Some)
    }

    fn require_regular(&self, path: &Path, stat: &Stat) -> Result<()> {
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(not_what_it_should_be(path, "a regular file"));
        }
        if self.private { require_private(path, stat) } else { Ok(()) }
    }

    /// Puts `content` in place of the file `name`, whose lock the caller holds: a reader, also after a
    /// crash, finds the old content or the new one.
    fn replace(&self, name: &str, content: &[u8], effort: Effort) -> Result<()> {
        let path = self.path.join(name);
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => self.require_regular(&path, &stat)?,
            Err(Errno::NOENT) => {}
            Err(error) => return Err(Error::io("check", &path, error.into())),
        }
        let temporary = format!(".{name}.new");
        // A file that a killed process left; no other process writes it, because the lock is ours.
        let _ = rustix::fs::unlinkat(&self.fd, &temporary, AtFlags::empty());
        self.write_new(&temporary, content, effort)
            .and_then(|()| rustix::fs::renameat(&self.fd, &temporary, &self.fd, name))
            .and_then(|()| effort.settle(self.fd.as_fd()))
            .map_err(|error| {
                let _ = rustix::fs::unlinkat(&self.fd, &temporary, AtFlags::empty());
                Error::io("write", &path, error.into())
            })
    }

    fn write_new(&self, name: &str, content: &[u8], effort: Effort) -> rustix::io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.fd, name, flags, owner_only())?;
        let mut file = File::from(fd);
        file.write_all(content).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        effort.settle(file.as_fd())
    }
}

/// What a file is worth.
#[derive(Clone, Copy, Debug)]
enum Effort {
    /// It survives the loss of power.
    Durable,
    /// It may be lost then: this does not wait for the disk.
    Light,
}

impl Effort {
    fn settle(self, fd: BorrowedFd<'_>) -> rustix::io::Result<()> {
        match self {
            Self::Durable => rustix::fs::fsync(fd),
            Self::Light => Ok(()),
        }
    }
}

/// The right to write a file, until it is dropped.
#[derive(Debug)]
pub struct Lock<'a> {
    folder: &'a Folder,
    _file: File,
}

impl Lock<'_> {
    /// Puts `content` in place of the file `name`, which is the old or the new one at any moment.
    ///
    /// # Errors
    /// `credential_store` with the fix when the path is not such a file; `io`.
    pub fn replace(&self, name: &str, content: &[u8]) -> Result<()> {
        self.folder.replace(name, content, Effort::Durable)
    }

    /// The same for a file that may be lost with the power, which costs no wait for the disk.
    ///
    /// # Errors
    /// As [`Self::replace`].
    pub fn replace_lightly(&self, name: &str, content: &[u8]) -> Result<()> {
        self.folder.replace(name, content, Effort::Light)
    }
}

/// Creates a new file of mode 0600 with `content`; refuses to touch one that exists. The file gets its name when
/// it is whole, so that no signal leaves a part of it.
///
/// # Errors
/// `io`.
pub fn create_private(path: &Path, content: &[u8]) -> Result<()> {
    match create_unnamed(path, content) {
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOENT) => create_named(path, content)?,
        outcome => outcome.map_err(|error| Error::io("create", path, error.into()))?,
    }
    // Its name survives the loss of power too, where the file system can do that.
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The way where the file system has files without a name and `/proc` is there.
fn create_unnamed(path: &Path, content: &[u8]) -> rustix::io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
    let fd = rustix::fs::open(folder_of(path), flags, owner_only())?;
    let mut file = File::from(fd);
    let written = file.write_all(content).and_then(|()| file.sync_all());
    written.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    let unnamed = format!("/proc/self/fd/{}", file.as_raw_fd());
    rustix::fs::linkat(rustix::fs::CWD, unnamed, rustix::fs::CWD, path, AtFlags::SYMLINK_FOLLOW)
}

/// The way everywhere else.
fn create_named(path: &Path, content: &[u8]) -> Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, owner_only())
        .map_err(|error| Error::io("create", path, error.into()))?;
    let mut file = File::from(fd);
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|error| Error::io("write", path, error))
}

/// Reads a file or stream that the user named, up to `limit` bytes; `source` says where such a file comes from.
///
/// # Errors
/// `io`; `config` when it is longer. Both have `source` as hint.
pub fn read_bounded(path: &Path, limit: usize, source: impl Into<Hint>) -> Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path).map_err(|error| Error::io("read", path, error));
    file.and_then(|file| bounded(file, path, limit)).map_err(|error| error.hint(source))
}

/// Reads a regular file of this user or of root up to `limit` bytes.
///
/// # Errors
/// `io`, also for anything but a regular file: reading it could wait. `config` for a longer file, and for one that
/// another user owns or can change.
pub fn read_regular(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, Mode::empty())
        .map_err(|error| Error::io("read", path, error.into()))?;
    let file = File::from(fd);
    let stat = file.metadata().map_err(|error| Error::io("check", path, error))?;
    if !stat.is_file() {
        return Err(Error::io("read", path, io::Error::other("not a regular file")));
    }
    let is_ours = [rustix::process::geteuid().as_raw(), 0].contains(&stat.uid());
    if !is_ours || stat.mode() & 0o002 != 0 {
        return Err(Error::config(format!(
            "{} belongs to another user, or other users can change it",
            path.display()
        ))
        .hint(format!("check it, then: chown \"$USER\" {0} && chmod 600 {0}", path.display()))
        .hint("or use another folder with SACTL_CONFIG_DIR"));
    }
    bounded(file, path, limit)
}

/// Reads a regular file of this user that no other user may read or change, up to `limit` bytes; `None` for any other
/// file.
///
/// # Errors
/// `io`; `config` when it is longer.
pub fn read_private(path: &Path, limit: usize) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = match rustix::fs::open(path, flags, Mode::empty()) {
        Err(Errno::NOENT | Errno::LOOP) => return Ok(None),
        opened => opened.map_err(|error| Error::io("read", path, error.into()))?,
    };
    let stat = rustix::fs::fstat(&fd).map_err(|error| Error::io("check", path, error.into()))?;
    let is_regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    if !is_regular || require_private(path, &stat).is_err() {
        return Ok(None);
    }
    bounded(File::from(fd), path, limit).map(Some)
}

pub(super) fn bounded(file: File, path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::with_capacity(4096.min(limit + 1)));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut content).map_err(|error| Error::io("read", path, error))?;
    if content.len() > limit {
        return Err(Error::config(format!("{} is longer than {limit} bytes", path.display())));
    }
    Ok(content)
}

fn create(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| Error::io("create the folder", path, error))
}

pub(super) fn owner_only() -> Mode {
    Mode::RUSR | Mode::WUSR
}

pub(super) fn require_private(path: &Path, stat: &Stat) -> Result<()> {
    if stat.st_uid != rustix::process::geteuid().as_raw() {
        return Err(Error::store(format!("{} belongs to another user", path.display()))
            .hint("use the account that signed in, or another folder with SACTL_CONFIG_DIR"));
    }
    if stat.st_mode & 0o077 != 0 {
        let is_folder = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
        let mode = if is_folder { "700" } else { "600" };
        return Err(Error::store(format!(
            "others may read or change {} (mode {:03o}), so others may know its contents",
            path.display(),
            stat.st_mode & 0o777
        ))
        .hint(format!("chmod {mode} {}", path.display()))
        .hint("then sign in again, and change the password if it was in the file"));
    }
    Ok(())
}

pub(super) fn not_what_it_should_be(path: &Path, what: &str) -> Error {
    Error::store(format!("{} is not {what}, so sactl does not use it", path.display()))
        .hint("check it and move it away")
}

#[cfg(test)]
mod tests;
