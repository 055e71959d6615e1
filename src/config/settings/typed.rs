//! Responsible for the conflict between a profile that was typed and the environment. Refuses to choose between them.

use crate::config::env::{self, Environment, Variable};
use crate::config::{Error, Profile, Result};
use crate::domain::Origin;

/// Refuses variables that would send the command to another server or account than those of the profile `name`. A
/// variable that says the same as the profile is no conflict. A profile without a server is a new one: it holds nothing
/// that a variable could contradict. The company of the profile stands above a variable without a word.
///
/// # Errors
/// `usage` with the profile and the variable.
pub(super) fn check(name: &str, profile: &Profile, environment: &Environment) -> Result<()> {
    let Some(server) = &profile.server else { return Ok(()) };
    if let Some(text) = environment.get(env::SERVER)?
        && text.parse::<Origin>().ok().as_ref() != Some(server)
    {
        return Err(conflict(name, &format!("is {server}"), env::SERVER, &format!("is {text}")));
    }
    credentials(name, profile, server, environment)
}

fn credentials(name: &str, profile: &Profile, server: &Origin, environment: &Environment) -> Result<()> {
    let account = profile.username.as_deref().unwrap_or("no account");
    let ours = format!("is {account} at {server}");
    if environment.has(env::TOKEN) {
        return Err(conflict(name, &ours, env::TOKEN, "names other credentials"));
    }
    let username = environment.get(env::USERNAME)?;
    match &username {
        Some(username) if profile.username.as_ref() != Some(username) => {
            Err(conflict(name, &ours, env::USERNAME, &format!("is {username}")))
        }
        Some(_) => Ok(()),
        None => {
            let password = [env::PASSWORD, env::PASSWORD_FILE].into_iter().find(|one| environment.has(*one));
            password.map_or(Ok(()), |one| Err(conflict(name, &ours, one, "names other credentials")))
        }
    }
}

fn conflict(name: &str, ours: &str, variable: Variable, theirs: &str) -> Error {
    let variable = variable.name;
    Error::usage(format!("--profile {name} {ours}, but {variable} {theirs}"))
        .hint(format!("unset {variable} to use the profile, or remove --profile to use {variable}"))
}
