//! Responsible for a private file that one process uses at a time. Refuses one that other users can read or change.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::secure_file::{bounded, not_what_it_should_be, owner_only, require_private};
use super::{Error, Result};

/// A private file of this user that one process uses at a time.
#[derive(Debug)]
pub struct LockedFile {
    path: PathBuf,
    file: File,
    is_new: bool,
}

impl LockedFile {
    /// Opens the file, creates it if it does not exist, and locks it until it is dropped; `None` while another process
    /// has it. A file system without locks gives none.
    ///
    /// # Errors
    /// `io`; `credential_store` for anything but a private regular file of this user.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let failed = |error: Errno| Error::io("open", path, error.into());
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let (fd, is_new) = match rustix::fs::open(path, flags | OFlags::CREATE | OFlags::EXCL, owner_only()) {
            Err(Errno::EXIST) => (rustix::fs::open(path, flags, Mode::empty()).map_err(failed)?, false),
            opened => (opened.map_err(failed)?, true),
        };
        let stat = rustix::fs::fstat(&fd).map_err(failed)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(not_what_it_should_be(path, "a regular file"));
        }
        require_private(path, &stat)?;
        let file = File::from(fd);
        if matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)) {
            return Ok(None);
        }
        // The process that had it may have removed it, so that another file has its name now.
        let named = rustix::fs::statat(rustix::fs::CWD, path, AtFlags::SYMLINK_NOFOLLOW);
        let is_same = named.is_ok_and(|named| (named.st_dev, named.st_ino) == (stat.st_dev, stat.st_ino));
        Ok(is_same.then(|| Self { path: path.to_owned(), file, is_new }))
    }

    /// Whether this opening made the file.
    pub const fn is_new(&self) -> bool {
        self.is_new
    }

    /// The open file, for appending.
    ///
    /// # Errors
    /// Those of the system.
    pub fn file(&self) -> std::io::Result<File> {
        self.file.try_clone()
    }

    /// The content, up to `limit` bytes.
    ///
    /// # Errors
    /// `io`; `config` when it is longer.
    pub fn read(&self, limit: usize) -> Result<Zeroizing<Vec<u8>>> {
        let file = self.file.try_clone().map_err(|error| Error::io("read", &self.path, error))?;
        bounded(file, &self.path, limit)
    }

    /// Replaces the contents of the file. A crash may leave a part of the new ones.
    ///
    /// # Errors
    /// `io`.
    pub fn write(&mut self, content: &[u8]) -> Result<()> {
        let written = self
            .file
            .set_len(0)
            .and_then(|()| self.file.rewind())
            .and_then(|()| self.file.write_all(content))
            .and_then(|()| self.file.sync_all());
        written.map_err(|error| Error::io("write", &self.path, error))
    }

    /// Removes the file.
    pub fn discard(self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
