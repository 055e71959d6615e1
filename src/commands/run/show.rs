//! `sactl run show`: shows what a run did.
//!
//! Responsible for one journal. Refuses requests.

use crate::commands::shared::carry_out::receipt_detail;
use crate::context::Context;
use crate::error::Result;
use crate::fleet::journal;
use crate::ui;

/// Show what a run did, and what it could not do
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl run show last\n  sactl run show last -o json")]
pub(super) struct Args {
    /// Id of the run, the beginning of its id, or last
    id: String,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<()> {
    let folder = journal::folder(context)?;
    let record = journal::read(&folder, &journal::find(&folder, &args.id)?)?;
    ui::show(context.ui(), &record.view(receipt_detail(context.ui())))
}
