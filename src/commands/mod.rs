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

use crate::args::Command;
use crate::context::Context;
use crate::error::Result;

/// Runs a command and gives back its exit code, which is 0 but where it stands for another program.
///
/// # Errors
/// Those of the command.
pub async fn run(command: Command, context: &Context) -> Result<u8> {
    match command {
        Command::Login(args) => login::run(args, context).await,
        Command::Logout(args) => logout::run(args, context).await,
        Command::Whoami(args) => whoami::run(args, context).await,
        Command::Profile(args) => profile::run(args, context).await,
        Command::Company(args) => company::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        Command::Create(args) => create::run(args, context).await,
        Command::Edit(args) => edit::run(args, context).await,
        Command::Passwd(args) => passwd::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
        Command::Grant(args) => grant::run(args, context).await,
        Command::Revoke(args) => revoke::run(args, context).await,
        Command::Role(args) => role::run(args, context).await,
        Command::Permission(args) => permission::run(args, context).await,
        Command::Api(args) => api::run(args, context).await,
        Command::Token(args) => token::run(args, context).await,
        Command::Doctor(args) => doctor::run(args, context).await,
        Command::Completion(args) => completion::run(&args, context),
        Command::Man(args) => man::run(&args, context),
        Command::Help(args) => help::run(&args, context),
        #[cfg(feature = "platform")]
        Command::Serve(_) | Command::Sandbox(_) => unreachable!("main runs these on their own runtime"),
    }
    .map(|()| 0)
}
