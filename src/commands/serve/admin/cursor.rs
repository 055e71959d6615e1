//! The cursor file of an export: the id of the last exported record.
//!
//! Responsible for a lock against a second exporter, and for replacing the file atomically. Refuses a file with other
//! contents, and one that records are written to.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::{Stat, fstat, stat};
use serde::{Deserialize, Serialize};

use crate::config::secure_file::{Folder, Lock};
use crate::error::{CliError, Result};
use crate::platform::service::export::Last;

/// Most bytes of a cursor file.
const LIMIT: usize = 1024;

/// A cursor file that is not locked yet.
pub(super) struct CursorFile {
    folder: Folder,
    name: String,
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    /// The id of the last record that was written.
    last_id: i64,
    /// When that was made; the first cursors did not say so.
    #[serde(rename = "last_at")]
    at: Option<Timestamp>,
    /// The request that made it.
    #[serde(rename = "last_request_id")]
    request_id: Option<String>,
}

impl CursorFile {
    /// The file at `path`, which may not exist yet.
    pub(super) fn new(path: &Path) -> Result<Self> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| CliError::usage("--cursor needs the name of a file"))?.to_owned();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = Folder::make(folder.unwrap_or(Path::new(".")))?;
        Ok(Self { folder, name, path: path.to_owned() })
    }

    /// Refuses the cursor as the file of records, `None` for standard output: each would destroy the other.
    pub(super) fn refuse_as(&self, out: Option<&Path>) -> Result<()> {
        let found = out.map_or_else(|| fstat(rustix::stdio::stdout()), stat);
        let file = |it: Stat| (it.st_dev, it.st_ino);
        let is_same_file = found.ok().map(file).is_some_and(|it| stat(&self.path).ok().map(file) == Some(it));
        // The file may not exist yet.
        let is_same_place = out.and_then(place).is_some_and(|it| place(&self.path) == Some(it));
        if is_same_file || is_same_place {
            return Err(CliError::usage(format!(
                "{} cannot be both the cursor and the file of records",
                self.path.display()
            )));
        }
        Ok(())
    }

    /// Locks the file against other exporters until the lock is dropped.
    pub(super) fn lock(&self) -> Result<LockedCursor<'_>> {
        let lock = self.folder.try_lock(&self.name)?.ok_or_else(|| {
            CliError::config(format!("another export uses the cursor {}", self.path.display()))
        })?;
        Ok(LockedCursor { file: self, lock })
    }
}

/// A cursor file that this process has locked.
pub(super) struct LockedCursor<'a> {
    file: &'a CursorFile,
    lock: Lock<'a>,
}

impl LockedCursor<'_> {
    /// The last record that was written.
    pub(super) fn read(&self) -> Result<Last> {
        let Some(text) = self.file.folder.read(&self.file.name, LIMIT)? else { return Ok(Last::default()) };
        let cursor: Cursor = serde_json::from_slice(&text).map_err(|error| {
            CliError::config(format!("{} is not a cursor of an export", self.file.path.display()))
                .caused_by(error)
        })?;
        Ok(Last { id: cursor.last_id, origin: cursor.at.zip(cursor.request_id) })
    }

    /// Replaces the record in the file.
    pub(super) fn replace(&self, last: &Last) -> Result<()> {
        let (at, request_id) = last.origin.clone().unzip();
        let text = format!("{}\n", serde_json::json!(Cursor { last_id: last.id, at, request_id }));
        Ok(self.lock.replace(&self.file.name, text.as_bytes())?)
    }
}

/// Where a file is or would be, by whatever path it is named.
fn place(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(path.file_name()?))
}
