//! `sactl profile`: stored sets of server, user and active company.

mod delete;
mod list;
mod show;
mod r#use;

use clap::Subcommand;

use crate::config::{ConfigFile, Profile};
use crate::context::Context;
use crate::domain::near::nearest;
use crate::error::{CliError, Result};
use crate::output::ProfileView;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl profile list\n  sactl profile use acme")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Clone, Debug, Subcommand)]
enum Verb {
    List(list::Args),
    Show(show::Args),
    Use(r#use::Args),
    Delete(delete::Args),
}

/// Runs the verb.
///
/// # Errors
/// Those of the verb.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    match args.verb {
        Verb::List(args) => list::run(args, context),
        Verb::Show(args) => show::run(args, context),
        Verb::Use(args) => r#use::run(args, context),
        Verb::Delete(args) => delete::run(args, context).await,
    }
}

fn view(name: &str, profile: &Profile, file: &ConfigFile) -> ProfileView {
    ProfileView {
        name: name.to_owned(),
        current: file.current.as_deref() == Some(name),
        server: profile.server.as_ref().map(ToString::to_string),
        username: profile.username.clone(),
        company: profile.company.clone(),
        credential_store: profile.credential_store.map(|kind| kind.to_string()),
    }
}

fn no_profile(name: &str, file: &ConfigFile) -> CliError {
    let error = CliError::not_found(format!("there is no profile {name}"))
        .hint("see which there are with: sactl profile list");
    match nearest(name, file.profiles.keys()) {
        Some(near) => error.hint_before(format!("did you mean {near}?")),
        None => error,
    }
}
