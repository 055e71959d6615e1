//! The roles of a company: the default ones and its own.
//!
//! Responsible for the requests about them. Refuses to decide: the service does.

use super::call::{InCompany, Named};
use super::extract::{Json, NoQuery, Query};
use super::refusal::{Refusals, WriteRefusals};
use super::{Answer, CompanyPath, Listed, Placed, RolePath, changed, placed, success};
use crate::api::access::AdjustPermissions;
use crate::api::envelope::PageQuery;
use crate::api::role::{CreateRole, Role, RoleDeletion, SetRole};
use crate::api::{Page, Success, path};
use crate::platform::service::role;

/// List the roles of the company
#[utoipa::path(
    get, path = path::ROLES, operation_id = "list_roles", tag = "roles",
    security(("bearer" = [])), params(CompanyPath, PageQuery),
    responses((status = 200, description = "One page of roles", body = Page<Role>), Refusals)
)]
pub(in crate::platform) async fn list(
    InCompany(context): InCompany,
    Query(query): Query<PageQuery>,
) -> Listed<Role> {
    Ok(axum::Json(role::list(&context, &query).await?))
}

/// Create a role that no account has yet
#[utoipa::path(
    post, path = path::ROLES, operation_id = "create_role", tag = "roles",
    security(("bearer" = [])), params(CompanyPath), request_body = CreateRole,
    responses((status = 201, description = "The new role", body = Success<Role>), WriteRefusals)
)]
pub(in crate::platform) async fn create(
    InCompany(context): InCompany,
    _: NoQuery,
    Json(request): Json<CreateRole>,
) -> Placed<Role> {
    let made = role::create(&context, request).await?;
    Ok((placed(true), changed(&context, made)))
}

/// Show one role
#[utoipa::path(
    get, path = path::ROLE, operation_id = "show_role", tag = "roles",
    security(("bearer" = [])), params(RolePath),
    responses((status = 200, description = "The role", body = Success<Role>), Refusals)
)]
pub(in crate::platform) async fn show(Named(context, name): Named, _: NoQuery) -> Answer<Role> {
    Ok(success(role::show(&context, &name).await?))
}

/// Replace the permissions of a role; affects everyone who has it immediately
#[utoipa::path(
    put, path = path::ROLE, operation_id = "set_role", tag = "roles",
    security(("bearer" = [])), params(RolePath), request_body = SetRole,
    responses((status = 200, description = "The role as it is now", body = Success<Role>), WriteRefusals)
)]
pub(in crate::platform) async fn set(
    Named(context, name): Named,
    _: NoQuery,
    Json(request): Json<SetRole>,
) -> Answer<Role> {
    Ok(changed(&context, role::set(&context, &name, request).await?))
}

/// Add permissions to a role and remove others; affects everyone who has it immediately
#[utoipa::path(
    patch, path = path::ROLE, operation_id = "adjust_role", tag = "roles",
    security(("bearer" = [])), params(RolePath), request_body = AdjustPermissions,
    responses((status = 200, description = "The role as it is now", body = Success<Role>), WriteRefusals)
)]
pub(in crate::platform) async fn adjust(
    Named(context, name): Named,
    _: NoQuery,
    Json(request): Json<AdjustPermissions>,
) -> Answer<Role> {
    Ok(changed(&context, role::adjust(&context, &name, request).await?))
}

/// Delete a role that no account has
#[utoipa::path(
    delete, path = path::ROLE, operation_id = "delete_role", tag = "roles",
    security(("bearer" = [])), params(RolePath),
    responses((status = 200, description = "The role was deleted", body = Success<RoleDeletion>), WriteRefusals)
)]
pub(in crate::platform) async fn delete(Named(context, name): Named, _: NoQuery) -> Answer<RoleDeletion> {
    Ok(changed(&context, role::delete(&context, &name).await?))
}
