//! Calls the code of each command.
//!
//! Responsible for one line per command. Refuses any other logic.

use std::pin::Pin;

use super::command::Command;
use super::documented;
use crate::commands;
use crate::context::{Context, until_interrupted};
use crate::error::{CliError, Result};
use crate::manual::{completion, help, man};

/// Runs a command, or shows the start screen without one. Returns its exit code: 0, except for commands that run
/// another program or find differences.
///
/// # Errors
/// Those of the command.
pub fn run(command: Option<Command>, context: &Context) -> Result<u8> {
    #[cfg(feature = "platform")]
    let command = match command {
        Some(Command::Serve(args)) => return commands::serve::run(*args, context),
        Some(Command::Sandbox(args)) => return commands::sandbox::run(args, context),
        Some(Command::Openapi(args)) => return commands::openapi::run(&args, context).map(|()| 0),
        other => other,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::io("cannot start", error))?;
    let outcome = runtime.block_on(until_interrupted(context.ui(), async {
        match command {
            Some(command) => work(command, context).await,
            None => help::start(&documented::command(), context).await.map(|()| 0),
        }
    }));
    // Neither a thread that still waits for a key or for a keyring, nor connections, which the system closes at
    // once, must hold up the end.
    std::mem::forget(runtime);
    outcome
}

async fn work(command: Command, context: &Context) -> Result<u8> {
    // Each by itself: together they would be as large as the largest, on the stack, for all of them.
    let work: Pin<Box<dyn Future<Output = Result<()>> + '_>> = match command {
        Command::Login(args) => Box::pin(commands::login::run(args, context)),
        Command::Logout(args) => Box::pin(commands::logout::run(args, context)),
        Command::Whoami(args) => Box::pin(commands::whoami::run(args, context)),
        Command::Profile(args) => Box::pin(commands::profile::run(args, context)),
        Command::Company(args) => Box::pin(commands::company::run(args, context)),
        Command::List(args) => Box::pin(commands::list::run(args, context)),
        Command::Show(args) => Box::pin(commands::show::run(args, context)),
        Command::Create(args) => Box::pin(commands::create::run(args, context)),
        Command::Edit(args) => Box::pin(commands::edit::run(args, context)),
        Command::Passwd(args) => Box::pin(commands::passwd::run(args, context)),
        Command::Delete(args) => Box::pin(commands::delete::run(args, context)),
        Command::Grant(args) => Box::pin(commands::grant::run(args, context)),
        Command::Revoke(args) => Box::pin(commands::revoke::run(args, context)),
        Command::Export(args) => Box::pin(commands::export::run(args, context)),
        Command::Diff(args) => return Box::pin(commands::diff::run(args, context)).await,
        Command::Apply(args) => Box::pin(commands::apply::run(args, context)),
        Command::Rotate(args) => Box::pin(commands::rotate::run(args, context)),
        Command::Matrix(args) => return Box::pin(commands::matrix::run(args, context)).await,
        Command::Review(args) => Box::pin(commands::review::run(args, context)),
        Command::Onboard(args) => Box::pin(commands::onboard::run(args, context)),
        Command::Offboard(args) => Box::pin(commands::offboard::run(args, context)),
        Command::Run(args) => Box::pin(commands::run::run(args, context)),
        Command::Role(args) => Box::pin(commands::role::run(args, context)),
        Command::Permission(args) => Box::pin(commands::permission::run(args, context)),
        Command::Audit(args) => Box::pin(commands::audit::run(args, context)),
        Command::Api(args) => Box::pin(commands::api::run(args, context)),
        Command::Token(args) => Box::pin(commands::token::run(args, context)),
        Command::Doctor(args) => Box::pin(commands::doctor::run(args, context)),
        Command::Completion(args) => return completion::run(&args, context).map(|()| 0),
        Command::Man(args) => return man::run(&args, documented::command(), context).map(|()| 0),
        Command::Help(args) => return help::run(&args, documented::command(), context).map(|()| 0),
        #[cfg(feature = "platform")]
        Command::Serve(_) | Command::Sandbox(_) | Command::Openapi(_) => {
            unreachable!("these have run already")
        }
    };
    work.await.map(|()| 0)
}
