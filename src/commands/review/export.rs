//! `sactl review export`: writes a review as CSV, with one row for each account and company.
//!
//! Responsible for reading the current access. Refuses to change anything.

use crate::commands::shared::several;
use crate::context::Context;
use crate::error::Result;
use crate::fleet::selectors::CompaniesArgs;
use crate::output::{Format, ReviewRow, ReviewView};
use crate::ui;

/// Write a review: CSV with one row for each account and company
///
/// Fill in the column decision with keep or revoke, and note with the reason. Then carry it out with sactl
/// review apply.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl review export > review.csv\n  \
    sactl review export --companies all > review.csv")]
pub(super) struct Args {
    #[command(flatten)]
    companies: CompaniesArgs,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let (companies, found) = several::seen(context, &args.companies).await?;
    let rows = found.accounts.values().flat_map(|account| {
        let here =
            account.access.values().filter(|access| companies.iter().any(|one| one.id == access.company.id));
        here.map(|access| ReviewRow::new(&account.name, &account.owner, access))
    });
    ui::show_as(context.ui(), &ReviewView(rows.collect()), Format::Csv)
}
