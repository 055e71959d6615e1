//! Slows down guessing. Failures are counted in the database, so that restarts and other nodes do not help.
//!
//! A few failures are free; each further one doubles the time until the next guess, up to a minute, and a
//! quarter of an hour without failures forgets them. Nobody is locked out for good: whoever waits gets their
//! guess, and guesses from an address from which somebody has signed in before are counted apart, so that a
//! stranger's guesses do not stand in their way.

use std::net::{IpAddr, Ipv6Addr};

use jiff::{SignedDuration, Timestamp};

use super::Platform;
use super::error::Error;
use super::ids::PrincipalId;
use super::store::throttle::Count;
use super::store::{self, Connection};

/// Without failures for so long, the earlier ones are forgotten.
const MEMORY: SignedDuration = SignedDuration::from_mins(15);
/// The longest time between two guesses.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);
/// Free failures of one name.
const FREE_FOR_A_NAME: u32 = 10;
/// Free failures of one address, behind which there may be many people.
const FREE_FOR_AN_ADDRESS: u32 = 100;
/// Free failures of one-time codes, of which there are only a million.
const FREE_FOR_CODES: u32 = 5;

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    key: String,
    free: u32,
}

impl Bucket {
    /// Guesses at a name from addresses that are not known to belong to its bearer. Case and surrounding
    /// white space make no other name of it.
    pub(super) fn name(name: &str) -> Self {
        let mut key = name.trim().to_lowercase().replace('\0', "\u{fffd}");
        // A name that is too long to exist shares its counter with its like: keys stay small.
        key.truncate(key.floor_char_boundary(256));
        Self { key: format!("name {key}"), free: FREE_FOR_A_NAME }
    }

    /// Guesses at somebody from an address from which they have signed in before.
    pub(super) fn familiar(principal: PrincipalId, address: &str) -> Self {
        Self { key: format!("familiar {} {address}", principal.0), free: FREE_FOR_A_NAME }
    }

    /// Guesses from an address, at whatever name.
    pub(super) fn address(address: &str) -> Self {
        Self { key: format!("address {address}"), free: FREE_FOR_AN_ADDRESS }
    }

    /// Guesses at one-time codes by somebody who knows the password.
    pub(super) fn codes(principal: PrincipalId) -> Self {
        Self { key: format!("codes {}", principal.0), free: FREE_FOR_CODES }
    }
}

/// The form in which an address is counted: an IPv6 network of 64 bits is one address.
pub(super) fn canonical(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            format!("{}/64", Ipv6Addr::from_bits(network))
        }
    }
}

/// One guess that was admitted and whose outcome is to be told.
pub(super) struct Guess {
    buckets: Vec<Bucket>,
    /// Those that counted the guess as failed when they admitted it.
    claimed: Vec<Bucket>,
    has_failures: bool,
}

impl Guess {
    /// Admits a guess that counts in `buckets`. Where failures are no longer free the guess is counted as one
    /// at once, so that of several at the same time only one is admitted.
    ///
    /// # Errors
    /// `rate_limited` with the time to wait.
    pub(super) async fn admit(platform: &Platform, buckets: Vec<Bucket>) -> Result<Self, Error> {
        let now = platform.now();
        let keys: Vec<_> = buckets.iter().map(|bucket| bucket.key.clone()).collect();
        let counts = store::throttle::read(platform.store().reader(), &keys).await?;
        let mut slow = Vec::new();
        for (bucket, count) in pairs(&buckets, &counts) {
            match admission(bucket.free, count, now) {
                Admission::Free => {}
                Admission::After(wait) => return Err(Error::rate_limited(wait.unsigned_abs())),
                Admission::Alone => slow.push((bucket.clone(), count)),
            }
        }
        let mut claimed = Vec::new();
        if !slow.is_empty() {
            let tx = platform.store().begin().await?;
            for (bucket, count) in slow {
                if !store::throttle::claim(&*tx, count, now).await? {
                    return Err(Error::rate_limited(delay(bucket.free, count.failures).unsigned_abs()));
                }
                claimed.push(bucket);
            }
            tx.commit().await?;
        }
        Ok(Self { buckets, claimed, has_failures: !counts.is_empty() })
    }

