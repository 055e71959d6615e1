//! `sactl role`: the roles of a company.
//!
//! Responsible for its verbs. Refuses to decide which roles can be changed: the server does.

mod before;
mod copy;
mod create;
mod delete;
mod dry_run;
mod edit;
mod explain;
mod list;
mod show;

use crate::context::Context;
use crate::error::Result;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl role list")]
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
    Create(create::Args),
    Copy(copy::Args),
    Edit(edit::Args),
    Delete(delete::Args),
}

/// Runs the verb.
///
/// # Errors
/// Those of the verb.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::List(args) => list::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        Command::Create(args) => create::run(args, context).await,
        Command::Copy(args) => copy::run(args, context).await,
        Command::Edit(args) => edit::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    }
}
