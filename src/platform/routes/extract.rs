//! Extractors of handlers.
//!
//! Responsible for query, body and idempotency key, each bounded. Refuses what the contract does not name: unknown
//! fields, repeated parameters, other media types, bodies over the limit. Messages name fields and positions, never
//! values: a body may contain a password.

use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use zeroize::Zeroizing;

use super::form::{MOST_FIELDS, has_too_many_fields};
use super::refusal::Refused;
use crate::api::Code;
use crate::api::object::Object;
use crate::platform::app::MemoryBudget;

/// Most bytes of a body.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;
/// How long a body may take to arrive: it holds memory all the while.
const BODY_TIME: Duration = Duration::from_secs(15);
/// Most characters of an idempotency key.
pub(crate) const KEY_LIMIT: usize = 128;
/// The header with which a repeated creation is recognised.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The parameters of the query, each at most once and none that `T` does not know.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let mut seen = Vec::new();
        let query = parts.uri.query().unwrap_or_default();
        if has_too_many_fields(query.as_bytes()) {
            return Err(Refused::malformed(format!("a query has at most {MOST_FIELDS} parameters")));
        }
        if percent_encoding::percent_decode_str(query).decode_utf8().is_err() {
            return Err(Refused::malformed("a query parameter is not UTF-8"));
        }
        for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
            if seen.contains(&name) {
                return Err(Refused::malformed("a query parameter is repeated"));
            }
            seen.push(name);
        }
        match axum::extract::Query::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(_) => {
                Err(Refused::malformed("a query parameter is unknown, or its value has the wrong type"))
            }
        }
    }
}

/// The parameters of a route that has none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// A query without any parameter.
pub(crate) type NoQuery = Query<Nothing>;

/// A JSON object of at most [`BODY_LIMIT`] bytes, of exactly the fields that `T` has.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        if media_type(request.headers()).as_deref() != Some("application/json") {
            return Err(Refused::malformed("the body must be JSON: Content-Type: application/json")
                .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = read_body(request).await?;
        serde_json::from_slice(&body).map(|Object(it)| Self(it)).map_err(|error| explain(&error))
    }
}

/// The media type without its parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next()?.trim().to_ascii_lowercase())
}

/// Reads the whole body, at most [`BODY_LIMIT`] bytes. Memory for it is set aside first, for a bounded
/// time.
pub(crate) async fn read_body(request: Request) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let too_large =
        || Refused::malformed("the body is longer than 64 KiB").with_status(StatusCode::PAYLOAD_TOO_LARGE);
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = announced.and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(too_large());
    }
    let length = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(BODY_LIMIT);
    let _reserved = match request.extensions().get::<MemoryBudget>() {
        Some(memory) => Some(memory.reserve_body(length).await.ok_or_else(Refused::busy)?),
        None => None,
    };
    let late =
        |_| Refused::new(Code::Unavailable, "the body took too long; try again later").with_retry_after(1);
    tokio::time::timeout(BODY_TIME, collect(request, length, too_large)).await.map_err(late)?
}

async fn collect(
    request: Request,
    length: usize,
    too_large: impl Fn() -> Refused,
) -> Result<Zeroizing<Vec<u8>>, Refused> {
    // It never grows: it would take up to twice the memory, and leave copies of a password behind.
    let mut body = Zeroizing::new(Vec::with_capacity(length));
    let mut chunks = request.into_body().into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refused::malformed("the body is incomplete"))?;
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The place and the kind of a mistake in a JSON body. serde's own text would quote the value.
fn explain(error: &serde_json::Error) -> Refused {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let ours = ["missing field", "duplicate field"].iter().any(|start| text.starts_with(start));
    Refused::malformed(match error.classify() {
        Category::Data if ours => text,
        Category::Data if text.starts_with("unknown field") => {
            format!("unknown field at line {line} column {column}")
        }
        Category::Data => format!("the value at line {line} column {column} has the wrong type"),
        Category::Syntax | Category::Eof | Category::Io => {
            format!("the body is not valid JSON: error at line {line} column {column}")
        }
    })
}

/// The key under which a creation is recognised when it is repeated; absent is `None`.
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let mut values = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        let key = value.to_str().unwrap_or_default();
        let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        if values.next().is_some() || !visible || key.is_empty() || key.len() > KEY_LIMIT {
            return Err(Refused::malformed(
                "there must be only one Idempotency-Key, with 1 to 128 visible ASCII characters",
            ));
        }
        Ok(Self(Some(key.to_owned())))
    }
}