    /// Whether it was admitted without being counted.
    pub(super) fn was_free(&self) -> bool {
        self.claimed.is_empty()
    }

    /// Counts the guess as failed.
    pub(super) async fn failed(&self, db: &impl Connection, now: Timestamp) -> Result<(), Error> {
        let stale = now - MEMORY;
        for bucket in self.buckets.iter().filter(|bucket| !self.claimed.contains(bucket)) {
            store::throttle::add(db, &bucket.key, now, stale).await?;
        }
        Ok(store::throttle::prune(db, stale).await?)
    }

    /// Forgets the failures of `bucket`, whose secret was given now.
    pub(super) async fn succeeded(&self, db: &impl Connection, bucket: &Bucket) -> Result<(), Error> {
        if self.has_failures {
            store::throttle::clear(db, &bucket.key).await?;
        }
        Ok(())
    }
}

fn pairs<'a>(buckets: &'a [Bucket], counts: &'a [Count]) -> impl Iterator<Item = (&'a Bucket, &'a Count)> {
    let count_of = |bucket: &Bucket| counts.iter().find(|count| count.bucket == bucket.key);
    buckets.iter().filter_map(move |bucket| count_of(bucket).map(|count| (bucket, count)))
}

#[derive(Debug, PartialEq, Eq)]
enum Admission {
    /// Come in.
    Free,
    /// Come in, but nobody else until the outcome is known.
    Alone,
    /// Not before so long.
    After(SignedDuration),
}

fn admission(free: u32, count: &Count, now: Timestamp) -> Admission {
    let since = now.duration_since(count.updated_at);
    if count.failures < free || since > MEMORY {
        return Admission::Free;
    }
    let wait = delay(free, count.failures) - since;
    // A clock that was set back must not lock anybody out.
    if wait > SignedDuration::ZERO { Admission::After(wait.min(LONGEST)) } else { Admission::Alone }
}

fn delay(free: u32, failures: u32) -> SignedDuration {
    let doublings = failures.saturating_sub(free).min(6);
    SignedDuration::from_secs(1 << doublings).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(failures: u32) -> Count {
        Count { bucket: String::new(), failures, updated_at: Timestamp::UNIX_EPOCH }
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn failures_are_free_then_slow_then_forgotten() {
        assert_eq!(admission(10, &count(9), after(0)), Admission::Free);
        assert_eq!(admission(10, &count(10), after(0)), Admission::After(SignedDuration::from_secs(1)));
        assert_eq!(admission(10, &count(10), after(1)), Admission::Alone);
        assert_eq!(admission(10, &count(13), after(3)), Admission::After(SignedDuration::from_secs(5)));
        assert_eq!(admission(10, &count(u32::MAX), after(0)), Admission::After(LONGEST));
        assert_eq!(admission(10, &count(u32::MAX), after(60)), Admission::Alone);
        assert_eq!(admission(10, &count(u32::MAX), after(901)), Admission::Free);
        assert_eq!(admission(10, &count(10), after(-9999)), Admission::After(LONGEST));
    }

    #[test]
    fn spellings_of_one_name_and_addresses_of_one_network_count_together() {
        assert_eq!(Bucket::name(" Admin@Acme.example "), Bucket::name("admin@acme.example"));
        assert_ne!(Bucket::name("admin"), Bucket::name("admin2"));
        assert!(Bucket::name(&"é".repeat(9000)).key.len() < 300);
        assert_eq!(canonical("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
        assert_eq!(canonical("2001:db8::1".parse().unwrap()), canonical("2001:db8::ffff:1".parse().unwrap()));
    }
}
