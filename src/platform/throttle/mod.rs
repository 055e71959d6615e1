//! Slows down guessing of passwords and codes.
//!
//! Responsible for counting guesses in the database, so that restarts and other nodes do not help an attacker. Refuses
//! a guess above its budgets. The policy ([`policy`]) is a pure function; this module reads and writes its budgets.
//!
//! A guess is counted **before** the secret is checked, and given back if the secret was right. A client that
//! disconnects or runs out of time changes nothing.
//!
//! Each guess needs a place in several budgets. A budget is a number of guesses, and a time in which one comes back.
//! Passwords, with their figures:
//!
//! 1. **One name from one address**: 10, one more a second. Over it, nothing is checked.
//! 2. **One name from everywhere**: 400, one more in 20 s. The last 300 are kept for newcomers: the first 3 guesses from
//!    an address (one more an hour). So a few addresses that guess all day do not block a new one.
//! 3. **One address at all names**: 100, one more in 2 s.
//! 4. Over 2 or 3 the guess is **closed**: the answer is `rate_limited` whether the password was right or wrong. There
//!    is one exception: the right password of an account that has signed in from this address before opens a session.
//!    A closed guess has budgets of its own: 1,800 for the name from this address, one more a minute; 20 for the
//!    address, one more in 0.1 s.
//!
//! The consequences:
//! - An account can sign in immediately from any address where it has signed in before, whatever happens elsewhere.
//! - It can sign in immediately from a new address, unless attackers guess its password from some hundred new addresses
//!   in a short time.
//! - From an address that it shares with an attacker it signs in by chance. A guess that is refilled in part is admitted
//!   with a probability in proportion to that part, so that the client with the most attempts or the best timing does
//!   not get all of them. After half an hour of such an attack this takes longer; from another address it does not.
//! - From an address that floods other names, an account that has not signed in there before may have to wait for more
//!   than a minute: in the simulation it signs in within a minute in 3 of 20 cases against 100 guesses a second.
//! - Strangers get at most 4,720 guesses at a name on the first day and 4,320 on each later day. An attacker who shares
//!   one of the (at most 16) addresses where the account has signed in gets 3,240 more there on the first day and 1,440
//!   on each later day.
//! - No budget depends on whether a name exists, and every step costs the same for a name that does not.
//!
//! One-time codes are asked for after a right password. They have the same rules with smaller budgets: 5 and one more
//! in 2 s from one address, 60 and one more in 5 min from everywhere (40 of them for newcomers, 2 each), 300 and one
//! more in 5 min from a known address. An attacker who knows the password gets at most 348 guesses on the first day and
//! 288 later, from a known address 588 and 288 more: one day's chance to hit one of the three codes in force is about
//! 0.1 % to 0.3 %. A caller who is signed in and gives a password once more has 100 guesses and one more a minute: many
//! exact repetitions of a creation may be in progress at the same time.

mod budget;
#[cfg(test)]
mod game;
mod policy;

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;

use self::budget::{Budget, FullAt};
use self::policy::{CODES, PASSWORDS, Policy, SIGNED_IN, Scope, Verdict};
use super::Platform;
use super::error::Error;
use super::hex::hex;
use super::ids::PrincipalId;
use super::store::{self, Connection};

/// Of so many guesses one removes budgets that are full again.
const PRUNING: f64 = 1.0 / 16.0;

/// Where a guess is counted: which name or account, from which address.
pub(super) struct Gate {
    policy: &'static Policy,
    /// The keys of the budgets, in their own order: it is the order in which rows are locked.
    keys: Vec<(Scope, String)>,
    chance: f64,
}

impl Gate {
    /// A password of `username`. Case and surrounding white space make no other name of it.
    pub(super) fn password(username: &str, address: Option<&str>) -> Self {
        Self::new(&PASSWORDS, &username.trim().to_lowercase(), address)
    }

    /// A one-time code of a principal whose password was right.
    pub(super) fn code(principal: PrincipalId, address: Option<&str>) -> Self {
        Self::new(&CODES, &principal.0.to_string(), address)
    }

    /// A password that a caller with a token gives once more.
    pub(super) fn signed_in(caller: PrincipalId) -> Self {
        Self::new(&SIGNED_IN, &caller.0.to_string(), None)
    }

    fn new(policy: &'static Policy, name: &str, address: Option<&str>) -> Self {
        let address = address.unwrap_or_default();
        let key = |scope| {
            let (address, name) = match scope {
                Scope::Name => ("", name),
                Scope::Address | Scope::Hearing => (address, ""),
                Scope::Pair | Scope::Newcomer | Scope::Known => (address, name),
            };
            // People type passwords into the field of the name: only a hash of it is kept.
            let digest = hex(&Sha256::digest(format!("{address} {name}")));
            (scope, format!("{} {scope:?} {digest}", policy.secret))
        };
        let counted = Scope::ALL.into_iter().filter(|scope| policy.budget(*scope).is_some());
        let mut keys: Vec<_> = counted.map(key).collect();
        keys.sort_unstable_by(|one, other| one.1.cmp(&other.1));
        Self { policy, keys, chance: rand::rng().random() }
    }

