//! The file that says up to which record everything was exported.
//!
//! Responsible for one exporter at a time, and for a file that is the old one or the new one after a crash. Refuses a file
//! that it has not written.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::secure_file::{Folder, Lock};
use crate::error::{CliError, Result};

/// More than any cursor takes.
const LIMIT: usize = 1024;

/// A cursor, and the folder that it is in.
pub(super) struct CursorFile {
    folder: Folder,
    name: String,
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    /// The number of the last record that was written.
    last_id: i64,
}

impl CursorFile {
    /// The file at `path`, which need not exist.
    pub(super) fn new(path: &Path) -> Result<Self> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| CliError::usage("--cursor needs the name of a file"))?.to_owned();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = Folder::make(folder.unwrap_or(Path::new(".")))?;
        Ok(Self { folder, name, path: path.to_owned() })
    }

    /// Keeps other exporters away from the file until it is dropped.
    pub(super) fn lock(&self) -> Result<LockedCursor<'_>> {
        let lock = self.folder.try_lock(&self.name)?.ok_or_else(|| {
            CliError::config(format!("another export uses the cursor {}", self.path.display()))
        })?;
        Ok(LockedCursor { file: self, lock })
    }
}

/// A cursor that no other exporter uses.
pub(super) struct LockedCursor<'a> {
    file: &'a CursorFile,
    lock: Lock<'a>,
}

impl LockedCursor<'_> {
    /// The number of the last record that was written; 0 at the first export.
    pub(super) fn read(&self) -> Result<i64> {
        let Some(text) = self.file.folder.read(&self.file.name, LIMIT)? else { return Ok(0) };
        let cursor: Cursor = serde_json::from_slice(&text).map_err(|error| {
            CliError::config(format!("{} is no cursor of an export", self.file.path.display()))
                .caused_by(error)
        })?;
        Ok(cursor.last_id)
    }

    /// Puts another number in its place.
    pub(super) fn replace(&self, last_id: i64) -> Result<()> {
        let text = format!("{}\n", serde_json::json!(Cursor { last_id }));
        Ok(self.lock.replace(&self.file.name, text.as_bytes())?)
    }
}
