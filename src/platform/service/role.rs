//! Roles of a company: the default ones and its own.
//!
//! Responsible for listing all roles and changing custom ones. Refuses to change a default role or one that the caller
//! has, and to delete one that any account or user has.

use super::assignment::{adjusted, role_permissions};
use super::page::{self, Paging};
use crate::api::Page;
use crate::api::access::AdjustPermissions;
use crate::api::envelope::PageQuery;
use crate::api::role::{CreateRole, Role, RoleDeletion, SetRole};
use crate::domain::{DefaultRole, Permission, PermissionSet, RoleName, Violation, decision};
use crate::platform::audit::{self, Action, Author, Object};
use crate::platform::context::RequestContext;
use crate::platform::store::access::Grant;
use crate::platform::store::company::Hold;
use crate::platform::store::{self, Tx};
use crate::platform::{Error, authz};

/// One page of the roles, by name.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn list(context: &RequestContext, query: &PageQuery) -> Result<Page<Role>, Error> {
    let (platform, company) = (&context.platform, context.company);
    let db = platform.store().reader();
    let member = authz::enter(context, Permission::ROLES_VIEW).await?;
    let paging = Paging::new(platform, &("roles", company), query.cursor.as_deref(), query.page_size)?;
    let custom = store::role::page(db, company, paging.after.as_deref(), paging.limit()).await?;
    let defaults = DefaultRole::ALL.map(|role| (role.as_str().to_owned(), role.permissions()));
    let mut found: Vec<_> = defaults.into_iter().chain(custom).collect();
    found.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
    let (rows, next) = page::slice(&paging, found, |(name, _)| name.clone());
    let names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    let held = store::access::holders_of_each(db, company, &names).await?;
    let one = |(name, permissions): &(String, PermissionSet)| {
        let holders = held.get(name).copied().unwrap_or_default();
        document(name, name.parse::<DefaultRole>().is_ok(), *permissions, holders)
    };
    let data = rows.iter().map(one).collect();
    let total = if paging.is_first() {
        Some(DefaultRole::ALL.len() as u64 + store::role::count(db, company).await?)
    } else {
        None
    };
    Ok(Page { success: true, data, next, total, company: Some(member.company) })
}

/// One role.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn show(context: &RequestContext, name: &str) -> Result<Role, Error> {
    let db = context.platform.store().reader();
    let member = authz::enter(context, Permission::ROLES_VIEW).await?;
    let found = role_permissions(db, context.company, name).await?;
    let permissions = found.ok_or_else(|| Error::role_not_found(&member.company, name))?;
    let holders = store::access::holders(db, context.company, name).await?;
    Ok(document(name, name.parse::<DefaultRole>().is_ok(), permissions, holders))
}

/// Creates a role that no account has yet.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), `name_taken`, or a failure of the database.
pub async fn create(context: &RequestContext, request: CreateRole) -> Result<Role, Error> {
    let change = begin(context).await?;
    let (name, permissions) = match (RoleName::new(request.name), parse(&request.permissions)) {
        (Ok(name), Ok(permissions)) => (name, permissions),
        (name, permissions) => {
            let broken = name.err().into_iter().chain(permissions.err().unwrap_or_default());
            return Err(broken.collect::<Vec<_>>().into());
        }
    };
    let name = name.as_str();
    change.decide(false, PermissionSet::EMPTY, permissions)?;
    if role_permissions(&*change.tx, context.company, name).await?.is_some() {
        return Err(Error::role_exists(&change.member.company, name));
    }
    store::role::insert(&*change.tx, context.company, name, permissions).await?;
    change.record(Action::RoleCreated, name, PermissionSet::EMPTY, permissions).await?;
    change.tx.commit().await?;
    Ok(document(name, false, permissions, 0))
}

/// Replaces the permissions. Affects everyone who has the role immediately.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn set(context: &RequestContext, name: &str, request: SetRole) -> Result<Role, Error> {
    replace(context, name, |_| parse(&request.permissions)).await
}

/// Adds and removes permissions. Affects everyone who has the role immediately.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn adjust(context: &RequestContext, name: &str, request: AdjustPermissions) -> Result<Role, Error> {
    replace(context, name, |old| not_empty(adjusted(old, &request.add, &request.remove)?)).await
}

