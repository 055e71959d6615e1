//! `sactl serve admin`: companies, users and the export of audit records, directly on the database.
//!
//! Responsible for what the operator of an installation needs and no route offers. Refuses to decide: the rules are in
//! the service layer.

mod audit;
mod company;
mod cursor;
mod record_file;
mod target;
mod user;

use crate::error::Result;
use crate::platform::DatabaseUrl;
use crate::ui::Ui;

/// Manage companies and users, and export audit records, directly on the database
///
/// For the operator of an installation. Needs access to the database, and no token. The server may be running.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl serve admin company list --database sqlite:platform.db")]
pub(super) struct Args {
    /// What to manage
    #[command(subcommand)]
    noun: Noun,
}

#[derive(Debug, clap::Subcommand)]
enum Noun {
    Audit(audit::Args),
    Company(company::Args),
    User(user::Args),
}

/// Runs the verb. `otherwise` is the database that `serve` would use.
///
/// # Errors
/// `io` for a database that cannot be opened, `invalid_input` for what breaks a rule or names nothing.
pub(super) async fn run(args: Args, otherwise: Option<DatabaseUrl>, ui: &Ui) -> Result<()> {
    match args.noun {
        Noun::Audit(args) => audit::run(args, otherwise, ui).await,
        Noun::Company(args) => company::run(args, otherwise, ui).await,
        Noun::User(args) => user::run(args, otherwise, ui).await,
    }
}
