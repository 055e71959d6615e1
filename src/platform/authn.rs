//! Who is calling: from a bearer token to a principal, looked up in the database at every request, so that a
//! token that was ended is dead at once on every node.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

use super::Platform;
use super::error::Error;
use super::hex::hex;
use super::ids::PrincipalId;
use super::store::{Connection, token};
use crate::api::audit::Actor;
use crate::api::session::Kind;
use crate::domain::Token;

/// How long a token is good, in seconds.
pub const TOKEN_LIFETIME: u32 = 7200;

/// What every token starts with, so that secret scanners find one that leaked.
const PREFIX: &str = "sat_";

/// How exactly the last use of an account is known.
pub(super) const LAST_USED_GRAIN: SignedDuration = SignedDuration::from_mins(1);

/// How long uses are gathered before they are written.
const LAST_USED_MOMENT: Duration = Duration::from_secs(2);

/// A caller whose token was valid when the request came in.
///
/// It says who, never what they may do: rights are read inside the transaction that uses them.
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
    /// What is kept of the token.
    fingerprint: String,
}

impl Caller {
    /// The caller as the author of a change, for companies that know the caller.
    pub(super) fn actor(&self) -> Actor {
        Actor { kind: self.kind.into(), id: self.id.0, name: self.name.clone() }
    }
}

/// Finds out who the bearer of `token` is.
///
/// # Errors
/// `unauthenticated` for a token that is unknown, expired or ended.
pub async fn authenticate(platform: &Platform, token: &Token) -> Result<Caller, Error> {
    let now = platform.now();
    let fingerprint = fingerprint(token);
    let bearer = token::bearer(platform.store().reader(), &fingerprint, now)
        .await?
        .ok_or_else(Error::unauthenticated)?;
    if bearer.last_used_at.is_none_or(|last| last < now - LAST_USED_GRAIN) {
        note_use(platform, bearer.id, now);
    }
    Ok(Caller {
        id: bearer.id,
        kind: bearer.kind,
        name: bearer.name,
        expires_at: bearer.expires_at,
        fingerprint,
    })
}

/// Checks inside a transaction that the caller's token was not ended since the request came in, and keeps it
/// from being ended before the transaction is: a body that arrives slowly gains no time. Comes after every
/// other lock, because a transaction that revokes tokens holds those already.
///
/// # Errors
/// `unauthenticated`, or a failure of the database.
pub(super) async fn hold(db: &impl Connection, caller: &Caller) -> Result<(), Error> {
    if token::hold(db, &caller.fingerprint).await? { Ok(()) } else { Err(Error::unauthenticated()) }
}

/// Notes the use beside the request, which does not wait for it: together with all uses of the next moment.
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

/// What is kept of a token. It has 256 random bits, so one round of a plain hash is enough.
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
