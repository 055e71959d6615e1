//! A stored profile as it is shown, and the refusal of one that is not stored.

use crate::config::{ConfigFile, Profile};
use crate::error::CliError;
use crate::output::ProfileView;
use crate::text::CommandLine;
use crate::text::suggest::nearest;

/// What is shown of a profile.
pub(super) fn view(name: &str, profile: &Profile, file: &ConfigFile) -> ProfileView {
    ProfileView {
        name: name.to_owned(),
        current: file.current.as_deref() == Some(name),
        server: profile.server.as_ref().map(ToString::to_string),
        username: profile.username.clone(),
        company: profile.company.clone(),
        credential_store: profile.credential_store.map(|kind| kind.to_string()),
    }
}

/// The refusal of a profile that is not stored.
pub(super) fn no_profile(name: &str, file: &ConfigFile) -> CliError {
    let error = CliError::not_found(format!("there is no profile {name}"))
        .hint(CommandLine::new("profile list").after("see which there are with: "));
    match nearest(name, file.profiles.keys()) {
        Some(near) => error.hint_before(format!("did you mean {near}?")),
        None => error,
    }
}
