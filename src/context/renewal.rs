//! Renews a stored token that has expired.
//!
//! Responsible for one renewal: one process renews, and the others wait and read what it has stored. Refuses to ask for
//! a password.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;

use super::sign_in::{expiry, sign_in};
use crate::api::Code;
use crate::client::{self, Gateway, Renewal, RenewedToken};
use crate::config::credentials::{Credentials, Slot, Store};
use crate::config::secure_file::{Folder, Lock};
use crate::domain::{Password, Token};
use crate::error::{CliError, Result};
use crate::text::{CommandLine, Hint};
use crate::ui::Ui;

/// Between two looks at a lock that another process holds.
const LOOK: Duration = Duration::from_millis(20);

/// Stored credentials of one identity at one server.
pub(super) struct Stored {
    pub(super) gateway: Gateway,
    pub(super) store: Store,
    pub(super) slot: Slot,
    pub(super) ui: Ui,
    pub(super) timeout: Duration,
    /// The command that signs in again.
    pub(super) login: CommandLine,
    /// What to do where nothing is stored.
    pub(super) ways_in: Vec<Hint>,
}

impl Stored {
    /// The stored token, or a new one when it has ended and a password is stored.
    pub(super) async fn live_or_renewed(&self) -> Result<RenewedToken> {
        let found = self.store.load(&self.slot).await?.ok_or_else(|| self.nothing_stored())?;
        match live(&found) {
            Some(token) => Ok(token),
            None => self.replaced(None).await,
        }
    }

    /// A token other than `stale`, and not ended: what another process has stored meanwhile, else a new one.
    async fn replaced(&self, stale: Option<&Token>) -> Result<RenewedToken> {
        // Without a lock, as in a folder that takes no files, two calls may sign in at once: each uses its own token.
        let folder = self.store.renewal_folder().ok();
        let _turn = match &folder {
            Some(folder) => self.turn(folder).await?,
            None => None,
        };
        let found = self.store.load(&self.slot).await?.ok_or_else(|| self.nothing_stored())?;
        if let Some(token) = live(&found).filter(|found| !is_same(&found.token, stale)) {
            return Ok(token);
        }
        let Some(password) = found.password else { return Err(self.ended(found.expires_at)) };
        self.signed_in(password).await
    }

    /// Waits until no other process renews; `None` where the folder has no locks.
    async fn turn<'a>(&self, folder: &'a Folder) -> Result<Option<Lock<'a>>> {
        let deadline = tokio::time::Instant::now() + self.timeout;
        loop {
            match self.store.try_renewal(folder, &self.slot) {
                Ok(Some(lock)) => return Ok(Some(lock)),
                Ok(None) if tokio::time::Instant::now() < deadline => tokio::time::sleep(LOOK).await,
                Ok(None) => {
                    let why = "another sactl is signing in and has not finished";
                    return Err(CliError::new(Code::Timeout, why));
                }
                Err(_) => return Ok(None),
            }
        }
    }

    async fn signed_in(&self, password: Password) -> Result<RenewedToken> {
        let grant = sign_in(&self.gateway, &self.ui, &self.slot.username, &password, None).await?;
        let expires_at = expiry(&grant);
        let token = grant.access_token;
        let credentials = Credentials { token: Some(token.clone()), expires_at, password: Some(password) };
        if let Err(error) = self.store.save(&self.slot, &credentials).await {
            let Slot { origin, username } = &self.slot;
            let why = CliError::from(error).whole_message();
            self.ui.warning(format!(
                "the new token of {username} at {origin} is used for this command only, because it cannot be \
                 stored: {why}"
            ));
        }
        Ok(RenewedToken { token, expires_at })
    }

    fn nothing_stored(&self) -> CliError {
        let Slot { origin, username } = &self.slot;
        let place = self.store.place();
        let error = CliError::not_signed_in(format!(
            "not signed in as {username} at {origin}: nothing is stored in the credential store, {place}"
        ));
        self.ways_in.iter().cloned().fold(error, CliError::hint)
    }

    /// The refusal of a token that ended at `expired`, by the clock of this machine, or that the server refused.
    fn ended(&self, expired: Option<Timestamp>) -> CliError {
        let Slot { origin, username } = &self.slot;
        let session = format!("the session of {username} at {origin}");
        let now = Timestamp::now();
        let message = match expired.filter(|expired| *expired <= now) {
            Some(expired) => {
                let [expired, now] = [expired, now].map(|time| time.strftime("%Y-%m-%d %H:%M UTC"));
                format!("{session} expired at {expired}; the clock of this machine says {now}")
            }
            None => format!("{session} has expired or was revoked"),
        };
        CliError::not_signed_in(message).hint(self.login.clone().after("sign in again with: ")).hint(
            self.login
                .clone()
                .switch("--store-password")
                .after("store the password of a service account with: "),
        )
    }
}

impl Renewal for Stored {
    fn renew<'a>(
        &'a self,
        stale: &'a Token,
    ) -> Pin<Box<dyn Future<Output = client::Result<RenewedToken>> + Send + 'a>> {
        Box::pin(async move { self.replaced(Some(stale)).await.map_err(CliError::into_client) })
    }
}

fn live(credentials: &Credentials) -> Option<RenewedToken> {
    let token = credentials.live_token(Timestamp::now())?.clone();
    Some(RenewedToken { token, expires_at: credentials.expires_at })
}

fn is_same(token: &Token, stale: Option<&Token>) -> bool {
    stale.is_some_and(|stale| stale.expose() == token.expose())
}
