//! Refusals of changes of roles, explained.

use super::super::shared::company_session::CompanySession;
use super::super::shared::hints::{
    held_in, list_roles, listed, place, shows_what_one_holds, unknown_permissions, who_gives,
};
use crate::api::Code;
use crate::client;
use crate::domain::{Permission, PermissionSet};
use crate::error::CliError;
use crate::text::CommandLine;
use crate::text::suggest::nearest;

/// The refusal with what helps. `needed` is the permission that the route needs, `named` are the permissions
/// that the role should gain or lose; a role without a name stands for the list of all.
pub(super) async fn explain(
    acting: &CompanySession<'_>,
    error: client::Error,
    needed: Permission,
    role: Option<&str>,
    named: &[String],
) -> CliError {
    let error = CliError::from(error);
    let show = |role| CommandLine::new("role show").operand(role).flag("--company", acting.company);
    match error.code() {
        Code::MissingPermission => missing_permission(acting, error, needed).await,
        Code::Escalation => escalation(acting, error, named).await,
        Code::SelfModification => error
            .worded("you cannot change a role that you have yourself")
            .hint(format!("a user with {needed} and another role can do this"))
            .hint(
                CommandLine::new("whoami")
                    .flag("--company", acting.company)
                    .after("show your own role with: "),
            ),
        Code::NameTaken => name_taken(acting, error, role).await,
        Code::NotFound => not_found(acting, error, role).await,
        Code::RoleInUse => error.hint(match role {
            Some(role) => CommandLine::new("list")
                .flag("--role", role)
                .flag("--company", acting.company)
                .after("list the service accounts that have it with: ")
                .then("; give them another role with: ")
                .run(CommandLine::new("grant NAME --role ROLE").flag("--company", acting.company)),
            None => "remove the role from every account first".into(),
        }),
        Code::InvalidInput if error.violations().iter().any(|one| one.code == "unknown_permission") => {
            unknown_permissions(error, named)
        }
        Code::InvalidInput if error.violations().iter().any(|one| one.code == "default_role") => error.hint(
            CommandLine::new("role create NAME --permission PERMISSION,…")
                .flag("--company", acting.company)
                .after("create your own role with: "),
        ),
        _ => match role {
            Some(role) if needed == Permission::ROLES_MANAGE => error.state_shown_by(show(role)),
            _ => error,
        },
    }
}

/// Says who can give what is lacking.
async fn missing_permission(acting: &CompanySession<'_>, error: CliError, needed: Permission) -> CliError {
    let Ok(me) = acting.session.me().await else { return error };
    let place = acting.named_company().await;
    error.rather_hint([who_gives(needed, &me, place, acting.company), shows_what_one_holds(acting.company)])
}

/// Says which of the permissions `named` the caller lacks.
async fn escalation(acting: &CompanySession<'_>, error: CliError, named: &[String]) -> CliError {
    let Ok(me) = acting.session.me().await else { return error };
    let lacking = PermissionSet::known(named) - held_in(&me, acting.company).unwrap_or_default();
    let place = acting.named_company().await;
    let error = if lacking.is_empty() {
        error
    } else {
        error
            .worded("you can only add permissions to a role that you have yourself in the company")
            .hint(format!("in {place} you do not have {}", listed(lacking)))
    };
    error
        .hint(format!("a user with them and {} in {place} can do this", Permission::ROLES_MANAGE))
        .hint(shows_what_one_holds(acting.company))
}

/// Says which role has the name.
async fn name_taken(acting: &CompanySession<'_>, error: CliError, role: Option<&str>) -> CliError {
    let Some(role) = role else { return error.hint("choose another name") };
    let show = CommandLine::new("role show").operand(role).flag("--company", acting.company);
    // Not every conflict is one of names.
    let error = match acting.session.show_role(acting.company, role).await {
        Ok(_) => error.worded(format!("{} already has a role {role}", acting.named_company().await)),
        Err(_) => error,
    };
    error
        .at(acting.session.origin())
        .hint(show.after("show that role with: ").then(", or choose another name"))
}

/// Says which company or role was probably meant.
async fn not_found(acting: &CompanySession<'_>, error: CliError, role: Option<&str>) -> CliError {
    let company = acting.company;
    let me = acting.session.me().await.ok();
    let origin = acting.session.origin();
    let error = match (me, role) {
        (Some(me), _) if held_in(&me, company).is_none() => {
            return error
                .worded(format!("you do not belong to company {company} at {origin}"))
                .hint(CommandLine::new("company list").after("list your companies with: "));
        }
        (Some(me), Some(role)) => {
            error.worded(format!("{} has no role {role} at {origin}", place(&me, company)))
        }
        _ => error,
    };
    let error = error.hint(list_roles(company));
    let roles = match acting.session.list_roles(company) {
        Ok(pages) => pages.all().await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    match role.and_then(|role| nearest(role, roles.into_iter().map(|one| one.name))) {
        Some(near) => error.hint_before(format!("did you mean the role {near}?")),
        None => error,
    }
}
