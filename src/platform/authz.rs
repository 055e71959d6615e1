//! What a caller may do in a company, read from the database at the moment of asking.

use super::authn::Caller;
use super::error::Error;
use super::ids::PrincipalId;
use super::store::Connection;
use super::store::access::{self, Grant};
use super::store::account::AccountRow;
use crate::domain::{CompanyId, Operation, Permission, Relation, decision};

/// The caller's access in the company, if it includes `permission`.
///
/// # Errors
/// `not_found` for somebody who is no member, `missing_permission`, or a failure of the database.
pub(super) async fn require(
    db: &impl Connection,
    caller: &Caller,
    company: CompanyId,
    permission: Permission,
) -> Result<Grant, Error> {
    let grant = access::of(db, caller.id, company).await?;
    decision::require(permission, grant.as_ref().map(|grant| grant.permissions))?;
    grant.ok_or_else(Error::company_not_found)
}

/// The same for an operation on service accounts.
///
/// # Errors
/// Those of [`require`].
pub(super) async fn admit(
    db: &impl Connection,
    caller: &Caller,
    company: CompanyId,
    operation: Operation,
) -> Result<Grant, Error> {
    let grant = access::of(db, caller.id, company).await?;
    decision::admit(operation, grant.as_ref().map(|grant| grant.permissions))?;
    grant.ok_or_else(Error::company_not_found)
}

/// The account that was looked up, if `operation` may be done to it.
///
/// # Errors
/// `not_found`, `not_owner`, `self_modification`, or a failure of the database.
pub(super) async fn decide(
    db: &impl Connection,
    caller: &Caller,
    company: CompanyId,
    operation: Operation,
    found: Option<AccountRow>,
) -> Result<AccountRow, Error> {
    let account = found.ok_or_else(Error::account_not_found)?;
    let relation = match related(&account, company) {
        Some(relation) => relation,
        None if sees(db, caller.id, account.owner.id).await? => Relation::Acquainted,
        None => Relation::Stranger,
    };
    decision::decide(operation, relation, account.id == caller.id)?;
    Ok(account)
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
