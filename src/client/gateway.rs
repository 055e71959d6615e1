//! A server without a session.
//!
//! Responsible for signing in and revoking a token. Refuses to send a token to another origin.

use std::sync::Arc;

use serde::Serialize;

use super::call::Call;
use super::retry::Repeat;
use super::transport::{Observer, Transport};
use super::{Error, Options, Renewal, Result, Session};
use crate::api::routes::{ApiOperation, Place};
use crate::api::session::{CLIENT_ID, TokenForm, TokenGrant};
use crate::domain::secret::OneTimeCode;
use crate::domain::{Origin, Password, Token};

/// Who signs in, and with what.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// An e-mail address of a human or the name of a service account.
    pub username: String,
    /// Used byte for byte.
    pub password: Password,
    /// The code of an authenticator app, where a second factor is required.
    pub otp: Option<OneTimeCode>,
}

/// A server without a session.
#[derive(Clone)]
pub struct Gateway {
    pub(super) transport: Transport,
}

impl Gateway {
    /// Prepares connections; sends nothing.
    ///
    /// # Errors
    /// `usage` for plain http without `--allow-http`, `config` for unusable certificates.
    pub fn new(options: &Options, observer: Option<Arc<dyn Observer>>) -> Result<Self> {
        Ok(Self { transport: Transport::new(options, observer)? })
    }

    /// The server.
    pub fn origin(&self) -> &Origin {
        self.transport.origin()
    }

    /// Signs in.
    ///
    /// # Errors
    /// `invalid_grant`, `mfa_required`, `unauthorized_client`, and those of every request.
    pub async fn sign_in(&self, who: &SignIn) -> Result<TokenGrant> {
        let form = TokenForm {
            grant_type: "password",
            username: &who.username,
            password: who.password.clone(),
            client_id: CLIENT_ID,
            otp: who.otp.clone(),
        };
        // A one-time code opens one session, so a second try with it could only fail.
        let repeat = if who.otp.is_some() { Repeat::Never } else { Repeat::Read };
        let call = self.call(ApiOperation::SignIn, repeat)?.form(&form)?;
        checked(self.transport.send(call).await?.decode()?)
    }

    /// Ends one token. A token that has ended already is no error.
    ///
    /// # Errors
    /// Those of every request.
    pub async fn revoke(&self, token: &Token) -> Result<()> {
        #[derive(Serialize)]
        struct RevocationForm<'a> {
            #[serde(serialize_with = "Token::serialize_exposed")]
            token: &'a Token,
            token_type_hint: &'a str,
            client_id: &'a str,
        }
        let form = RevocationForm { token, token_type_hint: "access_token", client_id: CLIENT_ID };
        let call = self.call(ApiOperation::SignOut, Repeat::Idempotent)?.form(&form)?;
        self.transport.send(call).await?.acknowledged()
    }

    fn call(&self, operation: ApiOperation, repeat: Repeat) -> Result<Call> {
        Call::of(self.transport.routes(), operation, Place::default(), repeat)
    }

    /// A session with `token`, which must have been issued by this very server.
    pub fn session(&self, token: Token, renewal: Option<Arc<dyn Renewal>>) -> Session {
        Session::new(self.transport.clone(), token, renewal)
    }
}

/// A grant with a token that can be sent: not empty, and nothing in it but what a header may carry.
fn checked(grant: TokenGrant) -> Result<TokenGrant> {
    if !grant.token_type.eq_ignore_ascii_case("bearer") {
        let kind = grant.token_type;
        return Err(Error::bad_response(format!("the server issued a token of an unknown type: {kind}")));
    }
    let token = grant.access_token.expose();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::bad_response("the server issued an invalid token"));
    }
    Ok(grant)
}
