//! The audit log.

use super::session::fill;
use super::{Pages, Result, Session};
use crate::api::audit::{AuditQuery, AuditRecord};
use crate::api::path;
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
        Pages::new(self, fill(path::AUDIT, &[&company.to_string()])?, Some(company), query)
    }
}
