//! A call: who asks, on which platform, under which request id. The token comes from the `Authorization`
//! header and from nowhere else.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::answer::RequestId;
use super::refusal::Refused;
use crate::api::Code;
use crate::domain::Token;
use crate::platform::authn::{self, Caller};
use crate::platform::{Error, Platform};

/// Most bytes of a bearer token.
const TOKEN_LIMIT: usize = 512;

/// Marks a request whose changes are not kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DryRun;

/// A call with good credentials. A handler without this argument answers every caller.
pub(crate) struct Call {
    /// The platform.
    pub(crate) platform: Platform,
    /// Who asks.
    pub(crate) caller: Caller,
    /// The request, for the log and the audit record.
    pub(crate) request_id: String,
}

impl FromRequestParts<Platform> for Call {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, platform: &Platform) -> Result<Self, Refused> {
        let token = bearer(&parts.headers)?;
        let Ok(RequestId(id)) = RequestId::from_request_parts(parts, platform).await;
        let caller = authn::authenticate(platform, &token).await?;
        let is_dry_run = parts.extensions.get::<DryRun>().is_some();
        let platform = if is_dry_run { platform.for_dry_run() } else { platform.clone() };
        Ok(Self { platform, caller, request_id: id.to_string() })
    }
}

/// The one bearer token of the header (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Result<Token, Refused> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Err(Refused::unauthenticated(false)) };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        let token = token.trim_matches(' ');
        let bounded =
            (1..=TOKEN_LIMIT).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
        (scheme.eq_ignore_ascii_case("bearer") && bounded).then(|| Token::new(token))
    });
    match token {
        Some(token) if values.next().is_none() => Ok(token),
        _ => Err(Refused::unauthenticated(true)),
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_else(Self::new))
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        if let Some(cause) = &error.internal {
            tracing::error!(code = %error.code, cause = format!("{cause:#}"), "a request failed");
        }
        if error.code == Code::Unauthenticated {
            return Self::unauthenticated(true);
        }
        let refused =
            Self::new(error.code, error.message).with_errors(error.errors).with_subject(error.subject);
        match error.retry_after {
            None => refused,
            Some(wait) => {
                let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
                refused.with_retry_after(seconds.max(1))
            }
        }
    }
}