/// Deletes a role that no account has.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), `role_in_use`, or a failure of the database.
pub async fn delete(context: &RequestContext, name: &str) -> Result<RoleDeletion, Error> {
    let change = begin(context).await?;
    let old = change.changeable(name).await?;
    if store::access::holders(&*change.tx, context.company, name).await? > 0 {
        return Err(Error::role_in_use(&change.member.company, name));
    }
    store::role::delete(&*change.tx, context.company, name).await?;
    change.record(Action::RoleDeleted, name, old, PermissionSet::EMPTY).await?;
    change.tx.commit().await?;
    Ok(RoleDeletion { name: name.to_owned(), deleted: true })
}

/// Replaces the permissions of a role with the result of `new` for the old ones.
async fn replace(
    context: &RequestContext,
    name: &str,
    new: impl FnOnce(PermissionSet) -> Result<PermissionSet, Vec<Violation>>,
) -> Result<Role, Error> {
    let change = begin(context).await?;
    let old = change.changeable(name).await?;
    let new = new(old)?;
    change.decide(false, old, new)?;
    if new != old {
        store::role::update(&*change.tx, context.company, name, new).await?;
        change.record(Action::RoleEdited, name, old, new).await?;
    }
    let holders = store::access::holders(&*change.tx, context.company, name).await?;
    change.tx.commit().await?;
    Ok(document(name, false, new, holders))
}

/// A change of a role that is allowed. The company is locked, so that the caller's access stays the same until the end.
struct Change<'a> {
    context: &'a RequestContext,
    tx: Tx,
    /// The caller's access in the company.
    member: Grant,
}

async fn begin(context: &RequestContext) -> Result<Change<'_>, Error> {
    authz::enter(context, Permission::ROLES_MANAGE).await?;
    let tx = context.begin_change().await?;
    store::company::lock(&*tx, [context.company], Hold::Alone).await?;
    let member = authz::hold(&*tx, context, Permission::ROLES_MANAGE).await?;
    Ok(Change { context, tx, member })
}

impl Change<'_> {
    /// Decides whether the caller, who has the role or not, may change it.
    fn decide(&self, is_own: bool, old: PermissionSet, new: PermissionSet) -> Result<(), Error> {
        decision::may_change_role(is_own, old, new, self.member.permissions)
            .map_err(|refusal| Error::refused(refusal, &self.member.company))
    }

    /// The permissions of a custom role, if the caller does not have it.
    async fn changeable(&self, name: &str) -> Result<PermissionSet, Error> {
        if let Ok(default) = name.parse() {
            return Err(Error::default_role(default));
        }
        let found = store::role::find(&*self.tx, self.context.company, name).await?;
        let old = found.ok_or_else(|| Error::role_not_found(&self.member.company, name))?;
        self.decide(self.member.role.as_deref() == Some(name), old, old)?;
        Ok(old)
    }

    /// Records the change of a role, in its company alone.
    async fn record(
        &self,
        action: Action,
        name: &str,
        old: PermissionSet,
        new: PermissionSet,
    ) -> Result<(), Error> {
        let author = Author { context: self.context, company: &self.member.company };
        let parts = vec![(self.context.company, audit::change_detail(old, new))];
        audit::record(&*self.tx, &author, action, Object::Role(name), parts).await
    }
}

/// Parses the permissions of a role.
///
/// # Errors
/// Every broken rule: `unknown_permission`, `empty_role`.
pub(super) fn parse(names: &[String]) -> Result<PermissionSet, Vec<Violation>> {
    not_empty(PermissionSet::parse(names)?)
}

fn not_empty(permissions: PermissionSet) -> Result<PermissionSet, Vec<Violation>> {
    if permissions.is_empty() {
        let message = "a role has at least one permission";
        return Err(vec![Violation::new("permissions", "empty_role", message)]);
    }
    Ok(permissions)
}

fn document(name: &str, default: bool, permissions: PermissionSet, holders: u64) -> Role {
    Role {
        name: name.to_owned(),
        default,
        permissions: permissions.known_names().collect(),
        holders: Some(holders),
    }
}
