//! The session of a command: from the environment, or from what was stored.
//!
//! Responsible for opening it and for the source of its credentials. Refuses to send credentials to another server than
//! theirs.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;

use super::renewal::Stored;
use super::sign_in::{expiry, sign_in};
use super::ways_in::{login, missing_profile, not_signed_in, ways_in};
use crate::api::Code;
use crate::client::{self, Gateway, Renewal, RenewedToken, Session};
use crate::config::credentials::{Slot, Store};
use crate::config::identity::PasswordSource;
use crate::config::{Identity, Settings, Source};
use crate::domain::{Password, Token};
use crate::error::{CliError, Result};
use crate::ui::Ui;

/// A signed-in client and what is known about it.
#[derive(Debug)]
pub struct SignedIn {
    /// The client.
    pub session: Session,
    /// The name that signed in, where this call knows it.
    pub username: Option<String>,
    /// Where its credentials came from.
    pub source: CredentialSource,
    /// When the token expires; null if unknown.
    pub expires_at: Option<Timestamp>,
}

/// Where credentials came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialSource {
    /// `SACTL_TOKEN`.
    TokenVariable,
    /// `SACTL_USERNAME` with `SACTL_PASSWORD`.
    PasswordVariable,
    /// `SACTL_USERNAME` with `SACTL_PASSWORD_FILE`.
    PasswordFileVariable,
    /// The store, by its place.
    Store(String),
}

impl fmt::Display for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenVariable => f.write_str("environment (SACTL_TOKEN)"),
            Self::PasswordVariable => f.write_str("environment (SACTL_USERNAME, SACTL_PASSWORD)"),
            Self::PasswordFileVariable => f.write_str("environment (SACTL_USERNAME, SACTL_PASSWORD_FILE)"),
            Self::Store(place) => f.write_str(place),
        }
    }
}

/// Signs in as the settings say; with a stored token that needs no request.
pub(super) async fn open(settings: &Settings, gateway: Gateway, ui: &Ui) -> Result<SignedIn> {
    let profile = settings.profile.as_ref().map(|profile| profile.source);
    let server = settings.server.as_ref().map(|server| server.source);
    // A mistyped profile does not become the server of the environment.
    if (profile, server) == (Some(Source::Flag), Some(Source::Environment))
        && let Some(missing) = missing_profile(settings)
    {
        return Err(missing);
    }
    match &settings.identity {
        Identity::Token(token) => Ok(SignedIn {
            session: gateway.session(token.clone(), Some(Arc::new(Given))),
            username: None,
            source: CredentialSource::TokenVariable,
            expires_at: None,
        }),
        Identity::Password { username, password } => with_password(gateway, ui, username, password).await,
        Identity::Stored(username) => stored(settings, gateway, ui, username.as_deref()).await,
    }
}

/// A token from the environment, which sactl cannot renew.
struct Given;

impl Renewal for Given {
    fn renew<'a>(
        &'a self,
        _stale: &'a Token,
    ) -> Pin<Box<dyn Future<Output = client::Result<RenewedToken>> + Send + 'a>> {
        let refused = CliError::new(Code::Unauthenticated, "the token has expired or was revoked")
            .hint("set SACTL_TOKEN to a new token, or use SACTL_USERNAME with SACTL_PASSWORD_FILE");
        Box::pin(async { Err(refused.into_client()) })
    }
}

async fn with_password(
    gateway: Gateway,
    ui: &Ui,
    username: &str,
    password: &PasswordSource,
) -> Result<SignedIn> {
    let source = match password {
        PasswordSource::Variable(_) => CredentialSource::PasswordVariable,
        PasswordSource::File(_) => CredentialSource::PasswordFileVariable,
    };
    if password.has_line_end() {
        ui.note("the line end at the end of SACTL_PASSWORD is not part of the password");
    }
    let again = Arc::new(Again {
        gateway: gateway.clone(),
        ui: ui.clone(),
        username: username.to_owned(),
        password: password.read()?,
    });
    let RenewedToken { token, expires_at } = again.signed_in().await?;
    Ok(SignedIn {
        session: gateway.session(token, Some(again)),
        username: Some(username.to_owned()),
        source,
        expires_at,
    })
}

/// A password from the environment, which signs in again when its token has ended: a long list outlives a token.
struct Again {
    gateway: Gateway,
    ui: Ui,
    username: String,
    password: Password,
}

impl Again {
    async fn signed_in(&self) -> Result<RenewedToken> {
        let grant = sign_in(&self.gateway, &self.ui, &self.username, &self.password, None).await?;
        let expires_at = expiry(&grant);
        Ok(RenewedToken { token: grant.access_token, expires_at })
    }
}

impl Renewal for Again {
    fn renew<'a>(
        &'a self,
        _stale: &'a Token,
    ) -> Pin<Box<dyn Future<Output = client::Result<RenewedToken>> + Send + 'a>> {
        Box::pin(async move { self.signed_in().await.map_err(CliError::into_client) })
    }
}

async fn stored(settings: &Settings, gateway: Gateway, ui: &Ui, username: Option<&str>) -> Result<SignedIn> {
    let origin = gateway.origin().clone();
    let Some(username) = username.or_else(|| settings.stored_username()) else {
        return Err(not_signed_in(settings));
    };
    let store = Store::new(settings.credential_store.value, &settings.folder);
    let place = store.place();
    let slot = Slot { origin, username: username.to_owned() };
    let stored = Arc::new(Stored {
        gateway: gateway.clone(),
        store,
        slot,
        ui: ui.clone(),
        login: login(settings),
        ways_in: ways_in(settings),
        timeout: settings.timeout.value,
    });
    let found = stored.live_or_renewed().await?;
    Ok(SignedIn {
        session: gateway.session(found.token, Some(stored)),
        username: Some(username.to_owned()),
        source: CredentialSource::Store(place),
        expires_at: found.expires_at,
    })
}
