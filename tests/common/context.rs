//! What a use case is told about a request, for tests that call it without HTTP.

use sactl::domain::CompanyId;
use sactl::platform::Platform;
use sactl::platform::authn::Caller;
use sactl::platform::context::{CallerContext, RequestContext};

/// A request that concerns no company in particular.
pub(crate) fn calling(platform: &Platform, caller: &Caller) -> CallerContext {
    CallerContext {
        platform: platform.clone(),
        caller: caller.clone(),
        request_id: "r".to_owned(),
        is_dry_run: false,
    }
}

/// A request in the name of a company.
pub(crate) fn acting(platform: &Platform, caller: &Caller, company: CompanyId) -> RequestContext {
    calling(platform, caller).in_company(company)
}
