//! `sactl company use`: chooses the active company of the profile.
//!
//! Responsible for storing the choice. Refuses a company to which the user does not belong.

use super::super::shared::missing;
use crate::config::{ConfigFile, Identity, Settings, env};
use crate::context::{Context, choose, missing_profile};
use crate::domain::Company;
use crate::domain::company::CompanyRef;
use crate::error::{CliError, Result};
use crate::output::CompanyView;
use crate::text::CommandLine;
use crate::ui;

/// The word for the company that was active before.
const PREVIOUS: &str = "-";

/// Choose the active company of the profile
///
/// Without a company, a terminal shows a list to choose from. A dash is the company that was active before.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl company use 2\n  sactl company use 'Northwind Logistics'\n  \
                        sactl company use -")]
pub(super) struct Args {
    /// Company to act in: an id (digits), a name, or - for the previous one
    #[arg(value_name = "ID|NAME")]
    reference: Option<CompanyRef>,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let settings = context.settings()?;
    if let Some(missing) = missing_profile(settings) {
        return Err(missing);
    }
    let profile = settings.profile.as_ref().filter(|_| settings.is_profiles_server());
    let Some(profile) = profile.map(|profile| profile.value.clone()) else {
        return Err(CliError::config(
            "no profile for this server exists, so the company cannot be \
            stored",
        )
        .hint(
            CommandLine::new("login")
                .after("sign in with: ")
                .then(", or pass the company with --company or SACTL_COMPANY"),
        ));
    };
    refuse_another_account(settings, &profile)?;
    let company = match &args.reference {
        Some(CompanyRef::Name(name)) if name == PREVIOUS => {
            // It may have another name by now.
            context.resolve_company(&CompanyRef::Id(previous(context, &profile)?.id)).await?
        }
        Some(reference) => context.resolve_company(reference).await?,
        None => {
            missing::require(context.ui(), "the company", "company list")?;
            let companies = context.session().await?.list_companies(None)?.all().await?;
            choose(context.ui(), &companies).await?
        }
    };
    ConfigFile::update(&settings.folder, |file| {
        let profile = file.profiles.entry(profile.clone()).or_default();
        let before = profile.company.replace(company.clone());
        profile.previous_company =
            before.filter(|before| *before != company).or(profile.previous_company.take());
    })?;
    context.ui().status(format!("The active company of profile {profile} is {company}"));
    if context.environment().has(env::COMPANY) {
        context.ui().warning(format!("{} is set and overrides it", env::COMPANY.name));
    }
    if context.ui().wants_data() {
        return ui::show(context.ui(), &CompanyView::new(company, true));
    }
    Ok(())
}

/// Refuses an account that is not the one of the profile: the company of one account says nothing about another.
fn refuse_another_account(settings: &Settings, profile: &str) -> Result<()> {
    let variable = match &settings.identity {
        Identity::Token(_) => env::TOKEN.name,
        Identity::Password { .. } | Identity::Stored(_) => env::USERNAME.name,
    };
    let named = settings.identity.username();
    let is_own = match &settings.identity {
        Identity::Token(_) => false,
        _ => named.is_none() || named == settings.stored.username.as_deref(),
    };
    if is_own {
        return Ok(());
    }
    let owner = settings.stored.username.as_deref().unwrap_or("another account");
    Err(CliError::usage(format!(
        "{variable} is set, and the profile {profile} belongs to {owner}: the company of another account is not \
         stored in it"
    ))
    .hint(format!("unset {variable}, or pass the company with --company or SACTL_COMPANY")))
}

/// The company that was active before, as the profile has it.
fn previous(context: &Context, profile: &str) -> Result<Company> {
    context.settings()?.stored.previous_company.clone().ok_or_else(|| {
        CliError::not_found(format!("the profile {profile} had no other company before"))
            .hint(CommandLine::new("company list").after("list your companies with: "))
    })
}
