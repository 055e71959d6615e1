//! `sactl company list`: lists your companies.
//!
//! Responsible for marking the active one. Refuses to show access.

use crate::config::settings::ChosenCompany;
use crate::context::Context;
use crate::domain::Company;
use crate::error::Result;
use crate::output::{CompanyListView, CompanyView};
use crate::ui;

/// List your companies
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl company list")]
pub(super) struct Args {}

pub(super) async fn run(_args: Args, context: &Context) -> Result<()> {
    let companies = context.session().await?.list_companies(None)?.all().await?;
    let chosen = context.settings()?.chosen_company();
    let only = companies.len() == 1;
    let view: CompanyListView = companies
        .into_iter()
        .map(|company| {
            let active = chosen.map_or(only, |chosen| is(chosen, &company));
            CompanyView::new(company, active)
        })
        .collect();
    ui::show(context.ui(), &view)
}

fn is(chosen: &ChosenCompany, company: &Company) -> bool {
    match chosen {
        ChosenCompany::Stored(stored) => stored.id == company.id,
        ChosenCompany::Named(reference) => reference.names(company),
    }
}
