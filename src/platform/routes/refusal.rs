//! Refusals as HTTP responses.
//!
//! Responsible for status, headers and a problem document (RFC 9457). Refuses to reveal internals: a refusal never
//! contains a cause, a file path, a statement or a value that was sent.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};

use crate::api::{Code, Problem, Subject};
use crate::domain::Violation;

/// The media type of a refusal.
pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// One refusal, on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    code: Code,
    message: Cow<'static, str>,
    errors: Vec<Violation>,
    subject: Box<Subject>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refused {
    /// A refusal with the status that belongs to `code`.
    pub(crate) fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        let status = code.status().and_then(|status| StatusCode::from_u16(status).ok());
        Self {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code,
            message: message.into(),
            errors: Vec::new(),
            subject: Box::default(),
            headers: Vec::new(),
        }
    }

    /// A request that is not of the contract.
    pub(crate) fn malformed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Malformed, message)
    }

    /// Nothing is at this path, or not for this caller.
    pub(crate) fn not_found() -> Self {
        Self::new(Code::NotFound, "this path does not exist")
    }

    /// A fault of ours. The log has the cause.
    pub(crate) fn internal() -> Self {
        Self::new(Code::Internal, "the platform failed; the request id leads to the cause in its log")
    }

    /// No credentials or invalid ones. `presented` says that there were some.
    pub(crate) fn unauthenticated(presented: bool) -> Self {
        let (message, challenge) = if presented {
            (
                "the token is unknown, expired or revoked: sign in again",
                r#"Bearer realm="platform", error="invalid_token""#,
            )
        } else {
            ("this request needs a bearer token in the Authorization header", r#"Bearer realm="platform""#)
        };
        Self::new(Code::Unauthenticated, message)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// The same refusal with another status.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same refusal with every broken rule of the input.
    pub(crate) fn with_errors(mut self, errors: Vec<Violation>) -> Self {
        self.errors = errors;
        self
    }

    /// The same refusal with what it is about.
    pub(crate) fn with_subject(mut self, subject: Box<Subject>) -> Self {
        self.subject = subject;
        self
    }

    /// The platform has no memory for this request now.
    pub(crate) fn busy() -> Self {
        Self::new(Code::Unavailable, "the platform is busy; try again in a moment").with_retry_after(1)
    }

    /// The request took too long and was cancelled. One that changes something may have ended while it was.
    pub(crate) fn out_of_time(method: &Method) -> Self {
        if method.is_safe() {
            let message = "the request took too long and was cancelled; try again later";
            return Self::new(Code::Unavailable, message).with_retry_after(1);
        }
        let message = "the request took too long and was cancelled; it may or may not have been carried out";
        Self::new(Code::OutcomeUnknown, message)
    }

    /// The same refusal with one more header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same refusal; says after how many seconds another try makes sense.
    pub(crate) fn with_retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }
}

/// The document of a refusal on its way to the middleware that knows the request and writes the body.
#[derive(Clone, Debug)]
pub(crate) struct PendingProblem(pub(crate) Problem);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.headers_mut().extend(self.headers);
        let message = self.message.into_owned();
        response.extensions_mut().insert(PendingProblem(Problem {
            kind: Some("about:blank".to_owned()),
            title: self.status.canonical_reason().map(str::to_owned),
            status: Some(self.status.as_u16()),
            detail: Some(message.clone()),
            code: Some(self.code.as_str().to_owned()),
            success: Some(false),
            message: Some(message),
            request_id: None,
            errors: self.errors,
            subject: *self.subject,
            dry_run: false,
        }));
        response
    }
}

/// What every route below `/api` may refuse with, for the OpenAPI document.
pub(crate) struct Refusals;

/// The same for a route that takes a body.
pub(crate) struct WriteRefusals;

/// The same for a route that asks for no token.
pub(crate) struct PublicRefusals;

const ALWAYS: [(&str, &str); 7] = [
    ("400", "`malformed`: the request does not follow the API, or the cursor belongs to another list"),
    ("401", "`unauthenticated`: no token, or a token that is unknown, expired or revoked"),
    ("403", "`missing_permission`, `not_owner`, `self_modification` or `escalation`"),
    ("404", "`not_found`: it does not exist, or the caller may not see it"),
    ("429", "`rate_limited`: too many attempts; `Retry-After` says when to try again"),
    ("500", "`internal`: a bug in the platform"),
    ("503", "`unavailable`: the platform cannot answer at the moment; nothing was confirmed"),
];

const WRITES: [(&str, &str); 5] = [
    ("409", "`name_taken` or `role_in_use`"),
    ("413", "`malformed`: the body is longer than 64 KiB"),
    ("415", "`malformed`: the body is not JSON"),
    ("422", "`invalid_input`: `errors` lists every broken rule"),
    (
        "503",
        "`unavailable`: the platform cannot answer at the moment, and nothing was changed; `outcome_unknown`: the \
         database did not say whether it has kept the change",
    ),
];

fn problem(description: &str) -> RefOr<utoipa::openapi::Response> {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    RefOr::T(
        ResponseBuilder::new().description(description).content("application/problem+json", content).build(),
    )
}

fn described(
    rows: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
    rows.into_iter().map(|(status, text)| (status.to_owned(), problem(text))).collect()
}

impl utoipa::IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        described(ALWAYS)
    }
}

impl utoipa::IntoResponses for PublicRefusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        described(ALWAYS.into_iter().filter(|(status, _)| !["400", "401", "403", "404"].contains(status)))
    }
}

impl utoipa::IntoResponses for WriteRefusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        described(ALWAYS.into_iter().chain(WRITES))
    }
}
