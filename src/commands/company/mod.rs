//! `sactl company`: your companies, and the active one.
//!
//! Responsible for its verbs. Refuses to change a company.

mod list;
mod show;
mod r#use;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl company list\n  sactl company use 2")]
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
    }
}
