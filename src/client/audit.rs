//! The audit log.
//!
//! Responsible for listing its records. Refuses records of another company.

use super::{Pages, Result, Session};
use crate::api::audit::{AuditQuery, AuditRecord};
use crate::api::routes::{ApiOperation, Place};
use crate::domain::CompanyId;

impl Session {
    /// The audit log of `company`, page by page.
    ///
    /// # Errors
    /// `internal` only; the requests are made by [`Pages::next`].
    pub fn list_audit_records(
        &self,
        company: CompanyId,
        query: &AuditQuery,
    ) -> Result<Pages<'_, AuditRecord>> {
        Pages::new(self, ApiOperation::ListAuditRecords, Place::of(company), query)
    }
}
