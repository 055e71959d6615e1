//! The audit log of a company.
//!
//! Responsible for the request that reads it. Refuses to decide: the service does.

use super::call::InCompany;
use super::extract::Query;
use super::refusal::Refusals;
use super::{CompanyPath, Listed};
use crate::api::audit::{AuditQuery, AuditRecord};
use crate::api::{Page, path};
use crate::platform::service::audit;

/// List what was done in the company, newest first
///
/// A record holds only this company's part. `total` is always null: the records are not counted.
#[utoipa::path(
    get, path = path::AUDIT, operation_id = "list_audit_records", tag = "audit log",
    security(("bearer" = [])), params(CompanyPath, AuditQuery),
    responses((status = 200, description = "One page of records", body = Page<AuditRecord>), Refusals)
)]
pub(in crate::platform) async fn list(
    InCompany(context): InCompany,
    Query(query): Query<AuditQuery>,
) -> Listed<AuditRecord> {
    Ok(axum::Json(audit::list(&context, &query).await?))
}
