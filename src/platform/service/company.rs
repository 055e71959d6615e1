//! The companies that a caller belongs to.

use crate::api::Page;
use crate::api::company::CompanyQuery;
use crate::domain::{Company, CompanyId};
use crate::platform::authn::Caller;
use crate::platform::{Error, Platform};

/// One page of the companies that the caller is a member of.
///
/// # Errors
/// `malformed`, or a failure of the database.
pub async fn list(
    _platform: &Platform,
    _caller: &Caller,
    _query: &CompanyQuery,
) -> Result<Page<Company>, Error> {
    todo!()
}

/// One of them.
///
/// # Errors
/// `not_found` when the caller is no member, or a failure of the database.
pub async fn show(_platform: &Platform, _caller: &Caller, _company: CompanyId) -> Result<Company, Error> {
    todo!()
}
