//! Checks of the credential store: whether it answers, and what it has for the server in use.
//!
//! Responsible for these checks. Refuses to show a secret.

use jiff::Timestamp;

use super::finding::Finding;
use crate::config::credentials::{Credentials, Slot, Store};
use crate::config::{Identity, Settings, StoreKind};

/// Checks the store; returns what it contains.
pub(super) async fn look(settings: &Settings) -> (Finding, Option<Credentials>) {
    const NAME: &str = "credential store";
    if !matches!(settings.identity, Identity::Stored(_)) {
        return (Finding::ok(NAME, "not needed: the environment has the credentials for this command"), None);
    }
    let store = Store::new(settings.credential_store.value, &settings.folder);
    if store.kind() == StoreKind::None {
        return (Finding::ok(NAME, "none: supply credentials with every command"), None);
    }
    let slot = slot(settings);
    // Without a user to look for, a lookup says whether the store works.
    let nobody =
        || "https://unknown.invalid".parse().ok().map(|origin| Slot { origin, username: NAME.into() });
    let Some(asked) = slot.clone().or_else(nobody) else {
        return (Finding::ok(NAME, store.place()), None);
    };
    match store.load(&asked).await {
        Ok(found) => (Finding::ok(NAME, described(&store, slot.as_ref(), found.as_ref())), found),
        Err(error) => (Finding::failed(NAME, &error.into()), None),
    }
}

/// Whose credentials this call would use.
pub(super) fn slot(settings: &Settings) -> Option<Slot> {
    let origin = settings.server.as_ref()?.value.clone();
    let named = match &settings.identity {
        Identity::Stored(named) => named.as_deref(),
        _ => None,
    };
    let username = named.or_else(|| settings.stored_username())?.to_owned();
    Some(Slot { origin, username })
}

fn described(store: &Store, slot: Option<&Slot>, found: Option<&Credentials>) -> String {
    let place = store.place();
    let Some(slot) = slot else { return format!("{place} can be used") };
    let holds = match found {
        None => "nothing",
        Some(found) => match (found.live_token(Timestamp::now()).is_some(), found.password.is_some()) {
            (true, true) => "a token and the password",
            (true, false) => "a token",
            (false, true) => "the password",
            (false, false) => "an expired token",
        },
    };
    format!("{place} has {holds} for {} at {}", slot.username, slot.origin)
}
