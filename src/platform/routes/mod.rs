//! The handlers.
//!
//! Responsible for three steps: extract the request, call the service, answer. Refuses to decide: the service and
//! [`crate::domain`] do.

pub(super) mod access;
pub(super) mod account;
pub(super) mod answer;
pub(super) mod audit;
pub(super) mod call;
pub(super) mod company;
pub(super) mod extract;
mod form;
pub(super) mod metrics;
pub(super) mod refusal;
pub(super) mod role;
pub(super) mod session;
pub(super) mod state;

use axum::Json;
use axum::http::StatusCode;

use self::refusal::Refused;
use crate::api::{Page, Success};
use crate::platform::context::RequestContext;

/// The result of a handler: a document in its envelope, or a refusal.
type Answer<T> = Result<Json<Success<T>>, Refused>;
/// One page of a list, or a refusal.
type Listed<T> = Result<Json<Page<T>>, Refused>;
/// A document with the status that tells new from known, or a refusal.
type Placed<T> = Result<(StatusCode, Json<Success<T>>), Refused>;

/// `data` in its envelope.
const fn success<T>(data: T) -> Json<Success<T>> {
    Json(Success::new(data))
}

/// The answer to a change, marked if it is a dry run.
fn changed<T>(context: &RequestContext, data: T) -> Json<Success<T>> {
    Json(Success { dry_run: context.is_dry_run, ..Success::new(data) })
}

/// The status of something that is there now: 201 when it was not there before.
const fn placed(is_new: bool) -> StatusCode {
    if is_new { StatusCode::CREATED } else { StatusCode::OK }
}

/// The company of the path, for the OpenAPI document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the extractors read it")]
struct CompanyPath {
    /// The number of a company that the caller belongs to.
    company_id: i64,
}

/// A service account below a company, for the OpenAPI document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the extractors read it")]
struct AccountPath {
    /// The number of a company that the caller belongs to.
    company_id: i64,
    /// The name of the service account, in any case.
    name: String,
}

/// A role below a company, for the OpenAPI document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the extractors read it")]
struct RolePath {
    /// The number of a company that the caller belongs to.
    company_id: i64,
    /// The name of the role.
    role: String,
}
