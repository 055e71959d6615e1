//! Responsible for what to do where no account is signed in: the commands that sign in to the place of the call.
//! Refuses to guess between several profiles: it names them.

use crate::config::{ConfigFile, Identity, Settings, Source, StoreKind};
use crate::domain::Origin;
use crate::error::CliError;
use crate::text::suggest::nearest;
use crate::text::{CommandLine, Hint};

/// Most profiles that a hint names.
const MOST_PROFILES: usize = 8;

/// The error of a call that has no server, or no account at its server.
pub(super) fn not_signed_in(settings: &Settings) -> CliError {
    let error = missing_profile(settings).unwrap_or_else(|| match &settings.server {
        Some(server) => CliError::not_signed_in(format!("not signed in to {}", server.value)),
        None => CliError::not_signed_in("no server is configured, and no profile is chosen"),
    });
    ways_in(settings).into_iter().fold(error, CliError::hint)
}

/// That the profile chosen for this call does not exist, if that is so.
pub fn missing_profile(settings: &Settings) -> Option<CliError> {
    let name = settings.missing_profile()?;
    let error = CliError::not_found(format!("no profile {name}"));
    let error = error.hint(CommandLine::new("profile list").after("list them with: "));
    let known = ConfigFile::load(&settings.folder).unwrap_or_default().profiles;
    Some(match nearest(name, known.keys()) {
        Some(near) => error.hint_before(format!("did you mean {near}?")),
        None => error,
    })
}

/// What signs in, the best first.
pub fn ways_in(settings: &Settings) -> Vec<Hint> {
    let store = &settings.credential_store;
    if store.value == StoreKind::None && settings.server.is_some() {
        return without_store(settings, store.source == Source::Environment);
    }
    let login = login(settings).after("sign in with: ");
    match (profiles(settings).as_slice(), &settings.server) {
        ([], _) => vec![login],
        (known, None) => vec![
            CommandLine::new("profile use")
                .operand(&known[0])
                .after(format!("you have {}; choose one with: ", listed(known))),
        ],
        (known, Some(server)) => vec![
            CommandLine::new("whoami").flag("--profile", &known[0]).after(format!(
                "{} is the server of {}; use it with: ",
                server.value,
                listed(known)
            )),
            login,
        ],
    }
}

/// The command that signs the account of the call in to the server of the call.
pub fn login(settings: &Settings) -> CommandLine {
    let login = CommandLine::new("login");
    let named = settings.identity.username();
    let profile = settings.profile.as_ref().filter(|_| settings.is_profiles_server());
    let is_its_account = named.is_none() || named == settings.stored.username.as_deref();
    if let Some(profile) = profile.filter(|_| is_its_account) {
        return login.flag("--profile", &profile.value);
    }
    // A profile of another server stays as it is.
    let login = if settings.stored.server.is_some() { login.without("--profile") } else { login };
    let login = match &settings.server {
        Some(server) => login.flag("--server", &server.value),
        None => login.flag("--server", "https://gateway.example"),
    };
    match named {
        Some(username) => login.flag("--username", username),
        None => login,
    }
}

/// Where the store keeps nothing, a sign-in does not help the next command.
fn without_store(settings: &Settings, is_of_environment: bool) -> Vec<Hint> {
    let keep = login(settings)
        .flag("--credential-store", "file")
        .after("or store the token in a file that only you can read, with: ");
    vec![
        "the credential store is none: set SACTL_TOKEN, or SACTL_USERNAME with SACTL_PASSWORD_FILE, and \
         SACTL_SERVER"
            .into(),
        if is_of_environment { keep.then(", and unset SACTL_CREDENTIAL_STORE") } else { keep },
    ]
}

/// The profiles that may be meant: of the server of the call where that is not the profile's own, and all where no
/// server is known.
fn profiles(settings: &Settings) -> Vec<String> {
    let is_missing = settings.server.is_none() && settings.missing_profile().is_some();
    if is_missing || settings.is_profiles_server() || !matches!(settings.identity, Identity::Stored(None)) {
        return Vec::new();
    }
    let wanted = settings.server.as_ref().map(|server| &server.value);
    let is_meant = |server: Option<&Origin>| wanted.is_none() || server == wanted;
    let file = ConfigFile::load(&settings.folder).unwrap_or_default();
    let known = file.profiles.into_iter().filter(|(_, profile)| is_meant(profile.server.as_ref()));
    known.map(|(name, _)| name).collect()
}

fn listed(profiles: &[String]) -> String {
    let shown: Vec<&str> = profiles.iter().take(MOST_PROFILES).map(String::as_str).collect();
    let more = match profiles.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let noun = if profiles.len() == 1 { "the profile" } else { "the profiles" };
    format!("{noun} {}{more}", shown.join(", "))
}
