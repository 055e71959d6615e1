//! Signing in and out.
//!
//! Responsible for issuing and revoking tokens. Refuses to say whether the name, the password or the code was wrong.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::second_factor::{self, RightCode, Spent};
use crate::api::Code;
use crate::api::session::{CLIENT_ID, Kind, TokenGrant, UI_CLIENT_IDS};
use crate::domain::secret::OneTimeCode;
use crate::domain::{Password, Token};
use crate::platform::address::canonical;
use crate::platform::audit::{Action, SignInRecord};
use crate::platform::authn::{self, TOKEN_LIFETIME};
use crate::platform::hash::{self, Party, Place, UNKNOWN};
use crate::platform::store::principal::Principal;
use crate::platform::store::{self, Tx};
use crate::platform::throttle::{Gate, Guess, to_the_end};
use crate::platform::{Error, Platform, audit};

/// How long an address stays known without a sign-in.
pub(in crate::platform) const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);

/// A request to sign in.
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
    /// The address of the client, for counting guesses.
    pub address: Option<IpAddr>,
    /// The id of the request in the log and in the record of a refusal.
    pub request_id: String,
}

/// Issues a token for a name and a password, and a one-time code if one is needed. Every admitted attempt costs exactly
/// one password hash, whether the name exists or not. Once it is counted, it is carried out to the end, even if the
/// client disconnects.
///
/// # Errors
/// `invalid_grant`, `mfa_required`, `unauthorized_client`, `rate_limited`, `unavailable`, or a failure.
pub async fn sign_in(platform: &Platform, request: SignIn) -> Result<TokenGrant, Error> {
    let address = request.address.map(canonical);
    let gate = Gate::password(&request.username, address.as_deref());
    let party = Party::new(address.as_deref(), &request.username);
    // The queue is in memory: where it is full, the refusal costs no statement. Who is over a budget takes no place.
    platform.hasher().look(party)?;
    gate.look(platform).await?;
    let place = platform.hasher().place(party)?;
    let attempt = Attempt { platform: platform.clone(), request, address };
    to_the_end(async move { attempt.run(&gate, place).await }).await
}

/// A sign-in that may be counted.
struct Attempt {
    platform: Platform,
    request: SignIn,
    address: Option<String>,
}

impl Attempt {
    async fn run(&self, gate: &Gate, place: Place) -> Result<TokenGrant, Error> {
        let (platform, db) = (&self.platform, self.platform.store().reader());
        let turn = hash::turn(place).await?;
        let found = store::principal::signing_in(db, &self.request.username, self.address()).await?;
        let (found, seen_here) = found.map_or((None, None), |(principal, seen)| (Some(principal), seen));
        let is_known = seen_here.is_some();
        let guess = Guess::claim(platform, gate).await?;
        let hash = found.as_ref().map_or(UNKNOWN, |principal| &principal.password_hash);
        let is_right = platform.hasher().verify(&turn, self.request.password.clone(), hash).await?;
        drop(turn);
        let principal = match found {
            Some(principal) if is_right && guess.is_heard(is_known) => principal,
            found => return Err(self.refused(found.as_ref(), guess.refusal()).await),
        };
        match self.check_rest(&principal, is_known).await {
            Ok(code) => self.open(&principal, &guess, code, seen_here).await,
            Err(refusal) => {
                // The password was right, and a client that must give a code tries again immediately.
                guess.give_back_alone(platform).await?;
                Err(self.refused(Some(&principal), refusal).await)
            }
        }
    }

    fn address(&self) -> &str {
        self.address.as_deref().unwrap_or_default()
    }

    /// The checks of a principal whose password was right.
    async fn check_rest(&self, principal: &Principal, is_known: bool) -> Result<Option<RightCode>, Error> {
        refuse_user_interfaces(principal.kind, &self.request.client_id)?;
        let otp = self.request.otp.as_ref();
        second_factor::check(&self.platform, principal, otp, self.address.as_deref(), is_known).await
    }

    /// Opens a session, if password and code are still valid.
    async fn open(
        &self,
        principal: &Principal,
        guess: &Guess,
        code: Option<RightCode>,
        seen_here: Option<Timestamp>,
    ) -> Result<TokenGrant, Error> {
        let platform = &self.platform;
        let tx = platform.store().begin().await?;
        // The password was checked outside the transaction: a reset or a deletion may have come between.
        let now = store::principal::lock(&*tx, principal.id).await?;
        let Some(current) = now.filter(|now| now.password_hash == principal.password_hash) else {
            drop(tx);
            return Err(self.refused(Some(principal), Error::invalid_grant()).await);
        };
        if let Some(code) = code
            && code.spend(&tx, &current).await? == Spent::Before
        {
            drop(tx);
            guess.give_back_alone(platform).await?;
            return Err(self.refused(Some(principal), Error::invalid_grant()).await);
        }
        guess.give_back(&*tx).await?;
        if let Some(address) = &self.address {
            self.remember(&tx, principal, address, seen_here).await?;
        }
        let grant = issue_in(platform, &tx, &current, &self.request.client_id).await?;
        tx.commit().await?;
        Ok(grant)
    }

