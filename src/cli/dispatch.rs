//! Calls the code of each command.
//!
//! Responsible for one line per command. Refuses any other logic.

use std::pin::Pin;

use super::command::Command;
use super::deferred::Deferred;
use super::tree;
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
        Some(Command::Serve(Deferred(args))) => return commands::serve::run(*args, context),
        Some(Command::Sandbox(Deferred(args))) => return commands::sandbox::run(args, context),
        Some(Command::Openapi(Deferred(args))) => return commands::openapi::run(&args, context).map(|()| 0),
        other => other,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::io("cannot start", error))?;
    let outcome = runtime.block_on(until_interrupted(context.ui(), async {
        match command {
            Some(command) => work(command, context).await,
            None => help::start(&tree::command(), context).await.map(|()| 0),
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
        Command::Login(Deferred(args)) => Box::pin(commands::login::run(args, context)),
        Command::Logout(Deferred(args)) => Box::pin(commands::logout::run(args, context)),
        Command::Whoami(Deferred(args)) => Box::pin(commands::whoami::run(args, context)),
        Command::Profile(Deferred(args)) => Box::pin(commands::profile::run(args, context)),
        Command::Company(Deferred(args)) => Box::pin(commands::company::run(args, context)),
        Command::List(Deferred(args)) => Box::pin(commands::list::run(args, context)),
        Command::Show(Deferred(args)) => Box::pin(commands::show::run(args, context)),
        Command::Create(Deferred(args)) => Box::pin(commands::create::run(args, context)),
        Command::Edit(Deferred(args)) => Box::pin(commands::edit::run(args, context)),
        Command::Passwd(Deferred(args)) => Box::pin(commands::passwd::run(args, context)),
        Command::Delete(Deferred(args)) => Box::pin(commands::delete::run(args, context)),
        Command::Grant(Deferred(args)) => Box::pin(commands::grant::run(args, context)),
        Command::Revoke(Deferred(args)) => Box::pin(commands::revoke::run(args, context)),
        Command::Export(Deferred(args)) => Box::pin(commands::export::run(args, context)),
        Command::Diff(Deferred(args)) => return Box::pin(commands::diff::run(args, context)).await,
        Command::Apply(Deferred(args)) => Box::pin(commands::apply::run(args, context)),
        Command::Rotate(Deferred(args)) => Box::pin(commands::rotate::run(args, context)),
        Command::Matrix(Deferred(args)) => return Box::pin(commands::matrix::run(args, context)).await,
        Command::Review(Deferred(args)) => Box::pin(commands::review::run(args, context)),
        Command::Onboard(Deferred(args)) => Box::pin(commands::onboard::run(args, context)),
        Command::Offboard(Deferred(args)) => Box::pin(commands::offboard::run(args, context)),
        Command::Run(Deferred(args)) => Box::pin(commands::run::run(args, context)),
        Command::Role(Deferred(args)) => Box::pin(commands::role::run(args, context)),
        Command::Permission(Deferred(args)) => Box::pin(commands::permission::run(args, context)),
        Command::Audit(Deferred(args)) => Box::pin(commands::audit::run(args, context)),
        Command::Api(Deferred(args)) => Box::pin(commands::api::run(args, context)),
        Command::Token(Deferred(args)) => Box::pin(commands::token::run(args, context)),
        Command::Doctor(Deferred(args)) => Box::pin(commands::doctor::run(args, context)),
        Command::Completion(Deferred(args)) => return completion::run(&args, context).map(|()| 0),
        Command::Man(Deferred(args)) => return man::run(&args, tree::command(), context).map(|()| 0),
        Command::Help(Deferred(args)) => return help::run(&args, tree::command(), context).map(|()| 0),
        #[cfg(feature = "platform")]
        Command::Serve(_) | Command::Sandbox(_) | Command::Openapi(_) => {
            unreachable!("these have run already")
        }
    };
    work.await.map(|()| 0)
}
