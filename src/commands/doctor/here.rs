//! Checks on this machine only: settings, environment, files, terminal.
//!
//! Responsible for these checks. Refuses requests, and to show the value of a variable.

use super::finding::Finding;
use crate::config::settings::ChosenCompany;
use crate::config::{Identity, Settings, Source, env, inspect};
use crate::context::Context;
use crate::error::CliError;
use crate::text::suggest::nearest;

/// Where the settings come from.
pub(super) fn settings(settings: &Settings) -> Finding {
    let folder = settings.folder.display();
    let profile = match &settings.profile {
        Some(profile) => format!("profile {}, {}", profile.value, chosen_by(profile.source)),
        None => "no profile yet".to_owned(),
    };
    let server = settings.server.as_ref().map(|server| {
        format!("; server {} {}", server.value, server.source.in_words("--server", env::SERVER.name))
    });
    let company = settings.company.as_ref().map(|company| {
        let source = company.source.in_words("--company", env::COMPANY.name);
        match &company.value {
            ChosenCompany::Named(company) => format!("; company {company} {source}"),
            ChosenCompany::Stored(company) => format!("; company {company} {source}"),
        }
    });
    let told = [server, company].into_iter().flatten().collect::<String>();
    Finding::ok("settings", format!("{profile}, in {folder}{told}"))
}

/// What has chosen the profile.
fn chosen_by(source: Source) -> String {
    match source {
        // The file names the profile that was used last.
        Source::Default | Source::Profile => "which is the current one".to_owned(),
        _ => source.in_words("--profile", env::PROFILE.name),
    }
}

/// The variables in effect, by name: a value may be a secret. Those that look like ours and are not are
/// remarked on.
pub(super) fn environment(context: &Context) -> Finding {
    let environment = context.environment();
    let unknown = environment.unknown();
    if !unknown.is_empty() {
        return Finding::warning(
            "environment",
            format!("nothing reads {}", unknown.join(", ")),
            meant(&unknown),
        );
    }
    let ours = |variable: &&env::Variable| {
        variable.name.starts_with("SACTL_") || [env::HTTPS_PROXY, env::NO_PROXY].contains(variable)
    };
    let set: Vec<&str> = env::ALL
        .iter()
        .filter(ours)
        .filter(|variable| environment.has(**variable))
        .map(|variable| variable.name)
        .collect();
    let message = if set.is_empty() {
        "no variable is in effect".to_owned()
    } else {
        format!("in effect: {}", set.join(", "))
    };
    Finding::ok("environment", message)
}

/// What was probably meant by variables that nothing reads.
fn meant(unknown: &[String]) -> String {
    let known = || env::ALL.iter().map(|variable| variable.name);
    let guess = |name: &String| match nearest(name, known()) {
        Some(near) => format!("did you mean {near} instead of {name}?"),
        None => format!("unset {name}"),
    };
    unknown.iter().map(guess).collect::<Vec<_>>().join("; ")
}

/// Whether everything in the configuration folder is this user's alone.
pub(super) fn files(settings: &Settings) -> Finding {
    let faults = match inspect::faults(&settings.folder) {
        Ok(faults) => faults,
        Err(error) => return Finding::failed("files", &error.into()),
    };
    if !settings.folder.exists() {
        return Finding::ok("files", format!("{} does not exist yet", settings.folder.display()));
    }
    let text = |each: &dyn Fn(&crate::config::Error) -> String| {
        faults.iter().map(each).collect::<Vec<_>>().join("; ")
    };
    if faults.is_empty() {
        // Credentials of the environment are never written.
        if matches!(settings.identity, Identity::Stored(_))
            && let Err(error) = inspect::try_write(&settings.folder)
        {
            return Finding::failed("files", &error.into());
        }
        return Finding::ok("files", format!("only you can change what is in {}", settings.folder.display()));
    }
    let error = CliError::new(crate::api::Code::CredentialStore, text(&|fault| fault.message.clone()));
    Finding::failed("files", &faults.into_iter().flat_map(|fault| fault.hints).fold(error, CliError::hint))
}

/// Whether prompts are possible and how output looks.
pub(super) fn terminal(context: &Context) -> Finding {
    let ui = context.ui();
    let asked = if ui.is_interactive() { "prompts are possible" } else { "prompts are not possible" };
    let width = || ui.width().map_or_else(String::new, |width| format!(", {width} columns"));
    let answers = if ui.stdout_is_terminal() {
        format!("output goes to a terminal{}{}", width(), if ui.colour() { ", in colour" } else { "" })
    } else {
        "output goes to a pipe or a file".to_owned()
    };
    Finding::ok("terminal", format!("{asked}; {answers}"))
}
