//! The errors of requests.
//!
//! Responsible for the code, the message and the hint of each failure. Refuses to choose an exit code: [`crate::error`]
//! does.

use std::error::Error as StdError;
use std::io::ErrorKind::{InvalidData, InvalidInput};

use reqwest::StatusCode;

use super::proxy::Proxy;
use super::retry::Fault;
use super::trust::distrust;
use crate::api::{Code, Subject};
use crate::domain::{Company, Violation};
use crate::text::Hint;

/// A failed request.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The stable name of the failure.
    pub code: Code,
    /// For people; may hold text of the server, so it is not safe to show as it is.
    pub message: String,
    /// What to do next.
    pub hint: Option<Box<Hint>>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The request, as the server's log names it.
    pub request_id: Option<String>,
    /// Every broken rule of the input.
    pub errors: Vec<Violation>,
    /// What the server says that it decided about.
    pub subject: Box<Subject>,
    /// The cause.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
    /// The request was repeated after an attempt that may have been carried out.
    pub(super) repeated_in_doubt: bool,
    /// It is the answer to a dry run, by a server that knows them.
    pub(super) is_dry_run: bool,
    /// The server named the code. Without it, the code is what the status means.
    pub(super) is_named: bool,
}

/// What every request gives back.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure of the kind `code`.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            status: None,
            request_id: None,
            errors: Vec::new(),
            source: None,
            repeated_in_doubt: false,
            subject: Box::default(),
            is_dry_run: false,
            is_named: false,
        }
    }

    /// The same, decided for this company.
    #[must_use]
    pub fn in_company(mut self, company: Company) -> Self {
        self.subject.company = Some(company);
        self
    }

    /// The response of the server is not what sactl expects.
    pub(super) fn bad_response(message: impl Into<String>) -> Self {
        Self::new(Code::BadResponse, message)
    }

    /// Whether a change may have been carried out all the same: unless nothing was sent, or the server refused it.
    pub fn leaves_doubt(&self) -> bool {
        match self.status {
            _ if self.repeated_in_doubt => true,
            Some(status) => self.code == Code::OutcomeUnknown || !matches!(status, 300..=499 | 503),
            None => matches!(self.code, Code::OutcomeUnknown | Code::BadResponse | Code::Output),
        }
    }

    /// Whether the server has nothing at all at the path, which is not the path of one thing.
    pub(super) fn has_no_route(&self) -> bool {
        matches!(self.status, Some(404 | 405 | 410 | 501))
    }

    /// Whether the server could not prove who it is, or does not talk encrypted.
    pub fn is_untrusted(&self) -> bool {
        self.source.as_deref().is_some_and(|source| distrust(source, true).is_some())
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hint = Some(Box::new(hint.into()));
        self
    }

    #[must_use]
    pub(super) fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The failure of a recovery: the answer that made it necessary is told with it, and in its own words
    /// where the recovery only says the same again.
    #[must_use]
    pub(super) fn in_answer_to(mut self, refused: Self) -> Self {
        if self.code == refused.code {
            return Self { hint: self.hint.or(refused.hint), ..refused };
        }
        self.repeated_in_doubt |= refused.repeated_in_doubt;
        self.status = refused.status;
        self.request_id = self.request_id.or(refused.request_id);
        self
    }

    #[must_use]
    pub(super) fn answered(mut self, status: StatusCode, request_id: Option<String>) -> Self {
        self.status = Some(status.as_u16());
        self.request_id = self.request_id.or(request_id);
        self
    }
}

/// Reads why no answer came, and whether the request may have arrived.
pub(super) fn unsent(error: reqwest::Error, proxy: Option<&Proxy>) -> (Error, Fault) {
    let server = server_of(&error);
    let error = error.without_url();
    if error.is_builder() {
        return (Error::new(Code::Internal, "cannot build the request").caused_by(error), Fault::Final);
    }
    if let Some((message, hint)) = distrust(&error, error.is_connect()) {
        let refused = Error::new(Code::Unreachable, message.replace("the server", &server)).hint(hint);
        return (refused.caused_by(error), Fault::Final);
    }
    if !error.is_connect() {
        let code = if error.is_timeout() { Code::Timeout } else { Code::Unreachable };
        let message = format!("the connection to {server} was lost before the server answered");
        return (Error::new(code, message).caused_by(error), Fault::Cut);
    }
    if let Some(proxy) = proxy {
        return unproxied(&server, &error, proxy);
    }
    let (code, message) = if error.is_timeout() {
        (Code::Timeout, format!("no connection to {server} in time"))
    } else {
        (Code::Unreachable, format!("cannot connect to {server}"))
    };
    let failed = Error::new(code, message).caused_by(root_cause(&error));
    (failed.hint("check the network and the server name"), Fault::NotSent)
}

/// Why the proxy made no connection. One that answers has refused it: asking again does not help.
fn unproxied(server: &str, error: &reqwest::Error, proxy: &Proxy) -> (Error, Fault) {
    let code = if error.is_timeout() { Code::Timeout } else { Code::Unreachable };
    let shown = proxy.shown();
    let is_answered = !error.is_timeout() && !has_cause(error, |_: &std::io::Error| true);
    let (message, fault) = if is_answered {
        (format!("the proxy {shown} refuses the connection to {server}"), Fault::Final)
    } else {
        (format!("cannot connect to the proxy {shown}, through which {server} is reached"), Fault::NotSent)
    };
    let hint = format!("check {}, or list the host in NO_PROXY to connect to it directly", proxy.variable());
    (Error::new(code, message).caused_by(root_cause(error)).hint(hint), fault)
}

/// The server of the request, as `--server` names it.
fn server_of(error: &reqwest::Error) -> String {
    let origin = error.url().map(|url| url.origin().ascii_serialization());
    origin.map_or_else(|| "the server".to_owned(), |origin| format!("the server {origin}"))
}

/// The last cause in the chain, which says why. Those before it say only that there was no connection.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Reads why an answer ended before its end.
pub(super) fn broken_body(error: reqwest::Error) -> (Error, Fault) {
    if has_cause(&error, |cause: &std::io::Error| matches!(cause.kind(), InvalidData | InvalidInput)) {
        let garbage = Error::bad_response("invalid gzip data in the response").caused_by(error.without_url());
        return (garbage, Fault::Final);
    }
    let code = if error.is_timeout() { Code::Timeout } else { Code::Unreachable };
    let message = format!("the response of {} is incomplete", server_of(&error));
    let broken = Error::new(code, message).caused_by(error.without_url());
    (broken, Fault::Cut)
}

/// Whether an error of type `E` that satisfies `test` is among the causes. An `io::Error` hides the one it wraps
/// from the chain, so that is looked for too.
fn has_cause<E: StdError + 'static>(error: &reqwest::Error, test: impl Fn(&E) -> bool) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        let wrapped = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let wrapped = wrapped.and_then(|inner| inner.downcast_ref::<E>());
        if cause.downcast_ref::<E>().into_iter().chain(wrapped).any(&test) {
            return true;
        }
        next = cause.source();
    }
    false
}
