//! Roles of a company: the default ones, which cannot be changed, and its own.

use super::assignment::{adjusted, role_permissions};
use super::page::{self, Paging};
use crate::api::Page;
use crate::api::access::AdjustPermissions;
use crate::api::envelope::PageQuery;
use crate::api::role::{CreateRole, Role, RoleDeletion, SetRole};
use crate::domain::{CompanyId, DefaultRole, Permission, PermissionSet, RoleName, Violation, decision};
use crate::platform::audit::{self, Action, Author, Object};
use crate::platform::authn::{self, Caller};
use crate::platform::store::access::Grant;
use crate::platform::store::{self, Tx};
use crate::platform::{Error, Platform, authz};

/// One page of the roles, by name.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    query: &PageQuery,
) -> Result<Page<Role>, Error> {
    let db = platform.store().reader();
    let member = authz::require(db, caller, company, Permission::ROLES_VIEW).await?;
    let paging = Paging::new(platform, &("roles", company), query.cursor.as_deref(), query.page_size)?;
    let custom = store::role::all(db, company).await?;
    let holders = store::access::all_holders(db, company).await?;
    let defaults =
        DefaultRole::ALL.into_iter().map(|role| document(role.as_str(), true, role.permissions(), 0));
    let custom = custom.into_iter().map(|(name, permissions)| document(&name, false, permissions, 0));
    let mut all: Vec<Role> = defaults.chain(custom).collect();
    for role in &mut all {
        let held = holders.iter().find(|(name, _)| *name == role.name);
        role.holders = Some(held.map_or(0, |(_, holders)| *holders));
    }
    all.sort_unstable_by(|left, right| left.name.cmp(&right.name));
    let total = paging.is_first().then_some(all.len() as u64);
    let (data, next) = page::slice(&paging, all, |role| role.name.clone());
    Ok(Page { success: true, data, next, total, company: Some(member.company) })
}

/// One role.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn show(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    name: &str,
) -> Result<Role, Error> {
    let db = platform.store().reader();
    let member = authz::require(db, caller, company, Permission::ROLES_VIEW).await?;
    let found = role_permissions(db, company, name).await?;
    let permissions = found.ok_or_else(|| Error::role_not_found(&member.company, name))?;
    let holders = store::access::holders(db, company, name).await?;
    Ok(document(name, name.parse::<DefaultRole>().is_ok(), permissions, holders))
}

/// Creates a role that no account has yet.
///
/// # Errors
/// A refusal in the order of the module, `name_taken`, or a failure of the database.
pub async fn create(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    request: CreateRole,
    request_id: &str,
) -> Result<Role, Error> {
    let (tx, member) = begin(platform, caller, company).await?;
    let name = RoleName::new(request.name);
    let permissions = parse(&request.permissions);
    let (name, permissions) = match (name, permissions) {
        (Ok(name), Ok(permissions)) => (name, permissions),
        (name, permissions) => {
            return Err(name
                .err()
                .into_iter()
                .chain(permissions.err().unwrap_or_default())
                .collect::<Vec<_>>()
                .into());
        }
    };
    decision::may_change_role(false, PermissionSet::EMPTY, permissions, member.permissions)
        .map_err(|refusal| Error::refused(refusal, &member.company))?;
    if role_permissions(&*tx, company, name.as_str()).await?.is_some() {
        return Err(Error::role_exists(&member.company, name.as_str()));
    }
    store::role::insert(&*tx, company, name.as_str(), permissions).await?;
    let author = Author { caller, company: &member.company, request_id };
    let detail = audit::change_detail(PermissionSet::EMPTY, permissions);
    let object = Object::Role(name.as_str());
    audit::record(platform, &*tx, &author, Action::RoleCreated, object, vec![(company, detail)]).await?;
    tx.commit().await?;
    Ok(document(name.as_str(), false, permissions, 0))
}

/// Replaces the permissions; all holders are affected at once.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn set(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    name: &str,
    request: SetRole,
    request_id: &str,
) -> Result<Role, Error> {
    change(platform, caller, company, name, request_id, |_| parse(&request.permissions)).await
}

/// Adds and removes permissions; all holders are affected at once.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn adjust(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    name: &str,
    request: AdjustPermissions,
    request_id: &str,
) -> Result<Role, Error> {
    let adjust = |old| not_empty(adjusted(old, &request.add, &request.remove)?);
    change(platform, caller, company, name, request_id, adjust).await
}

/// Deletes a role that no account has.
///
/// # Errors
/// A refusal in the order of the module, `role_in_use`, or a failure of the database.
pub async fn delete(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    name: &str,
    request_id: &str,
) -> Result<RoleDeletion, Error> {
    let (tx, member) = begin(platform, caller, company).await?;
    let old = changeable(&tx, &member, name).await?;
    if store::access::holders(&*tx, company, name).await? > 0 {
        return Err(Error::role_in_use(&member.company, name));
    }
    store::role::delete(&*tx, company, name).await?;
    let author = Author { caller, company: &member.company, request_id };
    let parts = vec![(company, audit::change_detail(old, PermissionSet::EMPTY))];
    audit::record(platform, &*tx, &author, Action::RoleDeleted, Object::Role(name), parts).await?;
    tx.commit().await?;
    Ok(RoleDeletion { name: name.to_owned(), deleted: true })
}

/// Begins a change of roles with the company locked, so that what the caller holds stays so to the end.
async fn begin(platform: &Platform, caller: &Caller, company: CompanyId) -> Result<(Tx, Grant), Error> {
    authz::require(platform.store().reader(), caller, company, Permission::ROLES_MANAGE).await?;
    let tx = platform.begin_change().await?;
    store::company::lock(&*tx, [company]).await?;
    authn::hold(&*tx, caller).await?;
    let member = authz::require(&*tx, caller, company, Permission::ROLES_MANAGE).await?;
    Ok((tx, member))
}

/// What the holders of a custom role may do, if it is one that the caller does not hold.
async fn changeable(tx: &Tx, member: &Grant, name: &str) -> Result<PermissionSet, Error> {
    if let Ok(default) = name.parse() {
        return Err(Error::default_role(default));
    }
    let found = store::role::find(&**tx, member.company.id, name).await?;
    let old = found.ok_or_else(|| Error::role_not_found(&member.company, name))?;
    decision::may_change_role(member.role.as_deref() == Some(name), old, old, member.permissions)
        .map_err(|refusal| Error::refused(refusal, &member.company))?;
    Ok(old)
}

async fn change(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    name: &str,
    request_id: &str,
    new: impl FnOnce(PermissionSet) -> Result<PermissionSet, Vec<Violation>>,
) -> Result<Role, Error> {
    let (tx, member) = begin(platform, caller, company).await?;
    let old = changeable(&tx, &member, name).await?;
    let new = new(old)?;
    decision::may_change_role(false, old, new, member.permissions)
        .map_err(|refusal| Error::refused(refusal, &member.company))?;
    if new != old {
        store::role::update(&*tx, company, name, new).await?;
        let author = Author { caller, company: &member.company, request_id };
        let parts = vec![(company, audit::change_detail(old, new))];
        audit::record(platform, &*tx, &author, Action::RoleEdited, Object::Role(name), parts).await?;
    }
    let holders = store::access::holders(&*tx, company, name).await?;
    tx.commit().await?;
    Ok(document(name, false, new, holders))
}

fn parse(names: &[String]) -> Result<PermissionSet, Vec<Violation>> {
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
