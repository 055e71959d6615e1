//! Who the caller is and what they may do where.
//!
//! Responsible for the caller's own identity. Refuses to look at any other principal.

use super::view;
use crate::api::session::{IMMEDIATE_EFFECT, Identity, IdentityExpansion, IdentityQuery};
use crate::domain::PermissionSet;
use crate::platform::context::CallerContext;
use crate::platform::{Error, store};

/// The caller, with each requested company and the permissions there.
///
/// # Errors
/// A failure of the database.
pub async fn me(context: &CallerContext, query: IdentityQuery) -> Result<Identity, Error> {
    let CallerContext { platform, caller, .. } = context;
    let db = platform.store().reader();
    let mut grants = match query.company {
        Some(company) => Vec::from_iter(store::access::of(db, caller.id, company).await?),
        None => store::access::everywhere(db, caller.id).await?,
    };
    if query.expand == Some(IdentityExpansion::None) {
        for grant in &mut grants {
            grant.permissions = PermissionSet::EMPTY;
        }
    }
    Ok(Identity {
        id: caller.id.0,
        kind: caller.kind,
        name: caller.name.clone(),
        features: vec![IMMEDIATE_EFFECT.to_owned()],
        companies: grants.into_iter().map(view::access).collect(),
    })
}
