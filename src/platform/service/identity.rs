//! Who the caller is and what they may do where.

use crate::api::session::Identity;
use crate::platform::authn::Caller;
use crate::platform::{Error, Platform};

/// The caller with every company and what they may do there.
///
/// # Errors
/// A failure of the database.
pub async fn me(_platform: &Platform, _caller: &Caller) -> Result<Identity, Error> {
    todo!()
}
