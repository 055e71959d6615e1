//! Gives, adjusts and removes the access of an account in the company.
//!
//! Responsible for one company at a time. Refuses permissions that the caller may not grant, and adjustments of an
//! account that has a role.

use serde_json::json;

use super::change::{self, Change};
use crate::api::access::{AdjustPermissions, SetAccess};
use crate::api::account::{AccessChange, AccessRemoval};
use crate::domain::{Operation, PermissionSet, Violation, decision};
use crate::platform::audit::{self, Action};
use crate::platform::context::RequestContext;
use crate::platform::service::assignment::{self, Wanted, adjusted, empty_access};
use crate::platform::service::view;
use crate::platform::store::access::{Assignment, Grant};
use crate::platform::{Error, store};

/// Gives access in the company, or replaces what was given.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn set_access(
    context: &RequestContext,
    name: &str,
    request: SetAccess,
) -> Result<AccessChange, Error> {
    let change = change::begin(context, Operation::SetAccess, name).await?;
    let asked = assignment::parse(request.role, request.permissions.as_deref(), "")?;
    let wanted = assignment::resolve(&*change.tx, &change.member.company, asked, "")
        .await?
        .map_err(|broken| vec![broken])?;
    put(change, wanted, Action::AccessSet).await
}

/// Adds permissions to an individual list or removes some; no access counts as an empty list.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn adjust_access(
    context: &RequestContext,
    name: &str,
    request: AdjustPermissions,
) -> Result<AccessChange, Error> {
    let change = change::begin(context, Operation::AdjustAccess, name).await?;
    let old = change.account.access.as_ref();
    if old.is_some_and(|grant| grant.role.is_some()) {
        let message = "the account has a role in this company; only individual permissions can be added or \
            removed";
        return Err(vec![Violation::new("access", "not_individual", message)].into());
    }
    let old = old.map_or(PermissionSet::EMPTY, |grant| grant.permissions);
    let permissions = adjusted(old, &request.add, &request.remove)?;
    if permissions.is_empty() {
        return Err(vec![empty_access("remove")].into());
    }
    let wanted = Wanted { assignment: Assignment::Individual(permissions), permissions };
    put(change, wanted, Action::AccessAdjusted).await
}

/// Writes access, if the caller may give it.
async fn put(change: Change<'_>, wanted: Wanted, action: Action) -> Result<AccessChange, Error> {
    let company = change.context.company;
    let old = change.account.access.as_ref();
    let old_permissions = old.map_or(PermissionSet::EMPTY, |grant| grant.permissions);
    decision::may_give(old_permissions, wanted.permissions, change.member.permissions)
        .map_err(|refusal| change.refused(refusal))?;
    let changed = wanted.differs_from(old);
    let created = old.is_none();
    if changed {
        store::access::put(&*change.tx, change.account.id, company, &wanted.assignment).await?;
        let detail = json!({
            "old": audit::access_detail(old),
            "new": audit::assignment_detail(&wanted.assignment),
        });
        change.record(action, vec![(company, detail)]).await?;
    }
    let here = change.member.company.clone();
    let grant = Grant { company: here.clone(), role: wanted.role(), permissions: wanted.permissions };
    let access = view::access(grant.clone());
    let account = change.account_with(|account| {
        account.company_count += u64::from(created);
        account.access = Some(grant);
    });
    let before = view::access_in(change.account.access, &here);
    change.tx.commit().await?;
    Ok(AccessChange { account, access, before: before.into(), changed })
}

/// Removes all access in the company.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn remove_access(context: &RequestContext, name: &str) -> Result<AccessRemoval, Error> {
    let change = change::begin(context, Operation::RemoveAccess, name).await?;
    let changed = change.account.access.is_some();
    if changed {
        store::access::remove(&*change.tx, change.account.id, context.company).await?;
        let detail = json!({ "old": audit::access_detail(change.account.access.as_ref()), "new": null });
        change.record(Action::AccessRemoved, vec![(context.company, detail)]).await?;
    }
    let account = change.account_with(|account| {
        account.company_count -= u64::from(changed);
        account.access = None;
    });
    let is_still_seen = change.account.owner.id == context.company;
    let company = change.member.company;
    let before = view::access_in(change.account.access, &company);
    change.tx.commit().await?;
    Ok(AccessRemoval { account: is_still_seen.then_some(account), company, before, changed })
}
