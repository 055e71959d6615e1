//! Credentials in the keyring of the desktop session.
//!
//! Responsible for the calls to the Secret Service. Refuses to wait for more than three seconds for one call.

use std::time::Duration;

use keyring::Entry;
use keyring_core::Error as KeyringError;
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;

use super::slot::{Credentials, Slot, encode};
use crate::config::{Error, Result};
use crate::text::CommandLine;

/// Longest wait for one call.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn load(slot: &Slot) -> Result<Option<Credentials>> {
    let found = bounded(names_of(slot), |entry| match entry.get_password() {
        Ok(text) => Ok(Some(zeroize::Zeroizing::new(text))),
        Err(KeyringError::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
    .await?;
    let parse = |text: zeroize::Zeroizing<String>| serde_json::from_str(&text);
    // The parser's own message could repeat a secret.
    found.map(parse).transpose().map_err(|_| {
        Error::store("the keyring entry for this server and user is not from sactl")
            .hint(CommandLine::new("login").after("replace it by signing in again: "))
    })
}

/// Looks for an entry that does not exist: an answer shows that there is a keyring.
pub(super) async fn probe() -> Result<()> {
    let names = ("sactl".to_owned(), "probe".to_owned());
    bounded(names, |entry| match entry.get_password() {
        Err(KeyringError::NoEntry) => Ok(()),
        other => other.map(drop),
    })
    .await
}

/// As [`load`], without unlocking anything, which would prompt: a locked entry counts as missing.
pub(super) async fn load_if_open(slot: &Slot) -> Result<Option<Credentials>> {
    Ok(load_if_known(slot).await.flatten())
}

/// What `slot` holds; `None` where the keyring does not answer, or has it behind a lock. The keyring's own library
/// always unlocks, so this looks for the entry as that one stores it.
pub(super) async fn load_if_known(slot: &Slot) -> Option<Option<Credentials>> {
    let (service, username) = names_of(slot);
    let work = tokio::task::spawn_blocking(move || {
        let keyring = SecretService::connect(EncryptionType::Dh).ok()?;
        let attributes = [("service", service.as_str()), ("username", username.as_str())];
        let found = keyring.search_items(attributes.into()).ok()?;
        match found.unlocked.first() {
            Some(item) => Some(Some(zeroize::Zeroizing::new(item.get_secret().ok()?))),
            None if found.locked.is_empty() => Some(None),
            None => None,
        }
    });
    let secret = tokio::time::timeout(PATIENCE, work).await.ok()?.ok()??;
    Some(secret.and_then(|secret| serde_json::from_slice(&secret).ok()))
}

pub(super) async fn save(slot: &Slot, credentials: &Credentials) -> Result<()> {
    let text = encode(credentials)?;
    bounded(names_of(slot), move |entry| entry.set_password(&text)).await
}

pub(super) async fn delete(slot: &Slot) -> Result<bool> {
    bounded(names_of(slot), |entry| match entry.delete_credential() {
        Ok(()) => Ok(true),
        Err(KeyringError::NoEntry) => Ok(false),
        Err(error) => Err(error),
    })
    .await
}

/// The service and the user under which the entry of `slot` is found.
fn names_of(slot: &Slot) -> (String, String) {
    (format!("sactl {}", slot.origin), slot.username.clone())
}

/// Runs `call` on another thread, and gives up on it when it takes too long.
async fn bounded<T: Send + 'static>(
    (service, username): (String, String),
    call: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T> {
    let work = tokio::task::spawn_blocking(move || {
        Entry::new(&service, &username).and_then(|entry| call(&entry)).map_err(explain)
    });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Error::store("the keyring failed")),
        Err(_) => Err(advise(Error::store(
            "the keyring did not answer within 3 s; it may hang, or wait to be unlocked",
        ))),
    }
}

fn explain(error: KeyringError) -> Error {
    match error {
        KeyringError::NoDefaultStore => {
            let absent = Error::store("this session has no keyring (Secret Service)");
            advise(match Entry::store_status() {
                Err(cause) => absent.caused_by(cause.to_string()),
                Ok(()) => absent,
            })
        }
        KeyringError::NoStorageAccess(cause) => {
            let locked = Error::store("the keyring is locked").caused_by(cause);
            advise(locked.hint("unlock it, for example by signing in to the desktop"))
        }
        other => advise(Error::store("the keyring failed").caused_by(other)),
    }
}

fn advise(error: Error) -> Error {
    error
        .hint("store credentials in a file that only you can read: --credential-store file")
        .hint("or supply them with every command: SACTL_TOKEN, or SACTL_USERNAME with SACTL_PASSWORD_FILE")
}
