//! Authentication: who the caller is.
//!
//! Responsible for finding the principal of a bearer token, in the database at every request. Refuses a token that has
//! expired or was revoked, immediately and on every node.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

use super::Platform;
use super::error::Error;
use super::hex::hex;
use super::ids::PrincipalId;
use super::store::access::Grant;
use super::store::{Connection, token};
use crate::api::audit::Actor;
use crate::api::session::Kind;
use crate::domain::{CompanyId, Token};

/// How long a token is valid, in seconds.
pub const TOKEN_LIFETIME: u32 = 7200;

/// What every token starts with, so that secret scanners find one that leaked.
const PREFIX: &str = "sat_";

/// The precision of the last use of an account, and of a sign-in from an address.
const LAST_USED_GRAIN: SignedDuration = SignedDuration::from_mins(1);

/// How long uses are gathered before they are written together.
const LAST_USED_MOMENT: Duration = Duration::from_secs(2);

/// A caller whose token was valid when the request came in. It says who the caller is. What the caller may do is read
/// inside the transaction that uses it; a request that only reads may use the access that was read together with the
/// token.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The number.
    pub id: PrincipalId,
    /// Human or program, as the database says.
    pub kind: Kind,
    /// The e-mail address of a human, the name of a service account.
    pub name: String,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// The hash of the token.
    fingerprint: String,
    /// What was read together with the token.
    entry: Option<Entry>,
}

/// The access in a company as it was when the request came in.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    company: CompanyId,
    pub(super) grant: Option<Grant>,
}

impl Caller {
    /// The caller as the author of a change, for companies that know the caller.
    pub(super) fn actor(&self) -> Actor {
        Actor { kind: self.kind.into(), id: self.id.0, name: self.name.clone() }
    }

    /// The access in `company` when the request came in, if it was read together with the token.
    pub(super) fn on_entry(&self, company: CompanyId) -> Option<&Entry> {
        self.entry.as_ref().filter(|entry| entry.company == company)
    }
}

/// Finds out who the bearer of `token` is.
///
/// # Errors
/// `unauthenticated` for a token that is unknown, expired or revoked.
pub async fn authenticate(platform: &Platform, token: &Token) -> Result<Caller, Error> {
    authenticate_in(platform, token, None).await
}

/// As [`authenticate`], and reads the access in a company in the same statement.
///
/// # Errors
/// Those of [`authenticate`].
pub(super) async fn authenticate_in(
    platform: &Platform,
    token: &Token,
    company: Option<CompanyId>,
) -> Result<Caller, Error> {
    let now = platform.now();
    let fingerprint = fingerprint(token);
    let bearer = token::bearer(platform.store().reader(), &fingerprint, company, now)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    if is_old(bearer.last_used_at, now) {
        note_use(platform, bearer.id, now);
    }
    Ok(Caller {
        id: bearer.id,
        kind: bearer.kind,
        name: bearer.name,
        expires_at: bearer.expires_at,
        fingerprint,
        entry: company.map(|company| Entry { company, grant: bearer.grant }),
    })
}

/// Checks inside a transaction that the caller's token was not revoked since the request came in, and locks it until
/// the transaction ends, so that a body that arrives slowly gains no time. Comes after every other lock, because a
/// transaction that revokes tokens holds those already. Returns the caller's access in the company.
///
/// # Errors
/// `unauthenticated`, or a failure of the database.
pub(super) async fn hold(
    db: &impl Connection,
    caller: &Caller,
    company: CompanyId,
) -> Result<Option<Grant>, Error> {
    let held = token::hold(db, &caller.fingerprint, company).await?;
    Ok(held.ok_or_else(Error::unauthenticated)?.grant)
}

/// Whether a use that was noted at `last` must be noted again.
pub(super) fn is_old(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| last < now - LAST_USED_GRAIN)
}

/// Notes the use of an account. The request does not wait: uses are gathered and written together.
fn note_use(platform: &Platform, id: PrincipalId, now: Timestamp) {
    if !platform.uses().add(id, now) {
        return;
    }
    let platform = platform.clone();
    tokio::spawn(async move {
        tokio::time::sleep(LAST_USED_MOMENT).await;
        if let Err(error) = platform.uses().write(platform.store()).await {
            tracing::debug!(%error, "the last use of some accounts was not noted");
        }
    });
}

/// A new token of 256 random bits.
pub(super) fn new_token() -> Token {
    let random: [u8; 32] = rand::rng().random();
    Token::new(format!("{PREFIX}{}", hex(&random)))
}

/// The hash of a token. A token has 256 random bits, so one round of a plain hash is enough.
pub(super) fn fingerprint(token: &Token) -> String {
    hex(&Sha256::digest(token.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_random_and_kept_as_hashes() {
        let (one, two) = (new_token(), new_token());
        assert_ne!(one.expose(), two.expose());
        assert_eq!(one.expose().len(), "sat_".len() + 64);
        assert!(one.expose().starts_with("sat_"));
        assert!(!one.expose().contains(&fingerprint(&one)));
        assert_eq!(fingerprint(&one).len(), 64);
    }
}
