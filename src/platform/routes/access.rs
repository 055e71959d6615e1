//! The access of a service account in the company in the path.
//!
//! Responsible for the three requests about it. Refuses to decide: the service does.

use super::call::Named;
use super::extract::{Json, NoQuery};
use super::refusal::{Refusals, WriteRefusals};
use super::{AccountPath, Answer, Placed, changed, placed};
use crate::api::access::{AdjustPermissions, SetAccess};
use crate::api::account::{AccessChange, AccessRemoval, Before};
use crate::api::{Success, path};
use crate::platform::service::account;

/// Give access in the company, or replace it: a role or a list of permissions
#[utoipa::path(
    put, path = path::ACCESS, operation_id = "set_access", tag = "access",
    security(("bearer" = [])), params(AccountPath), request_body = SetAccess,
    responses(
        (status = 200, description = "The access as it is now", body = Success<AccessChange>),
        (status = 201, description = "The account had no access here before", body = Success<AccessChange>),
        WriteRefusals
    )
)]
pub(in crate::platform) async fn set(
    Named(context, name): Named,
    _: NoQuery,
    Json(request): Json<SetAccess>,
) -> Placed<AccessChange> {
    let change = account::set_access(&context, &name, request).await?;
    Ok((placed(change.before == Before::Known(None)), changed(&context, change)))
}

/// Add to and take from an individual list of permissions, in one step
#[utoipa::path(
    patch, path = path::ACCESS, operation_id = "adjust_access", tag = "access",
    security(("bearer" = [])), params(AccountPath), request_body = AdjustPermissions,
    responses(
        (status = 200, description = "The access as it is now", body = Success<AccessChange>),
        (status = 201, description = "The account had no access here before", body = Success<AccessChange>),
        WriteRefusals
    )
)]
pub(in crate::platform) async fn adjust(
    Named(context, name): Named,
    _: NoQuery,
    Json(request): Json<AdjustPermissions>,
) -> Placed<AccessChange> {
    let change = account::adjust_access(&context, &name, request).await?;
    Ok((placed(change.before == Before::Known(None)), changed(&context, change)))
}

/// Remove all access in the company
#[utoipa::path(
    delete, path = path::ACCESS, operation_id = "remove_access", tag = "access",
    security(("bearer" = [])), params(AccountPath),
    responses(
        (status = 200, description = "The account has no access here", body = Success<AccessRemoval>),
        Refusals
    )
)]
pub(in crate::platform) async fn remove(Named(context, name): Named, _: NoQuery) -> Answer<AccessRemoval> {
    Ok(changed(&context, account::remove_access(&context, &name).await?))
}
