//! The two endpoints of OAuth.
//!
//! Responsible for signing in (RFC 6749, section 4.3) and revoking a token (RFC 7009). Refuses anything but a form in
//! the body: parameters in a URL end up in logs.

use std::borrow::Cow;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::ToSchema;

use super::answer::{RequestId, cut};
use super::extract::{media_type, read_body};
use super::form::Form;
use super::refusal::{PublicRefusals, Refused};
use crate::api::session::{CLIENT_IDS, TokenGrant, TokenRefusal};
use crate::api::{Code, path};
use crate::domain::secret::OneTimeCode;
use crate::domain::{Password, Token};
use crate::platform::app::Peer;
use crate::platform::service::session::{self, SignIn};
use crate::platform::{Error, Platform};

/// The form of a sign-in. A field must not be repeated; unknown fields are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read by hand to refuse repeated fields")]
pub(in crate::platform) struct TokenRequest {
    /// Always `password`.
    #[schema(pattern = "^password$")]
    grant_type: String,
    /// An e-mail address of a human or the name of a service account.
    #[schema(min_length = 1)]
    username: String,
    /// Used byte for byte.
    #[schema(min_length = 1)]
    password: String,
    /// Which program asks: `python` for scripts.
    #[schema(pattern = "^(python|swagger_ui|SWHWebApp|grafana)$")]
    client_id: String,
    /// The code of an authenticator app, where a second factor is required.
    #[schema(nullable = false)]
    otp: Option<String>,
}

/// The form of a revocation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read by hand to refuse repeated fields")]
pub(in crate::platform) struct RevocationRequest {
    /// The token to end.
    #[schema(min_length = 1)]
    token: String,
    /// Ignored: there is one kind of token.
    #[schema(nullable = false)]
    token_type_hint: Option<String>,
}

/// Why no token was issued or revoked: with the error code of OAuth, if it has one.
pub(in crate::platform) enum Denied {
    /// RFC 6749, section 5.2.
    OAuth(&'static str, Cow<'static, str>),
    /// Everything that is not about the request's own content.
    Other(Refused),
}

/// Trade a name and a password for a bearer token
#[utoipa::path(
    post, path = path::TOKEN, operation_id = "sign_in", tag = "session",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token", body = TokenGrant),
        (status = 400, description = "RFC 6749, section 5.2; `mfa_required` asks for `otp`", body = TokenRefusal),
        PublicRefusals
    )
)]
pub(in crate::platform) async fn token(
    State(platform): State<Platform>,
    RequestId(id): RequestId,
    request: Request,
) -> Result<Response, Denied> {
    let address = request.extensions().get().map(|Peer(address)| *address);
    let mut form = read_form(request).await?;
    let mut take = |name: &str| form.take(name).ok_or_else(|| missing(name));
    let grant_type = take("grant_type")?;
    if grant_type != "password" {
        return Err(Denied::OAuth("unsupported_grant_type", "the grant type must be password".into()));
    }
    let client_id = take("client_id")?;
    if !CLIENT_IDS.contains(&client_id.as_str()) {
        return Err(Denied::OAuth("invalid_client", "unknown client id".into()));
    }
    let (username, secret) = (take("username")?, Password::new(take("password")?));
    let otp = form.take("otp").map(OneTimeCode::new);
    let name = cut(&username);
    let sign_in = SignIn { username, password: secret, client_id, otp, address, request_id: id.to_string() };
    let grant = session::sign_in(&platform, sign_in).await.inspect_err(|error| {
        let address = address.map_or_else(|| "-".to_owned(), |address| address.to_canonical().to_string());
        tracing::info!(name, %address, code = %error.code, "refused a sign-in");
    })?;
    Ok(not_stored(axum::Json(grant)))
}

/// End one token
#[utoipa::path(
    post, path = path::REVOCATION, operation_id = "sign_out", tag = "session",
    request_body(content = RevocationRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token is not valid, even if it never was"),
        (status = 400, description = "RFC 6749, section 5.2", body = TokenRefusal),
        PublicRefusals
    )
)]
pub(in crate::platform) async fn revocation(
    State(platform): State<Platform>,
    request: Request,
) -> Result<Response, Denied> {
    let mut form = read_form(request).await?;
    let token = form.take("token").ok_or_else(|| missing("token"))?;
    session::revoke(&platform, &Token::new(token)).await?;
    Ok(not_stored(StatusCode::OK))
}

async fn read_form(request: Request) -> Result<Form, Denied> {
    if request.uri().query().is_some() {
        return Err(invalid("parameters belong in the body, not in the URL"));
    }
    if media_type(request.headers()).as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(invalid("the body must be a form: Content-Type: application/x-www-form-urlencoded"));
    }
    let body = read_body(request).await.map_err(Denied::Other)?;
    Form::parse(&body).map_err(|error| invalid(error.to_string()))
}

fn invalid(message: impl Into<Cow<'static, str>>) -> Denied {
    Denied::OAuth("invalid_request", message.into())
}

fn missing(name: &str) -> Denied {
    invalid(format!("the field {name} is missing"))
}

fn not_stored(response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        match error.code {
            Code::InvalidGrant | Code::MfaRequired | Code::UnauthorizedClient => {
                Self::OAuth(error.code.as_str(), error.message.into())
            }
            _ => Self::Other(error.into()),
        }
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        match self {
            Self::Other(refused) => not_stored(refused),
            Self::OAuth(error, description) => {
                let refusal = TokenRefusal {
                    error: error.to_owned(),
                    error_description: Some(description.into_owned()),
                };
                not_stored((StatusCode::BAD_REQUEST, axum::Json(refusal)))
            }
        }
    }
}
