//! What can be known beforehand about a change of a role.

use super::super::shared::company_session::CompanySession;
use super::super::shared::dry_run::account::{adjusted, check_given, check_permission, invalid};
use super::super::shared::dry_run::{self, Checks};
use super::super::shared::hints::place;
use super::explain::explain;
use crate::api::Code;
use crate::api::role::Role;
use crate::api::session::Identity;
use crate::client::Change;
use crate::domain::{DefaultRole, Permission, PermissionSet, Violation};
use crate::error::Result;

/// What is tried with a role.
pub(super) enum ActionDescription<'a> {
    /// A new one with these permissions.
    Create(&'a [String]),
    /// These permissions in place of those that it has.
    Set(&'a [String]),
    /// Permissions added and removed.
    Adjust(&'a [String], &'a [String]),
    /// Its end.
    Delete,
}

impl ActionDescription<'_> {
    fn named(&self) -> Vec<String> {
        match self {
            Self::Create(names) | Self::Set(names) => names.to_vec(),
            Self::Adjust(add, remove) => [*add, *remove].concat(),
            Self::Delete => Vec::new(),
        }
    }
}

/// Shows what `change` would send, and what would come of it.
///
/// # Errors
/// The refusal that the server would give, as far as it can be known; those of reading.
pub(super) async fn rehearse<T>(
    acting: &CompanySession<'_>,
    change: Change<'_, T>,
    name: &str,
    attempt: &ActionDescription<'_>,
) -> Result<()> {
    let (needed, named) = (Permission::ROLES_MANAGE, attempt.named());
    let plan = match change.plan() {
        Ok(plan) => plan,
        Err(error) => return Err(explain(acting, error, needed, Some(name), &named).await),
    };
    let mut checks = Checks::default();
    check(acting, name, attempt, &named, &mut checks).await?;
    match dry_run::show(acting.ui, plan, checks)? {
        Some(refusal) => Err(explain(acting, refusal, needed, Some(name), &named).await),
        None => Ok(()),
    }
}

async fn check(
    acting: &CompanySession<'_>,
    name: &str,
    attempt: &ActionDescription<'_>,
    named: &[String],
    checks: &mut Checks,
) -> Result<()> {
    let me = acting.session.me().await?;
    check_permission(&me, acting.company, Permission::ROLES_MANAGE, checks);
    if checks.is_refused() {
        return Ok(());
    }
    let found = match acting.session.show_role(acting.company, name).await {
        Ok(role) => Some(role),
        Err(error) if error.code == Code::NotFound => None,
        Err(error) if error.code == Code::MissingPermission => {
            checks.unknown("role", format!("you may not see the roles of {}", place(&me, acting.company)));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if !is_as_needed(&me, acting, name, attempt, found.as_ref(), checks)
        || matches!(attempt, ActionDescription::Delete)
    {
        return Ok(());
    }
    if !acting.check_known(named, "permissions", checks).await? {
        return Ok(());
    }
    let old = found.map_or(PermissionSet::EMPTY, |role| PermissionSet::known(role.permissions.iter()));
    let new = match attempt {
        ActionDescription::Adjust(add, remove) => adjusted(old, add, remove),
        _ => Ok(PermissionSet::known(named)),
    };
    match new {
        Ok(new) if new.is_empty() => {
            let why = "a role has at least one permission";
            let broken = Violation::new("permissions", "empty_role", why);
            checks.refused_with("permissions", invalid(vec![broken]));
        }
        Ok(new) => check_given(&me, acting.company, old, new, checks),
        Err(broken) => checks.refused_with("permissions", invalid(vec![broken])),
    }
    Ok(())
}

/// The broken rule where the role cannot be changed or deleted, because every company has it.
pub(super) fn unchangeable(name: &str) -> Option<Violation> {
    let why = || format!("{name} is a default role, which cannot be changed");
    name.parse::<DefaultRole>().ok().map(|_| Violation::new("role", "default_role", why()))
}

/// Whether the role is there, or not there, and may be changed by the caller.
fn is_as_needed(
    me: &Identity,
    acting: &CompanySession<'_>,
    name: &str,
    attempt: &ActionDescription<'_>,
    found: Option<&Role>,
    checks: &mut Checks,
) -> bool {
    let is_mine = me
        .companies
        .iter()
        .any(|access| access.company.id == acting.company && access.role.as_deref() == Some(name));
    let here = place(me, acting.company);
    match (attempt, found) {
        (ActionDescription::Create(_), None) => checks.passed("name", "the company has no role of this name"),
        (ActionDescription::Create(_), Some(_)) => {
            checks.refused("name", Code::NameTaken, format!("{here} already has a role {name}"));
        }
        (_, None) => checks.refused("role", Code::NotFound, format!("{here} has no role {name}")),
        (_, Some(_)) if unchangeable(name).is_some() => {
            checks.refused_with("role", invalid(unchangeable(name).into_iter().collect()));
        }
        (_, Some(_)) if is_mine => {
            checks.refused("self", Code::SelfModification, "you cannot change a role that you have yourself");
        }
        (ActionDescription::Delete, Some(Role { holders: Some(1..), .. })) => {
            checks.refused(
                "role",
                Code::RoleInUse,
                format!("accounts or users of {here} have the role {name}"),
            );
        }
        (ActionDescription::Delete, Some(_)) => checks.passed("role", format!("no account has {name}")),
        (_, Some(role)) => {
            let holders = role.holders.map_or_else(|| "unknown".to_owned(), |count| count.to_string());
            checks.passed("role", format!("{name} exists; holders: {holders}"));
        }
    }
    !checks.is_refused()
}
