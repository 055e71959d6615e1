//! Any request, for what has no command of its own.
//!
//! Responsible for method, path and body as the user has written them. Refuses a path that leads to another server.

use reqwest::Method;

use super::call::Call;
use super::change::Change;
use super::reply::Reply;
use super::retry::Repeat;
use super::{Error, Result, Session};
use crate::api::Code;

/// A request as the user wrote it.
#[derive(Clone, Debug)]
pub struct RawRequest {
    /// `GET` and the like.
    pub method: String,
    /// Path and query, on the server of the session.
    pub path: String,
    /// A JSON document.
    pub body: Option<Vec<u8>>,
}

/// A successful answer as it was received.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// The HTTP status.
    pub status: u16,
    /// What the body is said to be.
    pub content_type: Option<String>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl RawRequest {
    /// Whether it can be sent at all.
    ///
    /// # Errors
    /// `usage` for an invalid method or path.
    pub fn check(&self) -> Result<()> {
        self.method().map(drop)?;
        let plain = self.path.starts_with('/')
            && !self.path.starts_with("//")
            && !self.path.contains(|character: char| character.is_control() || character == '\\')
            && self.path.trim_end() == self.path;
        let refused = |why: &str, hint: &'static str| {
            Err(Error::new(Code::Usage, format!("{:?} {why}", self.path)).hint(hint))
        };
        if !plain {
            return refused("is not a path on the server", "a path starts with one /, as in /api/users/me");
        }
        if self.path.contains('#') {
            return refused("contains a #, and text after a # is never sent", "write a # in a name as %23");
        }
        let place = self.path.split('?').next().unwrap_or_default();
        if place.split('/').any(is_dots) {
            return refused(
                "contains a segment . or .., which would lead to another path",
                "write the full path",
            );
        }
        Ok(())
    }

    fn method(&self) -> Result<Method> {
        Method::from_bytes(self.method.to_ascii_uppercase().as_bytes())
            .map_err(|_| Error::new(Code::Usage, format!("{:?} is not an HTTP method", self.method)))
    }
}

/// Whether a segment of a path is `.` or `..`, also where a dot is written `%2e`.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

impl RawRequest {
    fn call(self) -> Result<Call> {
        self.check()?;
        let method = self.method()?;
        let repeat = match method {
            Method::GET | Method::HEAD | Method::OPTIONS => Repeat::Read,
            Method::PUT | Method::DELETE => Repeat::Idempotent,
            _ => Repeat::Never,
        };
        let call = Call::new(method, &self.path, repeat);
        Ok(match self.body {
            Some(body) => call.body("application/json", body),
            None => call,
        })
    }
}

impl Session {
    /// A request with the token of the session. It fails with `usage` for an invalid method or path, and as every
    /// request does: a non-2xx response is an error.
    pub fn raw(&self, request: RawRequest) -> Change<'_, RawAnswer> {
        Change::new(self, request.call(), as_it_came)
    }
}

fn as_it_came(outcome: Result<Reply>) -> Result<RawAnswer> {
    let reply = outcome?;
    Ok(RawAnswer { status: reply.status.as_u16(), content_type: reply.content_type, body: reply.body })
}
