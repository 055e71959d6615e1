//! One verb, one file: its arguments and what it does.

pub mod api;
pub mod company;
pub mod complete;
pub mod completion;
pub mod create;
pub mod delete;
pub mod doctor;
pub mod edit;
pub mod grant;
pub mod help;
pub mod list;
pub mod login;
pub mod logout;
pub mod man;
pub mod passwd;
pub mod password_input;
pub mod permission;
pub mod profile;
pub mod revoke;
pub mod role;
#[cfg(feature = "platform")]
pub mod sandbox;
#[cfg(feature = "platform")]
pub mod serve;
pub mod show;
pub mod token;
pub mod whoami;

mod acting;
mod ask;
mod command_line;
mod confirmation;
mod explain;
mod rehearsal;
mod rights;
mod selection;

pub use confirmation::{require_confirmation, require_typed_name};
pub use selection::selection;

use std::pin::Pin;

use crate::args::Command;
use crate::context::Context;
use crate::error::Result;

/// Runs a command and gives back its exit code, which is 0 but where it stands for another program.
///
/// # Errors
/// Those of the command.
pub async fn run(command: Command, context: &Context) -> Result<u8> {
    // Each by itself: together they would be as large as the largest, on the stack, for all of them.
    let work: Pin<Box<dyn Future<Output = Result<()>> + '_>> = match command {
        Command::Login(args) => Box::pin(login::run(args, context)),
        Command::Logout(args) => Box::pin(logout::run(args, context)),
        Command::Whoami(args) => Box::pin(whoami::run(args, context)),
        Command::Profile(args) => Box::pin(profile::run(args, context)),
        Command::Company(args) => Box::pin(company::run(args, context)),
        Command::List(args) => Box::pin(list::run(args, context)),
        Command::Show(args) => Box::pin(show::run(args, context)),
        Command::Create(args) => Box::pin(create::run(args, context)),
        Command::Edit(args) => Box::pin(edit::run(args, context)),
        Command::Passwd(args) => Box::pin(passwd::run(args, context)),
        Command::Delete(args) => Box::pin(delete::run(args, context)),
        Command::Grant(args) => Box::pin(grant::run(args, context)),
        Command::Revoke(args) => Box::pin(revoke::run(args, context)),
        Command::Role(args) => Box::pin(role::run(args, context)),
        Command::Permission(args) => Box::pin(permission::run(args, context)),
        Command::Api(args) => Box::pin(api::run(args, context)),
        Command::Token(args) => Box::pin(token::run(args, context)),
        Command::Doctor(args) => Box::pin(doctor::run(args, context)),
        Command::Completion(args) => return completion::run(&args, context).map(|()| 0),
        Command::Man(args) => return man::run(&args, context).map(|()| 0),
        Command::Help(args) => return help::run(&args, context).map(|()| 0),
        #[cfg(feature = "platform")]
        Command::Serve(_) | Command::Sandbox(_) => unreachable!("main runs these on their own runtime"),
    };
    work.await.map(|()| 0)
}
