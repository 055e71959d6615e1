//! Authorisation: what a caller may do in a company.
//!
//! Responsible for membership, permissions and the relation of a company to an account. Refuses to keep an answer
//! longer than its request.

use std::collections::{BTreeSet, HashMap};

use super::authn::{self, Caller};
use super::context::RequestContext;
use super::error::Error;
use super::ids::PrincipalId;
use super::store::Connection;
use super::store::access::{self, Grant};
use super::store::account::AccountRow;
use super::store::named;
use crate::domain::{CompanyId, Operation, Permission, Refusal, Relation, decision};

/// The caller's access in the company, if it includes `permission`. Uses the access that was read with the token: for
/// reads, and for refusals outside a transaction.
///
/// # Errors
/// `not_found` for a caller who is not a member, `missing_permission`, or a failure of the database.
pub(super) async fn enter(context: &RequestContext, permission: Permission) -> Result<Grant, Error> {
    including(enter_as_member(context).await?, permission)
}

/// As [`enter`], whatever the access includes.
///
/// # Errors
/// `not_found` for a caller who is not a member, or a failure of the database.
pub(super) async fn enter_as_member(context: &RequestContext) -> Result<Grant, Error> {
    if let Some(entry) = context.caller.on_entry(context.company) {
        return existing(entry.grant.clone(), context.company);
    }
    let db = context.platform.store().reader();
    existing(access::of(db, context.caller.id, context.company).await?, context.company)
}

/// The caller's access in the company, if it includes `permission`, read again. In a transaction that has locked what
/// the decision depends on, this also locks the caller's token until the end.
///
/// # Errors
/// Those of [`enter`], and `unauthenticated` for a token that was revoked.
pub(super) async fn hold(
    db: &impl Connection,
    context: &RequestContext,
    permission: Permission,
) -> Result<Grant, Error> {
    let found = authn::hold(db, &context.caller, context.company).await?;
    including(existing(found, context.company)?, permission)
}

/// The caller's access in each of the companies, if it includes `permission` in all of them.
///
/// # Errors
/// Those of [`enter`], for the first company that has one.
pub(super) async fn require_in_each(
    db: &impl Connection,
    caller: &Caller,
    companies: &BTreeSet<CompanyId>,
    permission: Permission,
) -> Result<HashMap<CompanyId, Grant>, Error> {
    let mut found = access::in_each(db, caller.id, companies).await?;
    let each = companies.iter().map(|company| {
        let grant = existing(found.remove(company), *company)?;
        Ok((*company, including(grant, permission)?))
    });
    each.collect()
}

fn existing(found: Option<Grant>, company: CompanyId) -> Result<Grant, Error> {
    found.ok_or_else(|| Error::company_not_found(company))
}

fn including(grant: Grant, permission: Permission) -> Result<Grant, Error> {
    match decision::require(permission, Some(grant.permissions)) {
        Ok(_) => Ok(grant),
        Err(refusal) => Err(Error::refused(refusal, &grant.company)),
    }
}

/// The account of this name, if the caller, whose access in the company is `member`, may do `operation` to it.
///
/// # Errors
/// `not_found`, `not_owner`, `self_modification`, or a failure of the database.
pub(super) async fn account(
    db: &impl Connection,
    context: &RequestContext,
    member: &Grant,
    operation: Operation,
    name: &str,
) -> Result<AccountRow, Error> {
    let found = named::by_name(db, context.company, name).await?;
    decide(db, context, member, operation, name, found).await
}

/// As [`account`], for an account that was already looked up.
///
/// # Errors
/// Those of [`account`].
pub(super) async fn decide(
    db: &impl Connection,
    context: &RequestContext,
    member: &Grant,
    operation: Operation,
    name: &str,
    found: Option<AccountRow>,
) -> Result<AccountRow, Error> {
    let (caller, company) = (&context.caller, &member.company);
    let account = found.ok_or_else(|| Error::account_not_found(name, company))?;
    let relation = match related(&account, company.id) {
        Some(relation) => relation,
        None if sees(db, caller.id, account.owner.id).await? => Relation::Acquainted,
        None => Relation::Stranger,
    };
    match decision::decide(operation, relation, account.id == caller.id) {
        Ok(()) => Ok(account),
        Err(Refusal::AccountNotFound) => Err(Error::account_not_found(name, company)),
        Err(Refusal::NotOwner) => Err(Error::not_owner(&account.name, &account.owner, company)),
        Err(refusal) => Err(Error::refused(refusal, company)),
    }
}

fn related(account: &AccountRow, company: CompanyId) -> Option<Relation> {
    if account.owner.id == company {
        Some(Relation::Owner)
    } else {
        account.access.is_some().then_some(Relation::Access)
    }
}

async fn sees(db: &impl Connection, caller: PrincipalId, company: CompanyId) -> Result<bool, Error> {
    let grant = access::of(db, caller, company).await?;
    Ok(grant.is_some_and(|grant| grant.permissions.contains(Permission::SERVICE_ACCOUNTS_VIEW)))
}
