//! Service accounts of a company: the ones it owns and the ones it has let in.

use crate::api::access::{AccessChange, AccessRemoval, AdjustPermissions, SetAccess};
use crate::api::account::{
    AccountQuery, CreateAccount, Deletion, EditAccount, PasswordChange, ResetPassword,
};
use crate::api::{Account, AccountDetail, Page};
use crate::domain::CompanyId;
use crate::platform::authn::Caller;
use crate::platform::{Error, Platform};

/// One page of the accounts that the company owns or has let in.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn list(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _query: &AccountQuery,
) -> Result<Page<Account>, Error> {
    todo!()
}

/// One account; its owner also learns where else it has access.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn show(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
) -> Result<AccountDetail, Error> {
    todo!()
}

/// Creates an account that the company owns.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn create(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _request: CreateAccount,
    _idempotency_key: Option<&str>,
    _request_id: &str,
) -> Result<AccountDetail, Error> {
    todo!()
}

/// Changes the description.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn edit(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
    _request: EditAccount,
    _request_id: &str,
) -> Result<Account, Error> {
    todo!()
}

/// Resets the password and ends every token of the account.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn reset_password(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
    _request: ResetPassword,
    _request_id: &str,
) -> Result<PasswordChange, Error> {
    todo!()
}

/// Deletes the account everywhere.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn delete(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
    _request_id: &str,
) -> Result<Deletion, Error> {
    todo!()
}

/// Gives access in the company, or replaces what was given. The flag says that there was none before.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn set_access(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
    _request: SetAccess,
    _request_id: &str,
) -> Result<(AccessChange, bool), Error> {
    todo!()
}

/// Adds to or takes from an individual list of permissions. The flag says that there was no access before.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn adjust_access(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
    _request: AdjustPermissions,
    _request_id: &str,
) -> Result<(AccessChange, bool), Error> {
    todo!()
}

/// Removes all access in the company.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn remove_access(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
    _request_id: &str,
) -> Result<AccessRemoval, Error> {
    todo!()
}
