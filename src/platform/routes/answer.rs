//! Around every request: an id, a time limit, a net for panics, one line of log, and the body of a refusal.
//!
//! Refuses to log anything but method, path, status, time and id: queries and bodies may hold what is
//! nobody's business.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::refusal::{PROBLEM_JSON, PendingProblem, Refused};
use crate::api::Code;

/// The header that carries the id of a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: in the answer's header, in the document of a refusal, and in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId(pub(crate) Uuid);

impl RequestId {
    /// A new one, later than those before.
    pub(crate) fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

/// Surrounds a request; `limit` is the time it may take.
pub(crate) async fn around(State(limit): State<Duration>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::new();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(id);
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let mut response = match tokio::time::timeout(limit, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!(request_id = %id.0, "a handler panicked");
            Refused::internal().into_response()
        }
        Err(_) => Refused::new(Code::Unavailable, "this took too long and was given up; try again later")
            .with_retry_after(1)
            .into_response(),
    };
    finish(&mut response, id);
    let (status, elapsed) = (response.status().as_u16(), started.elapsed());
    tracing::info!(%method, path, status, ?elapsed, request_id = %id.0, "answered");
    response
}

fn finish(response: &mut Response, id: RequestId) {
    if let Some(PendingProblem(mut problem)) = response.extensions_mut().remove() {
        problem.request_id = Some(id.0.to_string());
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(body);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id.0.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}
