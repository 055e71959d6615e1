//! `serve --check` and `serve --vacuum`.
//!
//! Responsible for work that ends by itself. Refuses to listen.

use serde_json::json;

use super::address::bind;
use super::args::Args;
use super::database::{Need, default_database, looked_at, open, open_installed};
use crate::api::Code;
use crate::domain::age::Age;
use crate::error::{CliError, Result};
use crate::platform::housekeeping::{self, AUDIT_RETENTION};
use crate::platform::service::seed::Seed;
use crate::platform::{DatabaseUrl, Schema};
use crate::ui::Ui;

/// Checks what a start would need; options and seed were read already.
///
/// # Errors
/// What the start would fail with.
pub(super) async fn check(args: &Args, seed: Option<&Seed>, ui: &Ui) -> Result<()> {
    let has_tls = args.tls()?.is_some();
    args.init_admin.email()?;
    // The default address is not tried: it is often that of the server that runs.
    for address in args.listen.into_iter().chain(args.metrics) {
        bind(address, None).map_err(|error| {
            error.hint("a server that runs with the same options has this address: check without it, or stop the server")
        })?;
    }
    let database = database(args)?;
    let Schema { exists, pending } = looked_at(&database).await?;
    if let Some(seed) = seed {
        match (try_seed(seed).await, exists) {
            // What this database already has would not be added, and not be read.
            (Err(error), true) => ui.warning(format!(
                "a new database would be refused this seed, and this one too if it lacks that entry: {}",
                error.whole_message()
            )),
            (tried, _) => tried?,
        }
    }
    let state = match (exists, pending) {
        (false, _) => "new: the start creates it".to_owned(),
        (true, 0) => "up to date".to_owned(),
        (true, pending) => format!("the start runs {pending} migrations"),
    };
    ui.answer(|out| {
        if ui.format().is_document() {
            let database =
                json!({ "url": database.to_string(), "exists": exists, "pending_migrations": pending });
            return writeln!(
                out,
                "{}",
                json!({ "database": database, "tls": has_tls, "seed": seed.is_some() })
            );
        }
        writeln!(out, "Database {database}: {state}")?;
        writeln!(out, "TLS: {}", if has_tls { "the certificate can be used" } else { "off" })?;
        writeln!(out, "Seed file: {}", if seed.is_some() { "can be used" } else { "none" })
    })
}

/// Applies the seed to a new database, which is removed again.
///
/// # Errors
/// As the start with this seed and a new database.
async fn try_seed(seed: &Seed) -> Result<()> {
    let refused = |error| CliError::io("cannot create a temporary folder to try the seed in", error);
    let mut builder = tempfile::Builder::new();
    builder.prefix("sactl-check-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let folder = builder.tempdir().map_err(refused)?;
    let platform = open(&DatabaseUrl::Ephemeral(folder.path().join("seed.db")), Some(seed)).await?;
    platform.close().await;
    Ok(())
}

/// Removes what has served its time, and gives the space back.
///
/// # Errors
/// `io` for a database that cannot be opened or fails.
pub(super) async fn vacuum(args: &Args, ui: &Ui) -> Result<()> {
    let database = database(args)?;
    let failed =
        |error: anyhow::Error| CliError::new(Code::Io, format!("cannot vacuum {database}")).caused_by(error);
    let platform = open_installed(&database, Need::UpToDate).await?;
    let retention = args.audit_retention.as_ref().map_or(AUDIT_RETENTION, Age::duration);
    let removed = housekeeping::remove(&platform, retention).await.map_err(|error| failed(error.into()))?;
    platform.vacuum().await.map_err(|error| failed(error.into()))?;
    platform.close().await;
    ui.answer(|out| {
        if ui.format().is_document() {
            return writeln!(out, "{}", json!({ "database": database.to_string(), "removed": removed }));
        }
        writeln!(out, "Removed {removed} old rows from {database}, and gave free space back")
    })
}

fn database(args: &Args) -> Result<DatabaseUrl> {
    args.database.clone().map_or_else(default_database, Ok)
}
