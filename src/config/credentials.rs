//! Stored credentials: one slot per origin and user, in the chosen store.
//!
//! Responsible for the same operations on every store. Refuses to use another store than the chosen one.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Result;
use super::secure_file::{Folder, Lock};

mod file_store;
mod keyring_store;
mod slot;

pub use file_store::FileStore;
pub use slot::{Credentials, Slot};

pub(super) use slot::FOLDER;

/// Where credentials are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// The keyring of the desktop session (Secret Service).
    Keyring,
    /// A file that only this user can read.
    File,
    /// Do not store; supply credentials with every command.
    None,
}

impl StoreKind {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
            Self::None => "none",
        }
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for StoreKind {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        [Self::Keyring, Self::File, Self::None]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or("the credential store must be keyring, file or none")
    }
}

/// A store of credentials.
#[derive(Clone, Debug)]
pub struct Store {
    kind: StoreKind,
    folder: PathBuf,
}

impl Store {
    /// The store of `kind` that belongs to the configuration folder. Touches nothing.
    pub fn new(kind: StoreKind, config_folder: &Path) -> Self {
        Self { kind, folder: config_folder.join(FOLDER) }
    }

    /// Which one it is.
    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// Where it is, for people.
    pub fn place(&self) -> String {
        match self.kind {
            StoreKind::Keyring => "keyring".to_owned(),
            StoreKind::File => format!("file {}", self.files().path().display()),
            StoreKind::None => "none".to_owned(),
        }
    }

    fn files(&self) -> FileStore {
        FileStore::in_folder(self.folder.clone())
    }

    /// Whether the store can be used at all, before there is a slot. Changes nothing.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub async fn probe(&self) -> Result<()> {
        match self.kind {
            StoreKind::Keyring => keyring_store::probe().await,
            StoreKind::File => Folder::open_private(&self.folder).map(drop),
            StoreKind::None => Ok(()),
        }
    }

    /// Whether `slot` holds what signs in at `now`; `None` where that cannot be known without a question.
    pub async fn is_signed_in(&self, slot: &Slot, now: Timestamp) -> Option<bool> {
        let found = match self.kind {
            StoreKind::Keyring => keyring_store::load_if_known(slot).await?,
            StoreKind::File => self.files().load(slot).ok()?,
            StoreKind::None => None,
        };
        Some(found.is_some_and(|found| found.password.is_some() || found.live_token(now).is_some()))
    }

    /// What `slot` holds; `None` for nothing.
    ///
    /// # Errors
    /// `credential_store`, saying what to do.
    pub async fn load(&self, slot: &Slot) -> Result<Option<Credentials>> {
        match self.kind {
            StoreKind::Keyring => keyring_store::load(slot).await,
            StoreKind::File => self.files().load(slot),
            StoreKind::None => Ok(None),
        }
    }

    /// What `slot` holds, if it can be read without a prompt: a locked keyring stays locked.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub async fn load_silently(&self, slot: &Slot) -> Result<Option<Credentials>> {
        match self.kind {
            StoreKind::Keyring => keyring_store::load_if_open(slot).await,
            StoreKind::File => self.files().load(slot),
            StoreKind::None => Ok(None),
        }
    }

    /// Stores `credentials` in `slot`, replacing its contents.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub async fn save(&self, slot: &Slot, credentials: &Credentials) -> Result<()> {
        match self.kind {
            StoreKind::Keyring => keyring_store::save(slot, credentials).await,
            StoreKind::File => self.files().save(slot, credentials),
            StoreKind::None => Ok(()),
        }
    }

    /// Empties `slot`; says whether it held anything.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub async fn delete(&self, slot: &Slot) -> Result<bool> {
        match self.kind {
            StoreKind::Keyring => keyring_store::delete(slot).await,
            StoreKind::File => self.files().delete(slot),
            StoreKind::None => Ok(false),
        }
    }

    /// The folder in which processes agree who of them renews.
    ///
    /// # Errors
    /// `credential_store` with the fix, `io`.
    pub fn renewal_folder(&self) -> Result<Folder> {
        Folder::make_private(&self.folder)
    }

    /// Takes the right to renew `slot`; `None` when another process has it.
    ///
    /// # Errors
    /// `io`.
    pub fn try_renewal<'a>(&self, folder: &'a Folder, slot: &Slot) -> Result<Option<Lock<'a>>> {
        folder.try_lock(&slot.file_name())
    }
}
