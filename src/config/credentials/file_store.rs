//! Credentials in a file that only its owner can read, chosen explicitly.
//!
//! Responsible for reading, replacing and deleting one file per slot. Refuses a file that other users can read or
//! change.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::slot::{Credentials, FOLDER, Slot, encode};
use crate::config::secure_file::Folder;
use crate::config::{Error, ErrorKind, Result};
use crate::domain::Origin;

/// The name of the file in its private folder.
const NAME: &str = "credentials.json";
/// Most bytes of the file.
const LIMIT: usize = 4 * 1024 * 1024;

/// The file of credentials.
#[derive(Clone, Debug)]
pub struct FileStore {
    folder: PathBuf,
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u8,
    slots: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    server: Origin,
    username: String,
    #[serde(flatten)]
    credentials: Credentials,
}

impl Entry {
    fn is(&self, slot: &Slot) -> bool {
        self.server == slot.origin && self.username == slot.username
    }
}

impl FileStore {
    /// The file that belongs to a configuration folder. Touches nothing.
    pub fn new(config_folder: &Path) -> Self {
        Self::in_folder(config_folder.join(FOLDER))
    }

    pub(super) fn in_folder(folder: PathBuf) -> Self {
        let path = folder.join(NAME);
        Self { folder, path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What `slot` holds; `None` for nothing.
    ///
    /// # Errors
    /// `credential_store` with the fix for a file that others may read, that is another user's, or that is
    /// no regular file; also for one that does not parse.
    pub fn load(&self, slot: &Slot) -> Result<Option<Credentials>> {
        let Some(folder) = Folder::open_private(&self.folder).map_err(blame)? else { return Ok(None) };
        let found = self.read(&folder)?.slots.into_iter().find(|entry| entry.is(slot));
        Ok(found.map(|entry| entry.credentials))
    }

    /// Stores `credentials` in `slot`.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn save(&self, slot: &Slot, credentials: &Credentials) -> Result<()> {
        self.update(|content| {
            content.slots.retain(|entry| !entry.is(slot));
            content.slots.push(Entry {
                server: slot.origin.clone(),
                username: slot.username.clone(),
                credentials: credentials.clone(),
            });
        })
    }

    /// Empties `slot`; says whether it held anything.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn delete(&self, slot: &Slot) -> Result<bool> {
        if self.load(slot)?.is_none() {
            return Ok(false);
        }
        self.update(|content| content.slots.retain(|entry| !entry.is(slot)))?;
        Ok(true)
    }

    fn update(&self, change: impl FnOnce(&mut Content)) -> Result<()> {
        let folder = Folder::make_private(&self.folder).map_err(blame)?;
        let lock = folder.lock(NAME).map_err(blame)?;
        let mut content = self.read(&folder)?;
        change(&mut content);
        content.version = 1;
        lock.replace(NAME, encode(&content)?.as_bytes()).map_err(blame)
    }

    fn read(&self, folder: &Folder) -> Result<Content> {
        let Some(bytes) = folder.read(NAME, LIMIT).map_err(blame)? else { return Ok(Content::default()) };
        // The parser's own message could repeat a secret, so only the place is told.
        serde_json::from_slice(&bytes).map_err(|error| {
            Error::store(format!("{} does not parse (line {})", self.path.display(), error.line()))
                .hint(format!("move it away and sign in again: mv {0} {0}.broken", self.path.display()))
        })
    }
}

/// Whatever fails here, it is the store that failed.
fn blame(error: Error) -> Error {
    error.of_kind(ErrorKind::CredentialStore)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Password, Token};

    fn slot(origin: &str, username: &str) -> Slot {
        Slot { origin: origin.parse().unwrap(), username: username.into() }
    }

    fn token(text: &str) -> Credentials {
        Credentials { token: Some(Token::new(text)), ..Credentials::default() }
    }

    /// P3: a slot is one origin and one user.
    #[test]
    fn every_origin_and_user_has_its_own_slot() {
        let root = tempfile::tempdir().unwrap();
        let store = FileStore::new(root.path());
        let slots = [
            slot("https://a.example", "u"),
            slot("https://a.example:444", "u"),
            slot("http://a.example", "u"),
            slot("https://b.example", "u"),
            slot("https://a.example", "v"),
        ];
        for (index, slot) in slots.iter().enumerate() {
            assert!(store.load(slot).unwrap().is_none());
            store.save(slot, &token(&index.to_string())).unwrap();
        }
        for (index, slot) in slots.iter().enumerate() {
            let found = store.load(slot).unwrap().unwrap();
            assert_eq!(found.token.unwrap().expose(), index.to_string());
        }
        assert!(store.delete(&slots[0]).unwrap());
        assert!(!store.delete(&slots[0]).unwrap());
        assert!(store.load(&slots[1]).unwrap().is_some());
    }

    #[test]
    fn everything_comes_back_byte_for_byte() {
        let root = tempfile::tempdir().unwrap();
        let store = FileStore::new(root.path());
        let here = slot("https://a.example", "ü@x");
        let stored = Credentials {
            token: Some(Token::new("sat_x")),
            expires_at: Some("2026-01-01T00:00:00Z".parse().unwrap()),
            password: Some(Password::new("  \"\\ é\t")),
        };
        store.save(&here, &stored).unwrap();
        let found = store.load(&here).unwrap().unwrap();
        assert_eq!(found.password.unwrap().expose(), "  \"\\ é\t");
        assert_eq!(found.expires_at, stored.expires_at);
    }

    #[test]
    fn a_broken_file_is_told_without_its_content() {
        let root = tempfile::tempdir().unwrap();
        let store = FileStore::new(root.path());
        let here = slot("https://a.example", "u");
        store.save(&here, &token("t")).unwrap();
        std::fs::write(store.path(), b"{\"version\":1,\n\"slots\":\"canary\"}").unwrap();
        let error = store.load(&here).unwrap_err();
        assert_eq!(error.kind, ErrorKind::CredentialStore);
        assert!(error.message.contains("line 2"), "{}", error.message);
        assert!(!format!("{error:?}").contains("canary"));
        assert!(store.save(&here, &token("u")).is_err());
    }

    #[test]
    fn parallel_writers_lose_nothing() {
        let root = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for index in 0..10 {
                let store = FileStore::new(root.path());
                scope.spawn(move || {
                    store.save(&slot("https://a.example", &format!("u{index}")), &token("t")).unwrap();
                });
            }
        });
        let store = FileStore::new(root.path());
        for index in 0..10 {
            assert!(store.load(&slot("https://a.example", &format!("u{index}"))).unwrap().is_some());
        }
    }
}
