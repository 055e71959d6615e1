//! The database of `serve`.
//!
//! Responsible for its default place in a private folder, for opening it and for adding the seed. Refuses to run
//! queries: the platform does.

use std::io;
use std::path::Path;

use crate::api::Code;
use crate::error::{CliError, Result};
use crate::platform::service::installation;
use crate::platform::service::seed::{self, Seed};
use crate::platform::{DatabaseUrl, Platform, Schema};

/// Opens the database, brings it up to date and adds the seed.
pub(super) async fn open(database: &DatabaseUrl, seed: Option<&Seed>) -> Result<Platform> {
    tracing::info!(%database, "opening");
    let platform = Platform::open(database)
        .await
        .map_err(|error| CliError::new(Code::Io, format!("cannot open {database}")).caused_by(error))?;
    if let Some(seed) = seed {
        let applied = seed::apply(&platform, seed)
            .await
            .map_err(|error| failed(Code::Config, "cannot apply the seed", error))?;
        tracing::info!(added = applied.added, "applied the seed");
    }
    Ok(platform)
}

/// The error of a change of the database that failed; `code` where it was certainly not made.
pub(super) fn failed(code: Code, message: impl Into<String>, error: anyhow::Error) -> CliError {
    let code = if installation::leaves_doubt(&error) { Code::OutcomeUnknown } else { code };
    CliError::new(code, message).caused_by(error)
}

/// What must be true of a database before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing: a file that is missing is created, and tables are brought up to date.
    Nothing,
    /// There is one. Its tables may be brought up to date.
    Existing,
    /// It is of this release already.
    UpToDate,
}

/// Opens the database of an installation.
///
/// # Errors
/// `not_found` for a file that does not exist, `config` for tables of an older release, and those of [`open`].
pub(super) async fn open_installed(database: &DatabaseUrl, need: Need) -> Result<Platform> {
    let Schema { exists, pending } = match need {
        Need::Nothing => return open(database, None).await,
        Need::Existing | Need::UpToDate => looked_at(database).await?,
    };
    if !exists {
        return Err(CliError::not_found(format!("there is no database {database}"))
            .hint("name the database of the installation with --database; the server creates a new one when it starts"));
    }
    if need == Need::UpToDate && pending > 0 {
        return Err(CliError::config(format!(
            "the tables of {database} are not those of this release of sactl"
        ))
        .hint(
            "start the server of this release, which brings them up to date, or use the release that runs",
        ));
    }
    open(database, None).await
}

/// The state of the database, which is not changed.
pub(super) async fn looked_at(database: &DatabaseUrl) -> Result<Schema> {
    let looked = Platform::look(database).await;
    looked.map_err(|error| CliError::new(Code::Io, format!("cannot use {database}")).caused_by(error))
}

/// The database file by default.
pub(super) fn default_database() -> Result<DatabaseUrl> {
    let data = dirs::data_dir()
        .ok_or_else(|| CliError::config("this system has no data folder").hint("pass --database"))?;
    let folder = data.join("sactl");
    make_private(&folder)
        .map_err(|error| CliError::io(format!("cannot create the folder {}", folder.display()), error))?;
    Ok(DatabaseUrl::Sqlite(folder.join("platform.db")))
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
