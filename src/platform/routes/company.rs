//! Who the caller is, the companies they belong to, and the permission catalogue.
//!
//! Responsible for the requests that need no permission. Refuses to decide: the service does.

use axum::Json;

use super::call::{Call, InCompany};
use super::extract::{NoQuery, Query};
use super::refusal::Refusals;
use super::{Answer, CompanyPath, Listed, success};
use crate::api::company::{CompanyQuery, CompanySchema};
use crate::api::envelope::PageQuery;
use crate::api::role::CatalogueEntry;
use crate::api::session::{Identity, IdentityQuery};
use crate::api::{Page, Success, path};
use crate::domain::Company;
use crate::platform::service::{catalogue, company, identity};

/// Tell who the caller is and what they may do in each company
#[utoipa::path(
    get, path = path::ME, operation_id = "show_me", tag = "session", security(("bearer" = [])),
    params(IdentityQuery),
    responses((status = 200, description = "The caller", body = Success<Identity>), Refusals)
)]
pub(in crate::platform) async fn me(
    Call(context): Call,
    Query(query): Query<IdentityQuery>,
) -> Answer<Identity> {
    Ok(success(identity::me(&context, query).await?))
}

/// List the companies that the caller belongs to
#[utoipa::path(
    get, path = path::COMPANIES, operation_id = "list_companies", tag = "companies",
    security(("bearer" = [])), params(CompanyQuery),
    responses((status = 200, description = "One page of companies", body = Page<CompanySchema>), Refusals)
)]
pub(in crate::platform) async fn list(
    Call(context): Call,
    Query(query): Query<CompanyQuery>,
) -> Listed<Company> {
    Ok(Json(company::list(&context, &query).await?))
}

/// Show one of them
#[utoipa::path(
    get, path = path::COMPANY, operation_id = "show_company", tag = "companies",
    security(("bearer" = [])), params(CompanyPath),
    responses((status = 200, description = "The company", body = Success<CompanySchema>), Refusals)
)]
pub(in crate::platform) async fn show(InCompany(context): InCompany, _: NoQuery) -> Answer<Company> {
    Ok(success(company::show(&context).await?))
}

/// List all permissions
#[utoipa::path(
    get, path = path::PERMISSIONS, operation_id = "list_permissions", tag = "roles",
    security(("bearer" = [])), params(PageQuery),
    responses((status = 200, description = "One page of the catalogue", body = Page<CatalogueEntry>), Refusals)
)]
pub(in crate::platform) async fn permissions(
    Call(context): Call,
    Query(query): Query<PageQuery>,
) -> Listed<CatalogueEntry> {
    Ok(Json(catalogue::list(&context.platform, &query)?))
}
