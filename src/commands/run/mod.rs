//! `sactl run`: the journals of runs over several accounts.
//!
//! Responsible for its verbs. Refuses to start a new kind of run.

mod list;
mod resume;
mod show;
mod undo;

use crate::context::Context;
use crate::error::Result;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl run list")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(list::Args),
    Show(show::Args),
    Resume(resume::Args),
    Retry(resume::RetryArgs),
    Undo(undo::Args),
}

/// Runs the verb.
///
/// # Errors
/// Those of the verb.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::List(args) => list::run(args, context),
        Command::Show(args) => show::run(&args, context),
        Command::Resume(args) => resume::run(&args, context).await,
        Command::Retry(args) => resume::retry(&args, context).await,
        Command::Undo(args) => undo::run(args, context).await,
    }
}
