//! Makes the context of a request, which services take.
//!
//! Responsible for authenticating the caller, and for request id, company and dry run. Refuses a token that is not in
//! the `Authorization` header, and a company id with a sign or leading zeros. A handler that takes no context answers
//! every caller.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::answer::RequestId;
use super::refusal::Refused;
use crate::api::Code;
use crate::domain::{CompanyId, Token};
use crate::platform::authn;
use crate::platform::context::{CallerContext, RequestContext};
use crate::platform::{Error, Platform};

/// Most bytes of a bearer token.
const TOKEN_LIMIT: usize = 512;

/// Marks a request whose changes are not kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DryRun;

/// An authenticated request.
pub(crate) struct Call(pub(crate) CallerContext);

/// An authenticated request in the name of the company in the path.
pub(crate) struct InCompany(pub(crate) RequestContext);

/// As [`InCompany`], with the name that follows the company in the path.
pub(crate) struct Named(pub(crate) RequestContext, pub(crate) String);

impl FromRequestParts<Platform> for Call {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, platform: &Platform) -> Result<Self, Refused> {
        Ok(Self(context_of(parts, platform, None).await?))
    }
}

/// Authenticates a request. The access in `company` is read together with the token.
async fn context_of(
    parts: &mut Parts,
    platform: &Platform,
    company: Option<CompanyId>,
) -> Result<CallerContext, Refused> {
    let token = bearer(&parts.headers)?;
    let Ok(RequestId(id)) = RequestId::from_request_parts(parts, platform).await;
    let caller = authn::authenticate_in(platform, &token, company).await?;
    let (request_id, is_dry_run) = (id.to_string(), parts.extensions.get::<DryRun>().is_some());
    Ok(CallerContext { platform: platform.clone(), caller, request_id, is_dry_run })
}

impl FromRequestParts<Platform> for InCompany {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, platform: &Platform) -> Result<Self, Refused> {
        // Invalid credentials are refused before an invalid path.
        let company = path_of(parts).await.and_then(|company: String| company_id(&company));
        let context = context_of(parts, platform, company.as_ref().ok().copied()).await?;
        Ok(Self(context.in_company(company?)))
    }
}

impl FromRequestParts<Platform> for Named {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, platform: &Platform) -> Result<Self, Refused> {
        let path = path_of(parts).await;
        let path = path.and_then(|(company, name): (String, String)| Ok((company_id(&company)?, name)));
        let context = context_of(parts, platform, path.as_ref().ok().map(|(company, _)| *company)).await?;
        let (company, name) = path?;
        Ok(Self(context.in_company(company), name))
    }
}

/// The parameters of the path.
async fn path_of<T: DeserializeOwned + Send>(parts: &mut Parts) -> Result<T, Refused> {
    let found = Path::from_request_parts(parts, &()).await;
    found.map(|Path(parameters)| parameters).map_err(|_| Refused::not_found())
}

/// The id of a company in a path. A text that is not written exactly as the id is not found.
fn company_id(text: &str) -> Result<CompanyId, Refused> {
    match text.parse() {
        // Each company has one path: neither `01` nor `+1` is 1.
        Ok(id) if CompanyId(id).to_string() == text && id >= 0 => Ok(CompanyId(id)),
        _ => Err(Refused::not_found()),
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
