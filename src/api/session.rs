//! Signing in and out, and the identity of the caller.
//!
//! Responsible for the form and the answers of the token endpoint. Refuses to show a secret.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Access;
use super::bounds::{MOST_UNPAGED, rows};
use crate::domain::secret::OneTimeCode;
use crate::domain::{CompanyId, Password, Token};

/// The client id of scripts and of this program.
pub const CLIENT_ID: &str = "python";

/// Client ids of user interfaces, which never admit a service account.
pub const UI_CLIENT_IDS: [&str; 2] = ["SWHWebApp", "swagger_ui"];

/// Every client id that the token endpoint knows.
pub const CLIENT_IDS: [&str; 4] = ["python", "swagger_ui", "SWHWebApp", "grafana"];

/// The form of `POST /public/auth/connect/token` (RFC 6749, section 4.3.2), as a client sends it.
#[derive(Debug, Serialize)]
pub struct TokenForm<'a> {
    /// Always `password`.
    pub grant_type: &'a str,
    /// An e-mail address of a human or the name of a service account.
    pub username: &'a str,
    /// Used byte for byte.
    #[serde(serialize_with = "Password::serialize_exposed")]
    pub password: Password,
    /// Which program asks.
    pub client_id: &'a str,
    /// The code of an authenticator app, where a second factor is required.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "OneTimeCode::serialize_exposed_option"
    )]
    pub otp: Option<OneTimeCode>,
}

/// The answer to a sign-in (RFC 6749, section 5.1). There is no refresh token.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct TokenGrant {
    /// The bearer token.
    #[serde(serialize_with = "Token::serialize_exposed")]
    #[cfg_attr(feature = "platform", schema(value_type = String))]
    pub access_token: Token,
    /// Seconds until it ends.
    pub expires_in: u64,
    /// Always `Bearer`.
    pub token_type: String,
}

/// A refused sign-in (RFC 6749, section 5.2).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct TokenRefusal {
    /// `invalid_request`, `invalid_client`, `invalid_grant`, `unauthorized_client`, `unsupported_grant_type`,
    /// or our own `mfa_required`.
    pub error: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

/// Humans sign in to the web interface too, service accounts use the API only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub enum Kind {
    /// A human.
    User,
    /// A program.
    ServiceAccount,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::User => "user",
            Self::ServiceAccount => "service_account",
        })
    }
}

/// What `GET /api/users/me` may be asked for.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "platform", derive(utoipa::IntoParams))]
pub struct IdentityQuery {
    /// Only this company. The list is empty for a company to which the caller does not belong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(value_type = Option<i64>))]
    pub company: Option<CompanyId>,
    /// `none`: without the permissions. The roles stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "platform", param(inline))]
    pub expand: Option<IdentityExpansion>,
}

/// What the companies of an identity carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub enum IdentityExpansion {
    /// No permissions.
    None,
}

/// The promise that a reset, a deletion and a removal of access have ended every token and right when the answer is
/// sent, on every node.
pub const IMMEDIATE_EFFECT: &str = "immediate_effect";

/// `GET /api/users/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "platform", derive(utoipa::ToSchema))]
pub struct Identity {
    /// The number of the human or of the service account.
    pub id: i64,
    /// A user or a service account.
    pub kind: Kind,
    /// The e-mail address of a human, the name of a service account.
    pub name: String,
    /// What the server promises beyond what every gateway does, such as [`IMMEDIATE_EFFECT`].
    #[serde(default)]
    pub features: Vec<String>,
    /// Every company with the permissions there, by company id.
    #[serde(deserialize_with = "rows::<_, _, MOST_UNPAGED>")]
    pub companies: Vec<Access>,
}
