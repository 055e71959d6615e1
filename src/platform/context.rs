//! The context of a request: one value that is made once, where the request comes in, and given to every use case.
//!
//! Responsible for caller, company, request id and dry run. Refuses to say what the caller may do: authorisation reads
//! that from the database when it is needed.

use sea_orm::DbErr;

use super::Platform;
use super::authn::Caller;
use super::store::Tx;
use crate::domain::CompanyId;

/// A request that is not about one company.
#[derive(Clone, Debug)]
pub struct CallerContext {
    /// The platform that serves the request.
    pub platform: Platform,
    /// The caller.
    pub caller: Caller,
    /// The id of the request in the log and in audit records.
    pub request_id: String,
    /// Whether this is a dry run: everything is decided and answered as usual, and no change is kept.
    pub is_dry_run: bool,
}

impl CallerContext {
    /// The same request in the name of a company. Whether the caller is a member of it is not checked here.
    pub fn in_company(self, company: CompanyId) -> RequestContext {
        let Self { platform, caller, request_id, is_dry_run } = self;
        RequestContext { platform, caller, company, request_id, is_dry_run }
    }
}

/// A request of a caller in the name of a company.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The platform that serves the request.
    pub platform: Platform,
    /// The caller.
    pub caller: Caller,
    /// The company in whose name the caller acts.
    pub company: CompanyId,
    /// The id of the request in the log and in audit records.
    pub request_id: String,
    /// Whether this is a dry run: everything is decided and answered as usual, and no change is kept.
    pub is_dry_run: bool,
}

impl RequestContext {
    /// Begins the transaction of a change, which a dry run rolls back. What is counted beside the change, such as a
    /// wrong password, has its own transaction and is kept after a dry run too.
    pub(super) async fn begin_change(&self) -> Result<Tx, DbErr> {
        Ok(self.platform.store().begin().await?.for_dry_run(self.is_dry_run))
    }
}
