//! `sactl review`: an access review, from the list to the receipt.
//!
//! Responsible for its verbs. Refuses what both verbs do not share: each has a file.

mod apply;
mod export;

use crate::context::Context;
use crate::error::Result;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl review export --companies all > review.csv")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Export(export::Args),
    Apply(apply::Args),
}

/// Runs the verb.
///
/// # Errors
/// Those of the verb.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::Export(args) => export::run(args, context).await,
        Command::Apply(args) => apply::run(args, context).await,
    }
}
