//! Explains refusals of changes of roles.
//!
//! Responsible for the words. Refuses to decide again.

use super::super::shared::company_session::CompanySession;
use super::super::shared::hints::{
    is_about_the_company, lacking_permission, list_roles, listed, place, reworded, shows_what_one_holds,
    unknown_permissions,
};
use crate::api::{Code, Subject};
use crate::client;
use crate::domain::Permission;
use crate::error::CliError;
use crate::text::CommandLine;
use crate::text::suggest::nearest;

/// The refusal with hints. `needed` is the permission that the route needs, `named` are the permissions that the role
/// should gain or lose; a role without a name stands for the list of all.
pub(super) async fn explain(
    session: &CompanySession<'_>,
    error: client::Error,
    needed: Permission,
    role: Option<&str>,
    named: &[String],
) -> CliError {
    let subject = error.subject.clone();
    let error = CliError::from(error);
    let show = |role| CommandLine::new("role show").operand(role).flag("--company", session.company);
    match error.code() {
        Code::MissingPermission => lacking_permission(error, &subject, &needed.to_string(), session.company),
        Code::Escalation => escalation(session, error, &subject),
        Code::SelfModification => of_oneself(session, error, &subject, needed, role),
        Code::NameTaken => name_taken(session, error, role),
        Code::NotFound => not_found(session, error, &subject, role).await,
        Code::RoleInUse => error.hint(match role {
            Some(role) => CommandLine::new("list")
                .flag("--role", role)
                .flag("--company", session.company)
                .after("list the service accounts that have it with: ")
                .then("; give them another role with: ")
                .run(CommandLine::new("grant NAME --role ROLE").flag("--company", session.company)),
            None => "remove the role from every account first".into(),
        }),
        Code::InvalidInput if error.violations().iter().any(|one| one.code == "unknown_permission") => {
            unknown_permissions(error, named)
        }
        Code::InvalidInput if error.violations().iter().any(|one| one.code == "default_role") => {
            let why = format!("{}: {}", session.named_company().await, error.message());
            reworded(error, "default_role", &why).hint(
                CommandLine::new("role create NAME --permission PERMISSION,…")
                    .flag("--company", session.company)
                    .after("create your own role with: "),
            )
        }
        _ => match role {
            Some(role) if needed == Permission::ROLES_MANAGE => error.state_shown_by(show(role)),
            _ => error,
        },
    }
}

/// Says which role the caller has, and who else can change it.
fn of_oneself(
    session: &CompanySession<'_>,
    error: CliError,
    subject: &Subject,
    needed: Permission,
    role: Option<&str>,
) -> CliError {
    let place = place(subject, session.company);
    let whoami = CommandLine::new("whoami").flag("--company", session.company);
    error
        .worded(match role {
            Some(role) => format!("you have the role {role} in {place} yourself, and cannot change it"),
            None => format!("you cannot change a role that you have yourself in {place}"),
        })
        .hint(format!("a user with {needed} and another role can do this"))
        .hint(whoami.after("show your own role with: "))
}

/// Says which permissions the caller does not have.
fn escalation(session: &CompanySession<'_>, error: CliError, subject: &Subject) -> CliError {
    let place = place(subject, session.company);
    let error = if subject.missing.is_empty() {
        error
    } else {
        error
            .worded(format!("you can only add permissions to a role that you have yourself in {place}"))
            .hint(format!("in {place} you do not have {}", listed(&subject.missing)))
    };
    error
        .hint(format!("a user with them and {} in {place} can do this", Permission::ROLES_MANAGE))
        .hint(shows_what_one_holds(session.company))
}

/// Says which role has the name.
fn name_taken(session: &CompanySession<'_>, error: CliError, role: Option<&str>) -> CliError {
    let Some(role) = role else { return error.hint("choose another name") };
    let show = CommandLine::new("role show").operand(role).flag("--company", session.company);
    error
        .at(session.client.origin())
        .hint(show.after("show that role with: ").then(", or choose another name"))
}

/// Says which company or role was probably meant.
async fn not_found(
    session: &CompanySession<'_>,
    error: CliError,
    subject: &Subject,
    role: Option<&str>,
) -> CliError {
    let company = session.company;
    let error = error.at(session.client.origin());
    if is_about_the_company(subject) {
        return error.hint(CommandLine::new("company list").after("list your companies with: "));
    }
    let error = error.hint(list_roles(company));
    let roles = match session.client.list_roles(company) {
        Ok(pages) => pages.all().await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    match role.and_then(|role| nearest(role, roles.into_iter().map(|one| one.name))) {
        Some(near) => error.hint_before(format!("did you mean the role {near}?")),
        None => error,
    }
}
