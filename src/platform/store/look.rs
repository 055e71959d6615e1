//! Inspects a database without changing it.
//!
//! Responsible for whether it exists, and which migrations are missing. Refuses a database with other or failed
//! migrations, or of a newer release.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, ensure};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::open::{MIGRATIONS, NEWER, beside, reach};
use crate::platform::DatabaseUrl;

/// What is in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Whether there is a database at all.
    pub exists: bool,
    /// How many migrations the next start runs.
    pub pending: usize,
}

/// The state of the database.
pub(in crate::platform) async fn look(database: &DatabaseUrl) -> anyhow::Result<Schema> {
    let connections: DatabaseConnection = match database {
        DatabaseUrl::Sqlite(path) | DatabaseUrl::Ephemeral(path) if !path.exists() => {
            require_writable_folder(path)?;
            return Ok(Schema { exists: false, pending: MIGRATIONS.iter().count() });
        }
        DatabaseUrl::Sqlite(path) | DatabaseUrl::Ephemeral(path) => {
            require_writable_folder(path)?;
            require_writable(path)?;
            // Without a log no other process has it open, and SQLite would create the files beside it and leave them.
            let has_log = beside(path, "-wal").exists();
            let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(!has_log);
            let options = options.disable_statement_logging();
            SqlitePoolOptions::new().max_connections(1).connect_with(options).await?.into()
        }
        DatabaseUrl::Postgres(url) => {
            let options = url.parse::<PgConnectOptions>()?.disable_statement_logging();
            reach(&options).await?;
            PgPoolOptions::new().max_connections(1).connect_with(options).await?.into()
        }
    };
    let pending = pending(&connections).await;
    connections.close().await?;
    Ok(Schema { exists: true, pending: pending? })
}

/// SQLite creates files beside the database.
fn require_writable_folder(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    ensure!(folder.is_dir(), "the folder {} does not exist", folder.display());
    require_writable(folder)
}

fn require_writable(path: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK)
        .with_context(|| format!("cannot write to {}", path.display()))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// How many migrations are missing.
async fn pending(db: &DatabaseConnection) -> anyhow::Result<usize> {
    let mut applied = applied(db).await?;
    let mut pending = 0;
    for migration in MIGRATIONS.iter() {
        match applied.remove(&migration.version) {
            Some(checksum) => {
                let is_same = checksum == *migration.checksum;
                ensure!(is_same, "migration {} of the database is another one", migration.version);
            }
            None => pending += 1,
        }
    }
    ensure!(applied.is_empty(), NEWER);
    Ok(pending)
}

/// The migrations that were run, with their checksums.
async fn applied(db: &DatabaseConnection) -> anyhow::Result<BTreeMap<i64, Vec<u8>>> {
    let backend = db.get_database_backend();
    let catalogue = match backend {
        DbBackend::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
        _ => "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE tablename = '_sqlx_migrations'",
    };
    let counted = db.query_one_raw(Statement::from_string(backend, catalogue)).await?;
    let count: i64 = counted.context("the catalogue of the database is empty")?.try_get_by_index(0)?;
    if count == 0 {
        return Ok(BTreeMap::new());
    }
    let listed = "SELECT version, checksum, success FROM _sqlx_migrations";
    let mut applied = BTreeMap::new();
    for row in db.query_all_raw(Statement::from_string(backend, listed)).await? {
        let version: i64 = row.try_get_by_index(0)?;
        ensure!(row.try_get_by_index::<bool>(2)?, "migration {version} of the database has failed");
        applied.insert(version, row.try_get_by_index(1)?);
    }
    Ok(applied)
}
