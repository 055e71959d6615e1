//! Every URL path of the platform.
//!
//! Responsible for the templates: the router takes them, and the client fills them in. Refuses to know what a route
//! does.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Sign in.
pub const TOKEN: &str = "/public/auth/connect/token";
/// Sign out: end one token.
pub const REVOCATION: &str = "/public/auth/connect/revocation";
/// Alive.
pub const HEALTH: &str = "/healthz";
/// Alive, and the database answers.
pub const READY: &str = "/readyz";
/// The OpenAPI document.
pub const OPENAPI: &str = "/openapi.json";
/// The signed-in identity.
pub const ME: &str = "/api/users/me";
/// The permission catalogue.
pub const PERMISSIONS: &str = "/api/permissions";
/// The companies of the caller.
pub const COMPANIES: &str = "/api/companies";
/// One of them.
pub const COMPANY: &str = "/api/companies/{company_id}";
/// The roles of a company.
pub const ROLES: &str = "/api/companies/{company_id}/roles";
/// One of them.
pub const ROLE: &str = "/api/companies/{company_id}/roles/{role}";
/// The owned and external service accounts of a company.
pub const ACCOUNTS: &str = "/api/companies/{company_id}/service-accounts";
/// One of them.
pub const ACCOUNT: &str = "/api/companies/{company_id}/service-accounts/{name}";
/// Its password.
pub const PASSWORD: &str = "/api/companies/{company_id}/service-accounts/{name}/password";
/// Its access in the company.
pub const ACCESS: &str = "/api/companies/{company_id}/service-accounts/{name}/access";
/// The audit log of a company.
pub const AUDIT: &str = "/api/companies/{company_id}/audit-logs";
/// What precedes the path of a write to try it. It is a path and not a header: a server that does not know it answers
/// 404 and does nothing.
pub const DRY_RUN: &str = "/dry-run";

/// All characters except those that RFC 3986 calls unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `value` as a segment of a path or a value of a query.
pub fn encoded(value: &str) -> String {
    utf8_percent_encode(value, ESCAPED).to_string()
}