    /// Refuses a guess that has no place, without a write.
    ///
    /// # Errors
    /// `rate_limited` with the time to wait, or a failure of the database.
    pub(super) async fn look(&self, platform: &Platform) -> Result<(), Error> {
        let memory = store::throttle::read(platform.store().reader(), &self.key_texts()).await?;
        match self.decide(&memory, platform.now()) {
            Verdict::Refused(wait) => {
                platform.metrics().count_guess(self.policy.secret, "refused");
                Err(rate_limited(wait))
            }
            Verdict::Open(_) | Verdict::Closed(..) => Ok(()),
        }
    }

    fn key_texts(&self) -> Vec<String> {
        self.keys.iter().map(|(_, key)| key.clone()).collect()
    }

    fn decide(&self, memory: &HashMap<String, i64>, now: Timestamp) -> Verdict {
        let full_at = |scope| self.key(scope).map_or(FullAt::default(), |key| full_at(memory, key));
        self.policy.decide(full_at, now, self.chance)
    }

    fn key(&self, scope: Scope) -> Option<&str> {
        self.keys.iter().find(|(own, _)| *own == scope).map(|(_, key)| key.as_str())
    }

    /// The keys and budgets in which a guess counts, in the order of the keys.
    fn claims(&self, scopes: &[Scope]) -> Vec<(String, Budget)> {
        let counted = self.keys.iter().filter(|(scope, _)| scopes.contains(scope));
        counted.filter_map(|(scope, key)| Some((key.clone(), self.policy.budget(*scope)?))).collect()
    }
}

fn full_at(memory: &HashMap<String, i64>, key: &str) -> FullAt {
    FullAt(memory.get(key).copied().unwrap_or_default())
}

fn rate_limited(wait: i64) -> Error {
    Error::rate_limited(Duration::from_millis(wait.max(1).unsigned_abs()))
}

/// One guess that is admitted and counted.
pub(super) struct Guess {
    claims: Vec<(String, Budget)>,
    /// Where it is closed: the time until the next may be open.
    closed: Option<i64>,
}

impl Guess {
    /// Counts a guess, in a transaction that does nothing else.
    ///
    /// # Errors
    /// `rate_limited` with the time to wait, or a failure of the database.
    pub(super) async fn claim(platform: &Platform, gate: &Gate) -> Result<Self, Error> {
        let tx = platform.store().begin().await?;
        let (memory, now) = (store::throttle::lock(&*tx, &gate.key_texts()).await?, platform.now());
        let (scopes, closed) = match gate.decide(&memory, now) {
            Verdict::Open(scopes) => (scopes, None),
            Verdict::Closed(scopes, wait) => (scopes, Some(wait)),
            Verdict::Refused(wait) => {
                platform.metrics().count_guess(gate.policy.secret, "refused");
                return Err(rate_limited(wait));
            }
        };
        let claims = gate.claims(&scopes);
        let spent = claims.iter().map(|(key, own)| (key.clone(), own.spend(full_at(&memory, key), now).0));
        store::throttle::write(&*tx, spent.collect()).await?;
        if rand::rng().random::<f64>() < PRUNING {
            store::throttle::prune(&*tx, now).await?;
        }
        tx.commit().await?;
        let verdict = if closed.is_none() { "open" } else { "closed" };
        platform.metrics().count_guess(gate.policy.secret, verdict);
        Ok(Self { claims, closed })
    }

    /// Whether a right secret counts as right: always where the guess is open, else for an account that has signed in
    /// from this address before.
    pub(super) const fn is_heard(&self, is_known: bool) -> bool {
        self.closed.is_none() || is_known
    }

    /// The answer to a wrong secret, and to a right one that is not heard.
    pub(super) fn refusal(&self) -> Error {
        self.closed.map_or_else(Error::invalid_grant, rate_limited)
    }

    /// Gives the guess back: the secret was right.
    pub(super) async fn give_back(&self, db: &impl Connection) -> Result<(), Error> {
        let earlier = self.claims.iter().map(|(key, own)| (key.clone(), own.every));
        Ok(store::throttle::give_back(db, earlier.collect()).await?)
    }

    /// The same in a transaction of its own.
    pub(super) async fn give_back_alone(&self, platform: &Platform) -> Result<(), Error> {
        let tx = platform.store().begin().await?;
        self.give_back(&*tx).await?;
        Ok(tx.commit().await?)
    }
}

/// Carries work out to its end, also when the request that wants it is dropped: a client hangs up, or its time is over.
pub(super) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tokio::spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(failure) if failure.is_panic() => std::panic::resume_unwind(failure.into_panic()),
        Err(failure) => Err(Error::internal(failure)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_count_together() {
        let keys = |name: &str| Gate::password(name, Some("192.0.2.1")).keys;
        assert_eq!(keys(" Admin@Acme.example "), keys("admin@acme.example"));
        assert_ne!(keys("admin"), keys("admin2"));
        assert!(keys("hunter2").iter().all(|(_, key)| !key.contains("hunter2") && key.len() < 100));
    }
}
