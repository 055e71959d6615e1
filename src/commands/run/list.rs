//! `sactl run list`: lists the runs of this machine.
//!
//! Responsible for reading the journals. Refuses requests.

use crate::context::Context;
use crate::error::Result;
use crate::fleet::journal;
use crate::output::{Detail, RunListView, RunRow};
use crate::ui;

/// List the runs of this machine, the newest first
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl run list")]
pub(super) struct Args {}

pub(super) fn run(_args: Args, context: &Context) -> Result<()> {
    let folder = journal::folder(context)?;
    let mut rows = Vec::new();
    for id in journal::ids(&folder)? {
        match journal::read(&folder, &id) {
            Ok(record) => rows.push(RunRow::from(record.view(Detail::default()))),
            Err(error) => context.ui().warning(error.message()),
        }
    }
    ui::show(context.ui(), &RunListView(rows))
}
