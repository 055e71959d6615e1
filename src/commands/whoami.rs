//! `sactl whoami`: shows who you are, where, what you may do there, and where the credentials came from.
//!
//! Responsible for what the server tells, and the routes that it lacks. Refuses to show a secret.

use crate::api::session::IdentityQuery;
use crate::context::{Context, KnownIdentity, SignedIn, active_among};
use crate::domain::Company;
use crate::error::Result;
use crate::output::{AccessView, IdentityView};
use crate::ui;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl whoami\n  sactl whoami -o json")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {}

/// Shows it.
///
/// # Errors
/// Those of signing in and of reading; `not_found` and `ambiguous_company` for the active company.
pub async fn run(_args: Args, context: &Context) -> Result<()> {
    let signed_in = context.signed_in().await?;
    let me = KnownIdentity::of(&signed_in.session, signed_in.username.as_deref(), &IdentityQuery::default())
        .await?;
    if !me.has_rights {
        context.ui().note("this server does not tell your permissions");
    }
    let settings = context.settings()?;
    let company = active_among(settings.chosen_company(), &me.companies)?;
    let profile = settings.profile.as_ref().filter(|_| settings.is_profiles_server());
    let profile = profile.map(|profile| profile.value.clone());
    ui::show(context.ui(), &view(profile, signed_in, me, company))
}

/// Everything there is to say.
pub(super) fn view(
    profile: Option<String>,
    signed_in: &SignedIn,
    me: KnownIdentity,
    company: Option<Company>,
) -> IdentityView {
    let here =
        company.as_ref().and_then(|company| me.companies.iter().find(|one| one.company.id == company.id));
    let permissions = here.map(|access| access.permissions.clone()).unwrap_or_default();
    IdentityView {
        server: signed_in.session.origin().to_string(),
        profile,
        username: me.name,
        kind: me.kind,
        company,
        permissions,
        companies: me.companies.into_iter().map(AccessView::from).collect(),
        credential_source: signed_in.source.to_string(),
        token_expires_at: signed_in.expires_at,
    }
}