    /// Remembers the address, where it was last seen at `seen`, and records the first sign-in of a day from it.
    async fn remember(
        &self,
        tx: &Tx,
        principal: &Principal,
        address: &str,
        seen: Option<Timestamp>,
    ) -> Result<(), Error> {
        let (platform, now) = (&self.platform, self.platform.now());
        // The clocks of nodes differ by a little; one that is a day ahead was wrong.
        let is_today =
            |seen: Option<Timestamp>| seen.is_some_and(|seen| (0..=1).contains(&(day(seen) - day(now))));
        if !is_today(seen) {
            // Another sign-in may have come first.
            let seen = store::known_address::seen_at(&**tx, principal.id, address).await?;
            if !is_today(seen) {
                let (detail, id) = (json!({ "address": address }), &self.request.request_id);
                let record = SignInRecord::new(principal, Action::SignInAccepted, detail, id);
                record.add(platform, &**tx).await?;
            }
        } else if !authn::is_old(seen, now) {
            return Ok(());
        }
        let forget = now - KNOWN_FOR;
        Ok(store::known_address::remember(&**tx, principal.id, address, now, forget).await?)
    }

    /// Records a refusal. A failure of the platform is not a refusal.
    async fn refused(&self, principal: Option<&Principal>, error: Error) -> Error {
        if matches!(
            error.code,
            Code::InvalidGrant | Code::MfaRequired | Code::UnauthorizedClient | Code::RateLimited
        ) {
            let (name, reason) = (&self.request.username, error.code.as_str());
            let (address, id) = (self.address.as_deref(), &self.request.request_id);
            audit::record_refused_sign_in(&self.platform, principal, name, address, reason, id).await;
        }
        error
    }
}

/// The day of a moment, in UTC.
fn day(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(24 * 60 * 60)
}

/// Issues a token without credentials: for the process that runs the platform and its own user, never for a request
/// from outside.
///
/// # Errors
/// `not_found` for an unknown name, or a failure of the database.
pub async fn issue(platform: &Platform, username: &str) -> Result<TokenGrant, Error> {
    let tx = platform.store().begin().await?;
    let principal = store::principal::by_name(&*tx, username).await?.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            format!(
                "no user or service account has the name \
            {username}"
            ),
        )
    })?;
    let grant = issue_in(platform, &tx, &principal, CLIENT_ID).await?;
    tx.commit().await?;
    Ok(grant)
}

/// Revokes one token. An unknown or revoked token is no error: RFC 7009 requires the same answer.
///
/// # Errors
/// A failure of the database, after which the token may still be valid.
pub async fn revoke(platform: &Platform, token: &Token) -> Result<(), Error> {
    let hash = authn::fingerprint(token);
    // Anyone can send tokens that never existed: these do not wait for the writer of the database.
    if !store::token::is_kept(platform.store().reader(), &hash).await? {
        return Ok(());
    }
    let tx = platform.store().begin().await?;
    store::token::end(&*tx, &hash).await?;
    Ok(tx.commit().await?)
}

/// Refuses a session of a user interface to a service account. The kind in the database decides.
fn refuse_user_interfaces(kind: Kind, client_id: &str) -> Result<(), Error> {
    let is_interface = UI_CLIENT_IDS.iter().any(|known| known.eq_ignore_ascii_case(client_id));
    if kind == Kind::ServiceAccount && is_interface {
        let message = "a service account cannot sign in to a user interface";
        return Err(Error::new(Code::UnauthorizedClient, message));
    }
    Ok(())
}

async fn issue_in(
    platform: &Platform,
    tx: &Tx,
    principal: &Principal,
    client_id: &str,
) -> Result<TokenGrant, Error> {
    let token = authn::new_token();
    let now = platform.now();
    let expires_at = now + SignedDuration::from_secs(i64::from(TOKEN_LIFETIME));
    let hash = authn::fingerprint(&token);
    store::token::insert(&**tx, hash, principal.id, client_id, now, expires_at).await?;
    if authn::is_old(principal.last_used_at, now) {
        store::principal::touch(&**tx, principal.id, now).await?;
    }
    Ok(TokenGrant {
        access_token: token,
        expires_in: u64::from(TOKEN_LIFETIME),
        token_type: "Bearer".to_owned(),
    })
}
