//! Roles of a company: the default ones, which nobody changes, and its own.

use crate::api::Page;
use crate::api::access::AdjustPermissions;
use crate::api::envelope::PageQuery;
use crate::api::role::{CreateRole, Role, RoleDeletion, SetRole};
use crate::domain::CompanyId;
use crate::platform::authn::Caller;
use crate::platform::{Error, Platform};

/// One page of the roles, by name.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn list(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _query: &PageQuery,
) -> Result<Page<Role>, Error> {
    todo!()
}

/// One role.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn show(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
) -> Result<Role, Error> {
    todo!()
}

/// Creates a role that nobody holds yet.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn create(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _request: CreateRole,
    _request_id: &str,
) -> Result<Role, Error> {
    todo!()
}

/// Replaces the permissions; all holders are affected at once.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn set(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
    _request: SetRole,
    _request_id: &str,
) -> Result<Role, Error> {
    todo!()
}

/// Adds and removes permissions; all holders are affected at once.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn adjust(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
    _request: AdjustPermissions,
    _request_id: &str,
) -> Result<Role, Error> {
    todo!()
}

/// Deletes a role that nobody holds.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn delete(
    _platform: &Platform,
    _caller: &Caller,
    _company: CompanyId,
    _name: &str,
    _request_id: &str,
) -> Result<RoleDeletion, Error> {
    todo!()
}
