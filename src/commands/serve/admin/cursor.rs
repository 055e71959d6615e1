//! The cursor file of an export: the id of the last exported record.
//!
//! Responsible for a lock against a second exporter, and for replacing the file atomically. Refuses a file with other
//! contents.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::secure_file::{Folder, Lock};
use crate::error::{CliError, Result};

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
    /// The id of the last record that was written; 0 for the first export.
    pub(super) fn read(&self) -> Result<i64> {
        let Some(text) = self.file.folder.read(&self.file.name, LIMIT)? else { return Ok(0) };
        let cursor: Cursor = serde_json::from_slice(&text).map_err(|error| {
            CliError::config(format!("{} is not a cursor of an export", self.file.path.display()))
                .caused_by(error)
        })?;
        Ok(cursor.last_id)
    }

    /// Replaces the id in the file.
    pub(super) fn replace(&self, last_id: i64) -> Result<()> {
        let text = format!("{}\n", serde_json::json!(Cursor { last_id }));
        Ok(self.lock.replace(&self.file.name, text.as_bytes())?)
    }
}
