//! An answer of a server.
//!
//! Responsible for reading it within limits and decoding it. Refuses an answer that is too long, or that is not the
//! expected document.

use std::collections::BTreeMap;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::error::broken_body;
use super::refusal::{bounded, refusal};
use super::retry::Fault;
use super::{Error, Result};
use crate::api::session::TokenGrant;
use crate::api::{Success, bounds};

/// Most bytes of an answer, after decompression.
pub(super) const LIMIT: usize = 8 * 1024 * 1024;
/// Most bytes that are read of a refusal.
const REFUSAL_LIMIT: usize = 64 * 1024;

/// What a successful answer is read as.
pub(super) trait Document: DeserializeOwned {
    /// Whether the complete document says that it is not a success.
    fn says_failure(&self) -> bool;

    /// Notes the size of the answer in bytes.
    fn came_in(&mut self, _bytes: usize) {}
}

impl<T: DeserializeOwned> Document for Success<T> {
    fn says_failure(&self) -> bool {
        !self.success
    }
}

impl Document for TokenGrant {
    fn says_failure(&self) -> bool {
        false
    }
}

/// A document without required members.
#[derive(Deserialize)]
struct Acknowledgement {
    success: Option<bool>,
}

impl Document for Acknowledgement {
    fn says_failure(&self) -> bool {
        self.success == Some(false)
    }
}

/// The members of an envelope. The data is not parsed.
#[derive(Deserialize)]
struct Envelope<'a> {
    success: Option<bool>,
    dry_run: Option<bool>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

impl Envelope<'_> {
    /// Whether the answer contains nothing about the change except an id, as some gateways do.
    fn is_bare(&self) -> bool {
        const LONGEST: usize = 64;
        let Some(data) = self.data.map(RawValue::get) else { return true };
        let members = || serde_json::from_str::<BTreeMap<String, i64>>(data);
        data.len() <= LONGEST && members().is_ok_and(|members| members.keys().all(|name| name == "id"))
    }
}

/// A successful answer.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) request_id: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
    /// The request was repeated after an attempt that may have been carried out.
    pub(super) repeated_in_doubt: bool,
}

/// Reads the body, decompressed, up to its limit. A longer refusal is cut; a longer success is an error.
pub(super) async fn read_body(response: &mut Response) -> std::result::Result<Vec<u8>, (Error, Fault)> {
    let success = response.status().is_success();
    let limit = if success { LIMIT } else { REFUSAL_LIMIT };
    // The announced length is used up to the limit: memory that is not written to costs nothing.
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let mut body = Vec::with_capacity(announced.unwrap_or(0).min(limit));
    while let Some(chunk) = response.chunk().await.map_err(broken_body)? {
        let room = limit - body.len();
        if chunk.len() > room {
            if success {
                let message = format!("the response is longer than {} MiB", LIMIT / 1024 / 1024);
                return Err((Error::bad_response(message), Fault::Final));
            }
            body.extend_from_slice(&chunk[..room]);
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl Reply {
    pub(super) fn new(response: &Response, request_id: Option<String>, body: Vec<u8>) -> Self {
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Self { status: response.status(), request_id, content_type, body, repeated_in_doubt: false }
    }

    /// The document of the answer.
    pub(super) fn decode<T: Document>(self) -> Result<T> {
        if !self.is_json() {
            let what = self.content_type.as_deref().unwrap_or("a response without a type");
            let message = format!("the server answered with {what} instead of JSON");
            return Err(self.blame(Error::bad_response(message).hint(
                "check that --server is the address of the platform's \
                    gateway",
            )));
        }
        let text = str::from_utf8(&self.body).map_err(serde::de::Error::custom);
        match text.and_then(bounds::read::<T>) {
            Ok(mut document) if !document.says_failure() => {
                document.came_in(self.body.len());
                Ok(document)
            }
            Err(error) if !self.says_failure() => Err(self.blame(
                Error::bad_response("the response of the server is not what sactl expects")
                    .caused_by(bounded(error.to_string())),
            )),
            _ => {
                let body = self.body.get(..REFUSAL_LIMIT).unwrap_or(&self.body);
                Err(refusal(self.status, self.request_id, body))
            }
        }
    }

    /// Checks that the change was made. The body may be empty; otherwise it must be a document, and not a web page of a
    /// proxy.
    pub(super) fn acknowledged(self) -> Result<()> {
        if self.body.is_empty() { Ok(()) } else { self.decode::<Acknowledgement>().map(drop) }
    }

    fn is_json(&self) -> bool {
        let kind = self.content_type.as_deref().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    }

    /// Checks for a refusal with a status of success, as some gateways answer.
    fn says_failure(&self) -> bool {
        self.envelope().is_some_and(|envelope| envelope.success == Some(false))
    }

    /// Whether the server says only that the change was made.
    pub(super) fn is_bare_success(&self) -> bool {
        self.body.is_empty()
            || self.envelope().is_some_and(|envelope| {
                envelope.success == Some(true) && envelope.dry_run != Some(true) && envelope.is_bare()
            })
    }

    /// Whether the server says that this was a dry run.
    pub(super) fn says_dry_run(&self) -> bool {
        self.envelope().is_some_and(|envelope| envelope.dry_run == Some(true))
    }

    fn envelope(&self) -> Option<Envelope<'_>> {
        str::from_utf8(&self.body).ok().and_then(|text| bounds::read_borrowed(text).ok())
    }

    pub(super) fn blame(&self, error: Error) -> Error {
        error.answered(self.status, self.request_id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Code, Success};

    fn reply(content_type: &str, body: &str) -> Reply {
        Reply {
            status: StatusCode::OK,
            request_id: Some("r1".into()),
            content_type: Some(content_type.into()),
            body: body.into(),
            repeated_in_doubt: false,
        }
    }

    fn decode(content_type: &str, body: &str) -> Result<Success<String>> {
        reply(content_type, body).decode()
    }

    #[test]
    fn documents_are_json_of_any_spelling() {
        for kind in ["application/json", "Application/JSON; charset=utf-8", "application/hal+json"] {
            assert_eq!(decode(kind, r#"{"success": true, "data": "x"}"#).unwrap().data, "x");
        }
    }

    #[test]
    fn anything_else_is_a_bad_response_with_its_request() {
        for (kind, body) in [
            ("text/html", "<html>"),
            ("text/plain", r#"{"success": true, "data": "x"}"#),
            ("", ""),
            ("application/json", ""),
            ("application/json", "[1"),
            ("application/json", r#"{"success": true}"#),
            ("application/json", &format!(r#"{{"success": true, "data": {}"#, "[".repeat(100_000))),
        ] {
            let error = decode(kind, body).unwrap_err();
            assert_eq!(error.code, Code::BadResponse, "{kind} {body:.40}");
            assert_eq!((error.status, error.request_id.as_deref()), (Some(200), Some("r1")));
        }
    }

    #[test]
    fn a_refusal_in_the_clothes_of_success_is_a_refusal() {
        let error = decode("application/json", r#"{"success": false, "code": "not_owner", "message": "no"}"#);
        assert_eq!(error.unwrap_err().code, Code::NotOwner);
        let error = decode("application/json", r#"{"success": false, "data": "x", "message": "no"}"#);
        assert_eq!(error.unwrap_err().code, Code::BadResponse);
    }
}
