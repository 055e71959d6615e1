//! What every request has in common.
//!
//! Responsible for the request id, the time limit, catching panics, one line of log, and the body of a refusal. Refuses
//! to log anything but method, path, address, status, time and id: queries and bodies may contain secrets.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use tracing::Instrument as _;
use uuid::Uuid;

use super::refusal::{PROBLEM_JSON, PendingProblem, Refused};
use crate::api::path;
use crate::platform::Platform;
use crate::platform::app::{MemoryBudget, Peer};

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

/// How long requests may take, and what they are called.
#[derive(Clone)]
pub(crate) struct Edge {
    /// How long a request may take, its body included.
    pub(crate) limit: Duration,
    /// The operation of each method and path template.
    pub(crate) operations: Arc<HashMap<(Method, String), String>>,
    /// Where requests are counted.
    pub(crate) platform: Option<Platform>,
}

impl Edge {
    /// What a refusal needs to know about its request.
    fn asked(&self, request: &Request, id: RequestId) -> Asked {
        let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
        let route = (!path.is_empty()).then(|| path.to_owned());
        let path = path.strip_prefix(path::DRY_RUN).unwrap_or(path);
        let operation = self.operations.get(&(request.method().clone(), path.to_owned())).cloned();
        Asked { id, operation, route }
    }
}

/// A request as its refusal names it.
struct Asked {
    id: RequestId,
    operation: Option<String>,
    /// The template of its path.
    route: Option<String>,
}

/// Surrounds a request.
pub(crate) async fn around(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let id = RequestId::new();
    let asked = edge.asked(&request, id);
    let mut line = Line::of(&request, id);
    let method = request.method().clone();
    request.extensions_mut().insert(id);
    let memory = request.extensions().get::<MemoryBudget>().cloned();
    let reserved = memory.as_ref().map(MemoryBudget::reserve_request);
    if let Some(None) = reserved {
        let mut response = Refused::busy().into_response();
        finish(&mut response, asked);
        // A line for each refusal would make a flood write the log.
        line.is_answered = true;
        return response;
    }
    // Log lines of the request have the same id as the answer.
    let answer = next.run(request).instrument(tracing::error_span!("request", id = %id.0));
    let answer = AssertUnwindSafe(answer).catch_unwind();
    let mut response = match tokio::time::timeout(edge.limit, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!(request_id = %id.0, "a handler panicked");
            Refused::internal().into_response()
        }
        Err(_) => Refused::out_of_time(&method).into_response(),
    };
    if let Some(memory) = memory.filter(|_| method == Method::GET) {
        response = within_budget(response, &memory);
    }
    if let Some(platform) = &edge.platform {
        let (status, elapsed) = (response.status().as_u16(), line.started.elapsed());
        platform.metrics().count(&method, asked.route.as_deref(), status, elapsed);
    }
    finish(&mut response, asked);
    line.answered(response.status().as_u16());
    response
}

/// Answers up to this length are not counted.
const SHORT: u64 = 16 * 1024;

/// Marks an answer whose body is in memory anyway, once for all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shared;

/// The answer to a GET request with its memory set aside, or a refusal where there is none. Other answers say what
/// was changed: they are never held back, and they are short.
fn within_budget(mut response: Response, memory: &MemoryBudget) -> Response {
    let length = response.body().size_hint().lower();
    if length > SHORT && response.extensions().get::<Shared>().is_none() {
        let reserved = usize::try_from(length).ok().and_then(|length| memory.reserve_answer(length));
        let Some(reserved) = reserved else { return Refused::busy().into_response() };
        response.extensions_mut().insert(Arc::new(reserved));
    }
    response
}

/// Most characters of a text that a client chose, in the log.
const LOGGED: usize = 256;

/// The beginning of a text for the log.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LOGGED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The line that the log gets of a request: when it is answered, or when its client hangs up before.
struct Line {
    method: String,
    path: String,
    /// The client's address; `-` where there is no connection.
    address: String,
    id: RequestId,
    started: Instant,
    is_answered: bool,
}

impl Line {
    fn of(request: &Request, id: RequestId) -> Self {
        let peer = request.extensions().get();
        let address = peer.map_or_else(|| "-".to_owned(), |Peer(address)| address.to_canonical().to_string());
        let (method, path) = (cut(request.method().as_str()), cut(request.uri().path()));
        Self { method, path, address, id, started: Instant::now(), is_answered: false }
    }

    fn answered(mut self, status: u16) {
        self.is_answered = true;
        let Self { method, path, address, .. } = &self;
        let elapsed = self.started.elapsed();
        tracing::info!(%method, path, %address, status, ?elapsed, request_id = %self.id.0, "answered");
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.is_answered {
            let Self { method, path, address, .. } = self;
            let elapsed = self.started.elapsed();
            tracing::info!(%method, path, %address, ?elapsed, request_id = %self.id.0, "the client hung up");
        }
    }
}

/// Marks the refusal of a dry run.
pub(crate) async fn mark_dry_run(mut response: Response) -> Response {
    if let Some(PendingProblem(problem)) = response.extensions_mut().get_mut() {
        problem.dry_run = true;
    }
    response
}

fn finish(response: &mut Response, Asked { id, operation, .. }: Asked) {
    if let Some(PendingProblem(mut problem)) = response.extensions_mut().remove() {
        problem.request_id = Some(id.0.to_string());
        problem.subject.operation = operation;
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

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::to_bytes;
    use axum::http::Request as HttpRequest;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;
    use crate::api::Problem;

    async fn ask(router: Router) -> (u16, Problem, Option<String>) {
        answer(router, Method::GET).await
    }

    async fn answer(router: Router, method: Method) -> (u16, Problem, Option<String>) {
        let edge = Edge { limit: Duration::from_millis(20), operations: Arc::default(), platform: None };
        let router = router.layer(from_fn_with_state(edge, around));
        let request = HttpRequest::builder().method(method).uri("/").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let id = response.headers()[REQUEST_ID].to_str().unwrap().to_owned();
        let wait =
            response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
        let problem: Problem =
            serde_json::from_slice(&to_bytes(response.into_body(), 9999).await.unwrap()).unwrap();
        assert_eq!(problem.request_id.as_deref(), Some(id.as_str()));
        (status, problem, wait)
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_without_its_text() {
        async fn panics() {
            panic!("hunter2");
        }
        let (status, problem, _) = ask(Router::new().route("/", get(panics))).await;
        assert_eq!((status, problem.code.as_deref()), (500, Some("internal")));
        assert!(!format!("{problem:?}").contains("hunter2"));
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up() {
        let never =
            || Router::new().route("/", get(std::future::pending::<()>).put(std::future::pending::<()>));
        let (status, problem, wait) = ask(never()).await;
        assert_eq!((status, problem.code.as_deref()), (503, Some("unavailable")));
        assert_eq!(wait.as_deref(), Some("1"));
        let (status, problem, _) = answer(never(), Method::PUT).await;
        assert_eq!((status, problem.code.as_deref()), (503, Some("outcome_unknown")), "it may be kept");
    }
}
