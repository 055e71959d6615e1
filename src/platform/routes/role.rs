//! The roles of a company: the default ones and its own.

use super::call::Call;
use super::extract::{InCompany, Json, Named, NoQuery, Query};
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
    call: Call,
    InCompany(company): InCompany,
    Query(query): Query<PageQuery>,
) -> Listed<Role> {
    Ok(axum::Json(role::list(&call.platform, &call.caller, company, &query).await?))
}

/// Create a role that no account has yet
#[utoipa::path(
    post, path = path::ROLES, operation_id = "create_role", tag = "roles",
    security(("bearer" = [])), params(CompanyPath), request_body = CreateRole,
    responses((status = 201, description = "The new role", body = Success<Role>), WriteRefusals)
)]
pub(in crate::platform) async fn create(
    call: Call,
    InCompany(company): InCompany,
    _: NoQuery,
    Json(request): Json<CreateRole>,
) -> Placed<Role> {
    let Call { platform, caller, request_id } = call;
    let made = role::create(&platform, &caller, company, request, &request_id).await?;
    Ok((placed(true), changed(&platform, made)))
}

/// Show one role
#[utoipa::path(
    get, path = path::ROLE, operation_id = "show_role", tag = "roles",
    security(("bearer" = [])), params(RolePath),
    responses((status = 200, description = "The role", body = Success<Role>), Refusals)
)]
pub(in crate::platform) async fn show(call: Call, Named(company, name): Named, _: NoQuery) -> Answer<Role> {
    Ok(success(role::show(&call.platform, &call.caller, company, &name).await?))
}

/// Replace the permissions of a role; all who hold it are affected at once
#[utoipa::path(
    put, path = path::ROLE, operation_id = "set_role", tag = "roles",
    security(("bearer" = [])), params(RolePath), request_body = SetRole,
    responses((status = 200, description = "The role as it is now", body = Success<Role>), WriteRefusals)
)]
pub(in crate::platform) async fn set(
    call: Call,
    Named(company, name): Named,
    _: NoQuery,
    Json(request): Json<SetRole>,
) -> Answer<Role> {
    let Call { platform, caller, request_id } = call;
    Ok(changed(&platform, role::set(&platform, &caller, company, &name, request, &request_id).await?))
}

/// Add permissions to a role and take others from it; all who hold it are affected at once
#[utoipa::path(
    patch, path = path::ROLE, operation_id = "adjust_role", tag = "roles",
    security(("bearer" = [])), params(RolePath), request_body = AdjustPermissions,
    responses((status = 200, description = "The role as it is now", body = Success<Role>), WriteRefusals)
)]
pub(in crate::platform) async fn adjust(
    call: Call,
    Named(company, name): Named,
    _: NoQuery,
    Json(request): Json<AdjustPermissions>,
) -> Answer<Role> {
    let Call { platform, caller, request_id } = call;
    Ok(changed(&platform, role::adjust(&platform, &caller, company, &name, request, &request_id).await?))
}

/// Delete a role that no account has
#[utoipa::path(
    delete, path = path::ROLE, operation_id = "delete_role", tag = "roles",
    security(("bearer" = [])), params(RolePath),
    responses((status = 200, description = "The role was deleted", body = Success<RoleDeletion>), WriteRefusals)
)]
pub(in crate::platform) async fn delete(
    call: Call,
    Named(company, name): Named,
    _: NoQuery,
) -> Answer<RoleDeletion> {
    let Call { platform, caller, request_id } = call;
    Ok(changed(&platform, role::delete(&platform, &caller, company, &name, &request_id).await?))
}
