//! `sactl run resume` and `sactl run retry`: finish a run, or try its failed steps again.
//!
//! Responsible for continuing a journal. Refuses a run of another server.

use crate::commands::shared::carry_out::{receipt, receipt_detail};
use crate::commands::shared::run_args::concurrency;
use crate::context::Context;
use crate::error::Result;
use crate::fleet::{journal, run as runner};

/// Finish a run that was interrupted or killed
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl run resume last")]
pub(super) struct Args {
    /// Id of the run, the beginning of its id, or last
    id: String,

    /// Steps at a time, at most 64
    #[arg(long, value_name = "N", default_value = "8", value_parser = concurrency)]
    concurrency: usize,
}

/// Try the failed steps of a run again
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl run retry last")]
pub(super) struct RetryArgs {
    /// Id of the run, the beginning of its id, or last
    id: String,

    /// Steps at a time, at most 64
    #[arg(long, value_name = "N", default_value = "8", value_parser = concurrency)]
    concurrency: usize,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result<()> {
    go_on(context, &args.id, false, args.concurrency).await
}

pub(super) async fn retry(args: &RetryArgs, context: &Context) -> Result<()> {
    go_on(context, &args.id, true, args.concurrency).await
}

async fn go_on(context: &Context, id: &str, retry: bool, concurrency: usize) -> Result<()> {
    let id = journal::find(&journal::folder(context)?, id)?;
    let ended = runner::resume(context, &id, retry, concurrency).await?;
    receipt(context.ui(), ended, receipt_detail(context.ui())).map(drop)
}
