//! Signing in and out.

use std::net::IpAddr;

use jiff::SignedDuration;

use super::failure::count_failure;
use super::second_factor::{self, RightCode, Spent};
use crate::api::Code;
use crate::api::session::{CLIENT_ID, Kind, TokenGrant, UI_CLIENT_IDS};
use crate::domain::secret::OneTimeCode;
use crate::domain::{Password, Token};
use crate::platform::authn::{self, TOKEN_LIFETIME};
use crate::platform::hash::NOBODY;
use crate::platform::ids::PrincipalId;
use crate::platform::store::principal::Principal;
use crate::platform::store::{self, Tx};
use crate::platform::throttle::{Bucket, Guess, canonical};
use crate::platform::{Error, Platform, audit};

/// How long an address stays familiar without a sign-in.
const FAMILIAR: SignedDuration = SignedDuration::from_hours(24 * 90);

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
/// Every attempt that is not refused unheard costs exactly one password hash, whether the name exists or not.
///
/// # Errors
/// `invalid_grant`, `mfa_required`, `unauthorized_client`, `rate_limited`, `unavailable`, or a failure.
pub async fn sign_in(platform: &Platform, request: SignIn) -> Result<TokenGrant, Error> {
    let address = request.address.map(canonical);
    let (principal, guess, bucket) = check_password(platform, &request, address.as_deref()).await?;
    let code = match check_rest(platform, &request, &principal).await {
        Ok(code) => code,
        Err(refusal) => {
            // Whoever is asked for a code comes back at once, and the password was no guess.
            forgive(platform, &guess, &bucket).await?;
            return Err(refusal);
        }
    };

    let tx = platform.store().begin().await?;
    // The password was checked outside the transaction: a reset or a deletion may have come between.
    let now = store::principal::lock(&*tx, principal.id).await?;
    let Some(current) = now.filter(|now| now.password_hash == principal.password_hash) else {
        return Err(Error::invalid_grant());
    };
    guess.succeeded(&*tx, &bucket).await?;
    if let Some(code) = code
        && code.spend(&tx, &current).await? == Spent::Before
    {
        drop(tx);
        code.refuse(platform, &principal, &request.request_id).await?;
        return Err(Error::invalid_grant());
    }
    if let Some(address) = &address {
        let now = platform.now();
        store::principal::remember_address(&*tx, principal.id, address, now, now - FAMILIAR).await?;
    }
    let grant = issue_in(platform, &tx, principal.id, &request.client_id).await?;
    tx.commit().await?;
    Ok(grant)
}

/// Issues a token without asking for anything: for the process that runs the platform and its own user, never
/// for a request from outside.
///
/// # Errors
/// `not_found` for a name that nobody has, or a failure of the database.
pub async fn issue(platform: &Platform, username: &str) -> Result<TokenGrant, Error> {
    let tx = platform.store().begin().await?;
    let principal = store::principal::by_name(&*tx, username)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound, format!("nobody has the name {username}")))?;
    let grant = issue_in(platform, &tx, principal.id, CLIENT_ID).await?;
    tx.commit().await?;
    Ok(grant)
}

/// Ends one token. A token that is unknown or ended already is fine: RFC 7009 wants the same answer.
///
/// # Errors
/// A failure of the database, after which the token may still be good.
pub async fn revoke(platform: &Platform, token: &Token) -> Result<(), Error> {
    let tx = platform.store().begin().await?;
    store::token::end(&*tx, &authn::fingerprint(token)).await?;
    Ok(tx.commit().await?)
}

/// What is asked of somebody whose password was right.
async fn check_rest(
    platform: &Platform,
    request: &SignIn,
    principal: &Principal,
) -> Result<Option<RightCode>, Error> {
    refuse_user_interfaces(principal.kind, &request.client_id)?;
    second_factor::check(platform, principal, request.otp.as_ref(), &request.request_id).await
}

/// Forgets the failures of whose password was given now, where that was not free.
async fn forgive(platform: &Platform, guess: &Guess, bucket: &Bucket) -> Result<(), Error> {
    if guess.was_free() {
        return Ok(());
    }
    let tx = platform.store().begin().await?;
    guess.succeeded(&*tx, bucket).await?;
    Ok(tx.commit().await?)
}

/// Finds out whose name and password these are. The turn to compute is kept until a failure is counted.
async fn check_password(
    platform: &Platform,
    request: &SignIn,
    address: Option<&str>,
) -> Result<(Principal, Guess, Bucket), Error> {
    // The first look into the database comes before the turn: were it lost, waiting for it would take turns.
    let place = platform.hasher().place()?;
    let found = store::principal::by_name(platform.store().reader(), &request.username).await?;
    let turn = place.turn().await?;
    let bucket = bucket_for(platform, &request.username, found.as_ref(), address).await?;
    let mut buckets = vec![bucket.clone()];
    buckets.extend(address.map(Bucket::address));
    let guess = Guess::admit(platform, buckets).await?;
    let hash = found.as_ref().map_or(NOBODY, |principal| &principal.password_hash);
    let is_right = platform.hasher().verify(&turn, request.password.clone(), hash).await?;
    match found {
        Some(principal) if is_right => Ok((principal, guess, bucket)),
        found => {
            count_failure(platform, &guess).await?;
            let reason = Code::InvalidGrant.as_str();
            audit::record_refused_sign_in(
                platform,
                found.as_ref(),
                &request.username,
                reason,
                &request.request_id,
            )
            .await;
            Err(Error::invalid_grant())
        }
    }
}

async fn bucket_for(
    platform: &Platform,
    username: &str,
    found: Option<&Principal>,
    address: Option<&str>,
) -> Result<Bucket, Error> {
    if let (Some(principal), Some(address)) = (found, address)
        && store::principal::knows_address(platform.store().reader(), principal.id, address).await?
    {
        return Ok(Bucket::familiar(principal.id, address));
    }
    Ok(Bucket::name(username))
}

/// A service account never gets a session of a user interface; what decides is its kind in the database.
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
    principal: PrincipalId,
    client_id: &str,
) -> Result<TokenGrant, Error> {
    let token = authn::new_token();
    let now = platform.now();
    let expires_at = now + SignedDuration::from_secs(i64::from(TOKEN_LIFETIME));
    let hash = authn::fingerprint(&token);
    store::token::insert(&**tx, hash, principal, client_id, now, expires_at).await?;
    store::principal::touch(&**tx, principal, now, now - authn::LAST_USED_GRAIN).await?;
    Ok(TokenGrant {
        access_token: token,
        expires_in: u64::from(TOKEN_LIFETIME),
        token_type: "Bearer".to_owned(),
    })
}
