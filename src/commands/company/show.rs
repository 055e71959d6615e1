//! `sactl company show`: shows a company, by default the active one.
//!
//! Responsible for one company. Refuses to change it.

use crate::context::Context;
use crate::domain::company::CompanyRef;
use crate::error::Result;
use crate::output::CompanyView;
use crate::ui;

/// Show a company; by default, the active one
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl company show\n  sactl company show 2")]
pub(super) struct Args {
    /// Company to show: an id (digits) or a name
    #[arg(value_name = "ID|NAME")]
    reference: Option<CompanyRef>,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let view = match &args.reference {
        None => {
            let active = CompanyRef::Id(context.company().await?.id);
            CompanyView::new(context.resolve_company(&active).await?, true)
        }
        Some(reference) => {
            let company = context.resolve_company(reference).await?;
            let active = match context.settings()?.company {
                Some(_) => context.company().await?.id == company.id,
                None => false,
            };
            CompanyView::new(company, active)
        }
    };
    ui::show(context.ui(), &view)
}
