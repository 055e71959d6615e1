//! What a request can fail with, and how the answers of servers are read as failures.

use std::error::Error as StdError;
use std::io::ErrorKind::{InvalidData, InvalidInput};

use reqwest::StatusCode;

use super::proxy::Proxy;
use super::retry::Fault;
use super::trust::distrust;
use crate::api::session::TokenRefusal;
use crate::api::{Code, Problem, Subject};
use crate::domain::{Company, Violation};
use crate::text::{CommandLine, Hint};

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
}

/// What every request gives back.
pub type Result<T> = std::result::Result<T, Error>;

/// Longest text of a server that an error repeats, in characters.
const MESSAGE_LIMIT: usize = 2000;

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
        }
    }

    /// The same, decided for this company.
    #[must_use]
    pub fn in_company(mut self, company: Company) -> Self {
        self.subject.company = Some(company);
        self
    }

    /// What an answer without success means: a problem document, a bare `{"success": false, "message": …}`, an
    /// RFC 6749 error, or only a status. A `status` that is none counts as 500.
    pub fn of_answer(status: u16, body: &[u8]) -> Self {
        refusal(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), None, body)
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
            None => matches!(self.code, Code::OutcomeUnknown | Code::BadResponse),
        }
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

/// Reads a refusal: a problem document, a bare `{"success": false, "message": …}`, an RFC 6749 error, or only
/// a status.
pub(super) fn refusal(status: StatusCode, request_id: Option<String>, body: &[u8]) -> Error {
    let error = token_refusal(body)
        .or_else(|| problem(status, body))
        .unwrap_or_else(|| Error::new(code_of(status), bare_message(status)));
    advise(error).answered(status, request_id)
}

fn token_refusal(body: &[u8]) -> Option<Error> {
    let refusal: TokenRefusal = serde_json::from_slice(body).ok()?;
    let code = match Code::parse(&refusal.error) {
        Some(code @ (Code::InvalidGrant | Code::MfaRequired | Code::UnauthorizedClient)) => code,
        _ => Code::Malformed,
    };
    let message = refusal.error_description.unwrap_or_else(|| match code {
        Code::InvalidGrant => "the user name or the password is wrong".to_owned(),
        Code::MfaRequired => "a second factor is required".to_owned(),
        Code::UnauthorizedClient => "this account may not sign in with sactl".to_owned(),
        _ => refusal.error,
    });
    Some(Error::new(code, bounded(message)))
}

fn problem(status: StatusCode, body: &[u8]) -> Option<Error> {
    let problem: Problem = serde_json::from_slice(body).ok()?;
    let code = problem.code.as_deref().and_then(Code::parse).unwrap_or_else(|| code_of(status));
    let message = problem.message.or(problem.detail).or(problem.title);
    let mut error = Error::new(code, bounded(message.unwrap_or_else(|| bare_message(status))));
    error.request_id = problem.request_id;
    error.errors = problem.errors;
    error.is_dry_run = problem.dry_run;
    *error.subject = problem.subject;
    Some(error)
}

/// The code of a refusal that names none.
fn code_of(status: StatusCode) -> Code {
    match status.as_u16() {
        401 => Code::Unauthenticated,
        403 => Code::MissingPermission,
        404 | 410 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        407 => Code::Unreachable,
        408 | 504 => Code::Timeout,
        409 => Code::NameTaken,
        422 => Code::InvalidInput,
        429 => Code::RateLimited,
        502 | 503 => Code::Unavailable,
        500..=599 => Code::Internal,
        400..=499 => Code::Malformed,
        _ => Code::BadResponse,
    }
}

fn bare_message(status: StatusCode) -> String {
    format!("the server answered {status} without a reason")
}

/// The message of a server, cut to a readable length.
pub(super) fn bounded(message: String) -> String {
    match message.char_indices().nth(MESSAGE_LIMIT) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}

/// What to do about it, where that is always the same.
fn advise(error: Error) -> Error {
    let hint = match error.code {
        Code::Unauthenticated => CommandLine::new("login").after("sign in again with: "),
        Code::InvalidGrant => CommandLine::new("passwd NAME").after(
            "check the user name and password. Forgotten? The company that owns the service account can \
             reset it: ",
        ),
        Code::MfaRequired => CommandLine::new("login")
            .after("sign in on a terminal with: ")
            .then(", or pass the code with: ")
            .run(CommandLine::new("login --otp CODE"))
            .then("; scripts use a service account, which needs no code"),
        Code::UnauthorizedClient => "service accounts can sign in only through the API".into(),
        Code::MissingPermission => CommandLine::new("whoami").after("see what you may do with: "),
        Code::NotOwner => "switch to the owner company with --company, if you belong to it".into(),
        Code::RateLimited | Code::Unavailable => "try again later".into(),
        _ => return error,
    };
    error.hint(hint)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Error {
        refusal(StatusCode::from_u16(status).unwrap(), None, body.as_bytes())
    }

    #[test]
    fn a_problem_document_is_taken_whole() {
        let error = read(
            403,
            r#"{"type":"about:blank","status":403,"code":"not_owner","success":false,"message":"no",
                "request_id":"r1","errors":[{"field":"a","code":"b","message":"c"}]}"#,
        );
        assert_eq!((error.code, error.message.as_str()), (Code::NotOwner, "no"));
        assert_eq!((error.status, error.request_id.as_deref()), (Some(403), Some("r1")));
        assert_eq!(error.errors.len(), 1);
    }

    #[test]
    fn a_bare_refusal_gets_the_code_of_its_status() {
        for (status, code) in [
            (400, Code::Malformed),
            (401, Code::Unauthenticated),
            (403, Code::MissingPermission),
            (404, Code::NotFound),
            (409, Code::NameTaken),
            (413, Code::Malformed),
            (422, Code::InvalidInput),
            (429, Code::RateLimited),
            (500, Code::Internal),
            (503, Code::Unavailable),
            (504, Code::Timeout),
        ] {
            let error = read(status, r#"{"success": false, "message": "because"}"#);
            assert_eq!((error.code, error.message.as_str()), (code, "because"), "{status}");
            assert_eq!(read(status, "<html>").code, code);
            assert_eq!(read(status, r#"{"success": false, "code": "from_the_future"}"#).code, code);
        }
    }

    #[test]
    fn sign_in_errors_are_those_of_the_standard() {
        for (text, code) in [
            ("invalid_grant", Code::InvalidGrant),
            ("mfa_required", Code::MfaRequired),
            ("unauthorized_client", Code::UnauthorizedClient),
            ("invalid_request", Code::Malformed),
            ("not_owner", Code::Malformed),
        ] {
            assert_eq!(read(400, &format!(r#"{{"error": "{text}"}}"#)).code, code, "{text}");
        }
    }

    #[test]
    fn long_messages_are_cut() {
        let body = format!(r#"{{"message": "{}"}}"#, "é".repeat(10_000));
        assert_eq!(read(400, &body).message.chars().count(), MESSAGE_LIMIT + 1);
    }
}
