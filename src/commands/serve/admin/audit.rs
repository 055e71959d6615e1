//! `sactl serve admin audit export`: audit records for a collector.
//!
//! Responsible for the order: it writes records to the disk before it moves the cursor, so that a crash between the two
//! repeats records and loses none. Refuses a cursor that is newer than the audit log.

use std::path::PathBuf;
use std::time::Duration;

use super::super::database::Need;
use super::cursor::{CursorFile, LockedCursor};
use super::record_file;
use super::target::DatabaseArgs;
use crate::api::Code;
use crate::api::audit::AuditRecord;
use crate::domain::Company;
use crate::error::{CliError, Result};
use crate::output::AuditRow;
use crate::platform::service::export::Export;
use crate::platform::{DatabaseUrl, Error};
use crate::ui::{Ui, json_visible, write_durably};

/// The pause before the log is read again.
const PAUSE: Duration = Duration::from_secs(1);

/// Export audit records to a collector
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  sactl serve admin audit export --cursor export.cursor --out audit.jsonl --database sqlite:platform.db"
)]
pub(super) struct Args {
    /// What to do
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Write the audit records of all companies as JSON lines, from where the last export ended
    ///
    /// The lines are those of `sactl audit -o jsonl`, oldest first. Each record is written at least once: the cursor is
    /// replaced only after its records are on the disk, or in the pipe. After a crash, records can be repeated; they
    /// have the same `id`. The first export, without a cursor, begins with the oldest record. Export at shorter
    /// intervals than `--audit-retention`, which removes old records.
    #[command(after_help = "Examples:\n  \
        sactl serve admin audit export --cursor export.cursor --out audit.jsonl --database sqlite:platform.db\n  \
        sactl serve admin audit export --cursor export.cursor --follow | logger -t sactl-audit")]
    Export(ExportArgs),
}

#[derive(Debug, clap::Args)]
struct ExportArgs {
    /// File with the place where the next export begins; only one export at a time can use it
    #[arg(long, value_name = "FILE")]
    cursor: PathBuf,
    /// Append the records to this file instead of standard output
    ///
    /// The file is opened again for each batch of records: after it is renamed, the next batch starts a new file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Continue with new records until the command is stopped
    #[arg(long)]
    follow: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) async fn run(args: Args, otherwise: Option<DatabaseUrl>, ui: &Ui) -> Result<()> {
    let Verb::Export(args) = args.verb;
    let file = CursorFile::new(&args.cursor)?;
    file.refuse_as(args.out.as_deref())?;
    let cursor = file.lock()?;
    let last = cursor.read()?;
    let (database, platform) = args.database.open(otherwise, Need::UpToDate).await?;
    let failed = |error: Error| {
        CliError::new(Code::Io, format!("cannot read the audit log of {database}")).caused_by(error)
    };
    let sink = Sink { out: args.out, cursor };
    let last_id = last.id;
    let exported = match Export::behind(&platform, last).await.map_err(failed)? {
        Some(export) if args.follow => follow(export, &sink, &failed).await,
        Some(export) => once(export, &sink, &failed).await,
        None => Err(CliError::config(format!(
            "the audit log of {database} is not that of {}: its record {last_id} is missing or another one",
            args.cursor.display()
        ))
        .hint("a database that was restored from a backup needs a new cursor: remove the file to export all records again")),
    };
    platform.close().await;
    let count = exported?;
    ui.status(format!("Exported {count} records"));
    Ok(())
}

/// Writes all records that exist, and returns how many there were.
async fn once(mut export: Export, sink: &Sink<'_>, failed: &impl Fn(Error) -> CliError) -> Result<usize> {
    let mut count = 0;
    loop {
        let records = export.next().await.map_err(failed)?;
        if records.is_empty() {
            return Ok(count);
        }
        count += records.len();
        sink.take(records, &export).await?;
    }
}

/// Writes all records that exist, and new ones until the process ends. Waits for a database that is unavailable.
async fn follow(mut export: Export, sink: &Sink<'_>, failed: &impl Fn(Error) -> CliError) -> Result<usize> {
    loop {
        match export.next().await {
            Ok(records) if records.is_empty() => tokio::time::sleep(PAUSE).await,
            Ok(records) => sink.take(records, &export).await?,
            Err(error) if error.code == Code::Unavailable => {
                tracing::warn!(%error, "cannot read the audit log; trying again");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(failed(error)),
        }
    }
}

/// The destination of the records, and the cursor that follows them.
struct Sink<'a> {
    out: Option<PathBuf>,
    cursor: LockedCursor<'a>,
}

impl Sink<'_> {
    /// Writes records, then moves the cursor behind them.
    async fn take(&self, records: Vec<(AuditRecord, Company)>, export: &Export) -> Result<()> {
        let mut lines = String::new();
        for (record, company) in records {
            let line = serde_json::to_string(&AuditRow::new(record, company))
                .map_err(|error| CliError::internal("a record cannot be written").caused_by(error))?;
            lines.push_str(&json_visible(&line));
            lines.push('\n');
        }
        match &self.out {
            Some(path) => record_file::append(path, &lines)?,
            None => write_durably(&lines)?,
        }
        self.cursor.replace(export.last())?;
        if let Err(error) = export.arrived().await {
            tracing::warn!(%error, "the metrics do not show this export");
        }
        Ok(())
    }
}
