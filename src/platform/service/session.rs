//! Signing in and out.

use std::net::IpAddr;

use crate::api::session::TokenGrant;
use crate::domain::secret::OneTimeCode;
use crate::domain::{Password, Token};
use crate::platform::{Error, Platform};

/// What somebody gives to sign in.
#[derive(Debug)]
pub struct SignIn {
    /// An e-mail address of a human or the name of a service account, in any case.
    pub username: String,
    /// Used byte for byte.
    pub password: Password,
    /// Which program asks; known to the token endpoint.
    pub client_id: String,
    /// The code of an authenticator app.
    pub otp: Option<OneTimeCode>,
    /// Where the request comes from, for counting guesses.
    pub address: Option<IpAddr>,
    /// Names the request in the log and the audit record of a refusal.
    pub request_id: String,
}

/// Trades a name and a password, and a one-time code where one is needed, for a token.
///
/// # Errors
/// `invalid_grant`, `mfa_required`, `unauthorized_client`, `rate_limited`, `unavailable`, or a failure.
pub async fn sign_in(_platform: &Platform, _request: SignIn) -> Result<TokenGrant, Error> {
    todo!()
}

/// Ends one token. A token that is unknown or ended already is fine: RFC 7009 wants the same answer.
///
/// # Errors
/// A failure of the database, after which the token may still be good.
pub async fn revoke(_platform: &Platform, _token: &Token) -> Result<(), Error> {
    todo!()
}

/// Gives a token to a human or a service account without asking for a password: for whoever runs the
/// platform in their own process.
///
/// # Errors
/// `not_found` when nobody has this name, or a failure of the database.
pub async fn issue(_platform: &Platform, _name: &str) -> Result<TokenGrant, Error> {
    todo!()
}
