//! The database of `serve admin`.
//!
//! Responsible for opening it, and for closing it after the work. Refuses to decide: the service layer does.

use super::super::database::{Need, default_database, failed, open_installed};
use crate::api::Code;
use crate::error::{CliError, Result};
use crate::platform::service::installation;
use crate::platform::{DatabaseUrl, Error, Platform};

// Not a doc comment: it would become the help of the commands that take these.
// Which database.
#[derive(Debug, clap::Args)]
pub(super) struct DatabaseArgs {
    /// SQLite file or PostgreSQL database of the installation [default: that of serve]
    #[arg(long, value_name = "sqlite:PATH|postgres://…")]
    database: Option<DatabaseUrl>,
}

impl DatabaseArgs {
    /// Opens the database. `otherwise` is what `serve` would use.
    pub(super) async fn open(
        self,
        otherwise: Option<DatabaseUrl>,
        need: Need,
    ) -> Result<(DatabaseUrl, Platform)> {
        let database = self.database.or(otherwise).map_or_else(default_database, Ok)?;
        let platform = open_installed(&database, need).await?;
        Ok((database, platform))
    }

    /// Does the work on the database. `otherwise` is what `serve` would use.
    pub(super) async fn with<T>(
        self,
        otherwise: Option<DatabaseUrl>,
        need: Need,
        work: impl AsyncFnOnce(&Platform) -> anyhow::Result<T>,
    ) -> Result<T> {
        let (database, platform) = self.open(otherwise, need).await?;
        let done = work(&platform).await;
        platform.close().await;
        done.map_err(|error| match error.downcast_ref::<Error>() {
            Some(refused) => CliError::new(refused.code, refused.message.clone()),
            None if installation::is_refusal(&error) => {
                CliError::new(Code::InvalidInput, format!("{error:#}"))
            }
            None => failed(Code::Io, format!("cannot use {database}"), error),
        })
    }
}
