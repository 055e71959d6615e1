//! The stored profiles: as they are shown, and the choice of one.
//!
//! Responsible for what several verbs of `profile` need. Refuses a profile that is not stored.

use std::path::Path;

use jiff::Timestamp;

use super::super::shared::missing;
use crate::config::credentials::{Slot, Store};
use crate::config::{ConfigFile, Profile, StoreKind};
use crate::error::{CliError, Result};
use crate::output::ProfileView;
use crate::text::CommandLine;
use crate::text::suggest::nearest;
use crate::ui::{Choice, Ui};

/// What is shown of a profile.
pub(super) async fn view(name: &str, profile: &Profile, file: &ConfigFile, folder: &Path) -> ProfileView {
    ProfileView {
        name: name.to_owned(),
        current: file.current.as_deref() == Some(name),
        server: profile.server.as_ref().map(ToString::to_string),
        username: profile.username.clone(),
        company: profile.company.clone(),
        routes: profile.routes.as_ref().map(|path| path.display().to_string()),
        policy: profile.policy.unwrap_or_default().to_string(),
        credential_store: profile.credential_store.map(|kind| kind.to_string()),
        signed_in: is_signed_in(profile, folder).await,
    }
}

/// Whether the stored credentials of the profile can sign in, as far as that is known without the server and without a
/// prompt.
async fn is_signed_in(profile: &Profile, folder: &Path) -> Option<bool> {
    let (Some(origin), Some(username)) = (profile.server.clone(), profile.username.clone()) else {
        return Some(false);
    };
    let store = Store::new(profile.credential_store.unwrap_or(StoreKind::Keyring), folder);
    store.is_signed_in(&Slot { origin, username }, Timestamp::now()).await
}

/// The profile that the command line names, else the one that is chosen now. Return alone takes the one in use where
/// that `is_safe`.
pub(super) async fn pick(ui: &Ui, name: Option<String>, file: &ConfigFile, is_safe: bool) -> Result<String> {
    if let Some(name) = name {
        return Ok(name);
    }
    missing::require(ui, "the name of the profile", "profile list")?;
    let mut names: Vec<&String> = file.profiles.keys().collect();
    if names.is_empty() {
        return Err(no_profile_yet());
    }
    let choices = file.profiles.iter().map(|(name, profile)| Choice::new(name, about(profile))).collect();
    let start = names.iter().position(|name| is_safe && file.current.as_ref() == Some(name));
    let place = ui.choose("Which profile", choices, start).await?;
    Ok(names.swap_remove(place).clone())
}

fn about(profile: &Profile) -> String {
    let server = profile.server.as_ref().map_or_else(|| "no server".to_owned(), ToString::to_string);
    format!("{} at {server}", profile.username.as_deref().unwrap_or("no account"))
}

/// The error if no profile is stored.
pub(super) fn no_profile_yet() -> CliError {
    CliError::not_found("no profile exists yet")
        .hint(CommandLine::new("login").after("create one by signing in: "))
}

/// The error for a profile that is not stored.
pub(super) fn no_profile(name: &str, file: &ConfigFile) -> CliError {
    let error = CliError::not_found(format!("no profile {name}"))
        .hint(CommandLine::new("profile list").after("list them with: "));
    match nearest(name, file.profiles.keys()) {
        Some(near) => error.hint_before(format!("did you mean {near}?")),
        None => error,
    }
}
