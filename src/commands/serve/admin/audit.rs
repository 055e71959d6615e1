//! `sactl serve admin audit export`: audit records for a collector.
//!
//! Responsible for the order: records are on the disk before the cursor says so. A process that ends between the two
//! repeats records and loses none, so it refuses no signal.

use std::path::PathBuf;
use std::time::Duration;

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

/// How often the log is asked for more.
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
    /// replaced when its records are on the disk, or in the pipe, so that after a crash or a kill some come again; `id`
    /// tells them apart. The first export, without a cursor, begins with the oldest record. Export more often than
    /// `--audit-retention` removes records.
    #[command(after_help = "Examples:\n  \
        sactl serve admin audit export --cursor export.cursor --out audit.jsonl --database sqlite:platform.db\n  \
        sactl serve admin audit export --cursor export.cursor --follow | logger -t sactl-audit")]
    Export(ExportArgs),
}

#[derive(Debug, clap::Args)]
struct ExportArgs {
    /// File that says where the next export begins; only one export at a time can use it
    #[arg(long, value_name = "FILE")]
    cursor: PathBuf,
    /// Append the records to this file instead of standard output
    ///
    /// It is opened again for each batch, so that it can be renamed to start a new one.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Go on with new records as they come, until it is stopped
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
    let (database, platform) = args.database.open(otherwise).await?;
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

/// Writes what is there; says how many records.
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

/// Writes what is there and what comes. A database that is away for a while is waited for.
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

/// Where records go.
struct Sink<'a> {
    out: Option<PathBuf>,
    cursor: LockedCursor<'a>,
}

impl Sink<'_> {
    /// Writes records, and then says so.
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
