//! `sactl company use`.

use crate::config::ConfigFile;
use crate::context::Context;
use crate::domain::company::CompanyRef;
use crate::error::{CliError, Result};
use crate::output::CompanyView;
use crate::text::CommandLine;
use crate::ui;

/// Choose the active company of the profile
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl company use 2\n  sactl company use 'Northwind Logistics'")]
pub(super) struct Args {
    /// Company to act in: an id (digits) or a name
    #[arg(value_name = "ID|NAME")]
    reference: CompanyRef,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let settings = context.settings()?;
    let profile = settings.profile.as_ref().filter(|_| settings.is_profiles_server());
    let Some(profile) = profile.map(|profile| profile.value.clone()) else {
        return Err(CliError::config("there is no profile of this server to keep the company in").hint(
            CommandLine::new("login")
                .after("sign in with: ")
                .then(", or name the company with --company or SACTL_COMPANY"),
        ));
    };
    let company = context.resolve_company(&args.reference).await?;
    ConfigFile::update(&settings.folder, |file| {
        file.profiles.entry(profile.clone()).or_default().company = Some(company.clone());
    })?;
    context.ui().status(format!("The active company of profile {profile} is {company}"));
    if context.ui().wants_data() {
        return ui::show(context.ui(), &CompanyView::new(company, true));
    }
    Ok(())
}
