//! `sactl profile`: stored sets of server, user and active company.
//!
//! Responsible for its verbs. Refuses requests: profiles are on this machine.

mod delete;
mod edit;
mod known;
mod list;
mod openapi;
mod rename;
mod show;
mod r#use;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

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
    Edit(edit::Args),
    Rename(rename::Args),
    Delete(delete::Args),
}

/// Runs the verb.
///
/// # Errors
/// Those of the verb.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    match args.verb {
        Verb::List(args) => list::run(args, context).await,
        Verb::Show(args) => show::run(args, context).await,
        Verb::Use(args) => r#use::run(args, context).await,
        Verb::Edit(args) => edit::run(args, context).await,
        Verb::Rename(args) => rename::run(args, context).await,
        Verb::Delete(args) => delete::run(args, context).await,
    }
}
