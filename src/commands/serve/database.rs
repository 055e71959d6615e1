//! The database of `serve`.
//!
//! Responsible for its default place in a private folder, for opening it and for adding the seed. Refuses to run
//! queries: the platform does.

use std::io;
use std::path::Path;

use crate::api::Code;
use crate::error::{CliError, Result};
use crate::platform::service::seed::{self, Seed};
use crate::platform::{DatabaseUrl, Platform};

/// Opens the database, brings it up to date and adds the seed.
pub(super) async fn open(database: &DatabaseUrl, seed: Option<Seed>) -> Result<Platform> {
    tracing::info!(%database, "opening");
    let platform = Platform::open(database)
        .await
        .map_err(|error| CliError::new(Code::Io, format!("cannot open {database}")).caused_by(error))?;
    if let Some(seed) = seed {
        let applied = seed::apply(&platform, &seed)
            .await
            .map_err(|error| CliError::config("cannot apply the seed").caused_by(error))?;
        tracing::info!(added = applied.added, "applied the seed");
    }
    Ok(platform)
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
