//! `sactl whoami`: who and where one is, what one may do, and where the credentials came from.

use super::acting;
use crate::api::session::Identity;
use crate::config::settings::ChosenCompany;
use crate::context::{Context, SignedIn, rather_meant};
use crate::domain::Company;
use crate::error::{CliError, Result};
use crate::output::{AccessView, IdentityView};

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
    let me = signed_in.session.me().await?;
    let settings = context.settings()?;
    let company = active_among(settings.company.as_ref().map(|chosen| &chosen.value), &me)?;
    let profile = settings.profile.as_ref().filter(|_| settings.is_profiles_server());
    let profile = profile.map(|profile| profile.value.clone());
    acting::show(context.ui(), &view(profile, signed_in, me, company))
}

/// Everything there is to say.
pub(super) fn view(
    profile: Option<String>,
    signed_in: &SignedIn,
    me: Identity,
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

/// The active company among one's own: the one chosen, else the only one; `None` with several and no choice.
///
/// # Errors
/// `not_found` and `ambiguous_company` for one that somebody named for this call.
pub(super) fn active_among(chosen: Option<&ChosenCompany>, me: &Identity) -> Result<Option<Company>> {
    let mine = || me.companies.iter().map(|access| &access.company);
    let reference = match chosen {
        None => return Ok(if me.companies.len() == 1 { mine().next().cloned() } else { None }),
        Some(ChosenCompany::Stored(stored)) => return Ok(mine().find(|one| one.id == stored.id).cloned()),
        Some(ChosenCompany::Named(reference)) => reference,
    };
    let found: Vec<Company> = mine().filter(|company| reference.names(company)).cloned().collect();
    match found.as_slice() {
        [] => {
            let error = CliError::not_found(format!("you belong to no company {reference}"))
                .hint("see yours with: sactl company list");
            Err(rather_meant(error, &reference.to_string(), &mine().cloned().collect::<Vec<_>>()))
        }
        [one] => Ok(Some(one.clone())),
        several => Err(CliError::ambiguous_company(&reference.to_string(), several)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::session::Kind;
    use crate::api::{Access, Code, Permissions};
    use crate::domain::CompanyId;

    fn me(companies: &[(i64, &str)]) -> Identity {
        let access = |(id, name): &(i64, &str)| Access {
            company: Company { id: CompanyId(*id), name: (*name).to_owned() },
            role: None,
            permissions: Permissions::default(),
        };
        Identity {
            id: 1,
            kind: Kind::User,
            name: "u".into(),
            companies: companies.iter().map(access).collect(),
        }
    }

    #[test]
    fn the_active_company_is_the_chosen_or_the_only_one() {
        let named = |text: &str| ChosenCompany::Named(text.parse().unwrap());
        let stored = |id| ChosenCompany::Stored(Company { id: CompanyId(id), name: "old name".into() });
        let several = me(&[(1, "A"), (3, "C"), (4, "C")]);
        let id = |chosen: Option<&ChosenCompany>, me: &Identity| {
            active_among(chosen, me).map(|company| company.map(|company| company.id.0)).map_err(|e| e.code())
        };
        assert_eq!(id(None, &me(&[(7, "A")])), Ok(Some(7)));
        assert_eq!(id(None, &several), Ok(None));
        assert_eq!(id(Some(&named("3")), &several), Ok(Some(3)));
        assert_eq!(id(Some(&named("A")), &several), Ok(Some(1)));
        assert_eq!(id(Some(&named("C")), &several), Err(Code::AmbiguousCompany));
        assert_eq!(id(Some(&named("9")), &several), Err(Code::NotFound));
        assert_eq!(id(Some(&stored(4)), &several), Ok(Some(4)));
        assert_eq!(id(Some(&stored(9)), &several), Ok(None));
    }
}
