//! `sactl permission`: the permission catalogue.
//!
//! Responsible for its verb. Refuses to change the catalogue.

mod list;

use crate::context::Context;
use crate::error::Result;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl permission list")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(list::Args),
}

/// Runs the verb.
///
/// # Errors
/// Those of the verb.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::List(args) => list::run(args, context).await,
    }
}
