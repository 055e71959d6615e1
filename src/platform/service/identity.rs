//! Who the caller is and what they may do where.

use super::view;
use crate::api::session::Identity;
use crate::platform::authn::Caller;
use crate::platform::{Error, Platform, store};

/// The caller with every company and what they may do there.
///
/// # Errors
/// A failure of the database.
pub async fn me(platform: &Platform, caller: &Caller) -> Result<Identity, Error> {
    let grants = store::access::everywhere(platform.store().reader(), caller.id).await?;
    Ok(Identity {
        id: caller.id.0,
        kind: caller.kind,
        name: caller.name.clone(),
        companies: grants.into_iter().map(view::access).collect(),
    })
}
