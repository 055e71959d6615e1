//! What a use case is told about the request that it serves: one value, made once where the request comes in.
//!
//! Responsible for carrying it. Refuses to say what the caller may do: that is read from the database at the moment of
//! asking.

use sea_orm::DbErr;

use super::Platform;
use super::authn::Caller;
use super::store::Tx;
use crate::domain::CompanyId;

/// A request of a caller that concerns no company in particular.
#[derive(Clone, Debug)]
pub struct CallerContext {
    /// The platform that is asked.
    pub platform: Platform,
    /// Who asks.
    pub caller: Caller,
    /// Names the request in the log and in audit records.
    pub request_id: String,
    /// Whether everything is decided and answered as always, and no change is kept.
    pub is_dry_run: bool,
}

impl CallerContext {
    /// The same request in the name of a company. Whether the caller belongs to it is not known yet.
    pub fn in_company(self, company: CompanyId) -> RequestContext {
        let Self { platform, caller, request_id, is_dry_run } = self;
        RequestContext { platform, caller, company, request_id, is_dry_run }
    }
}

/// A request of a caller in the name of a company.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The platform that is asked.
    pub platform: Platform,
    /// Who asks.
    pub caller: Caller,
    /// In whose name.
    pub company: CompanyId,
    /// Names the request in the log and in audit records.
    pub request_id: String,
    /// Whether everything is decided and answered as always, and no change is kept.
    pub is_dry_run: bool,
}

impl RequestContext {
    /// Begins the transaction of a change. What is counted or noted beside a change, such as a wrong password, has a
    /// transaction of its own and is kept after a dry run too.
    pub(super) async fn begin_change(&self) -> Result<Tx, DbErr> {
        Ok(self.platform.store().begin().await?.for_dry_run(self.is_dry_run))
    }
}
