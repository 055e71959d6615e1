//! Password hashes: Argon2id with 19 MiB, two passes and one lane, computed on threads of their own.
//!
//! Responsible for fair turns in a bounded queue. Refuses a request when too many are waiting, so that a flood of
//! sign-ins does not slow down callers who are signed in.
//!
//! As many hashes are computed at once as the machine has cores. Turns are fair by address and name ([`queue`]): a
//! flood from elsewhere does not keep an honest user out. Guesses are counted in their turn and before the hash
//! ([`super::throttle`]): parallel guesses cannot outrun the counter.

mod queue;
mod threads;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand::RngExt as _;
use subtle::ConstantTimeEq as _;

use self::queue::Queue;
pub(super) use self::queue::{Party, Place};
use self::threads::Threads;
use super::error::Error;
use crate::domain::Password;

/// How many requests may wait for each hash that is computed: about one second.
const WAITING_FOR_EACH: usize = 64;

/// The hash that is verified for an unknown name, so that it costs as much as a known one.
pub(super) const UNKNOWN: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                                 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Computes password hashes.
pub(super) struct Hasher {
    queue: Arc<Queue>,
    threads: Threads,
    computed: AtomicU64,
}

/// The right to compute one hash, until it is dropped.
#[derive(Clone)]
pub(super) struct Turn {
    _turn: Arc<queue::Turn>,
}

impl Hasher {
    /// Starts the threads.
    ///
    /// # Errors
    /// Fails if the system cannot start a thread.
    pub(super) fn new() -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        // While some requests compute, as many others count their guess.
        let queue = Queue::new(2 * cores, cores * WAITING_FOR_EACH);
        Ok(Self { queue, threads: Threads::start(cores)?, computed: AtomicU64::default() })
    }

    /// How many hashes were handed to the threads so far.
    pub(super) fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// How many requests wait for their turn, and how many have their turn.
    pub(super) fn load(&self) -> (usize, usize) {
        self.queue.load()
    }

    /// Refuses a party for which the queue has no room, as [`Self::place`] would.
    ///
    /// # Errors
    /// `unavailable` if too many hashes are waiting.
    pub(super) fn look(&self, party: Party) -> Result<(), Error> {
        if self.queue.has_room_for(party) { Ok(()) } else { Err(busy()) }
    }

    /// Takes a place in the queue.
    ///
    /// # Errors
    /// `unavailable` if too many hashes are waiting.
    pub(super) fn place(&self, party: Party) -> Result<Place, Error> {
        self.queue.enter(party).ok_or_else(busy)
    }

    /// The hash of a new password, as a PHC string with a new salt, computed in a turn of `party`.
    ///
    /// # Errors
    /// `unavailable` if too many hashes are waiting.
    pub(super) async fn hash(&self, party: Party, password: Password) -> Result<String, Error> {
        let turn = turn(self.place(party)?).await?;
        self.compute(&turn, move |memory| new_hash(&password, memory)).await
    }

    /// Whether the password has this hash.
    pub(super) async fn verify(&self, turn: &Turn, password: Password, hash: &str) -> Result<bool, Error> {
        let hash = hash.to_owned();
        self.compute(turn, move |memory| verify(&password, &hash, memory)).await
    }

    async fn compute<T: Send + 'static>(
        &self,
        turn: &Turn,
        work: impl FnOnce(&mut Vec<Block>) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.computed.fetch_add(1, Ordering::Relaxed);
        let turn = turn.clone();
        // The work owns the turn: a client that disconnects does not free it before the work is done.
        let work = move |memory: &mut Vec<Block>| {
            let result = work(memory);
            drop(turn);
            result
        };
        self.threads.run(work).await.and_then(|result| result).map_err(Error::internal)
    }
}

/// Waits until a place has its turn.
///
/// # Errors
/// `unavailable` if the place was given to a party that has waited less.
pub(super) async fn turn(place: Place) -> Result<Turn, Error> {
    let turn = place.turn().await.ok_or_else(busy)?;
    Ok(Turn { _turn: Arc::new(turn) })
}

fn busy() -> Error {
    Error::busy(Duration::from_secs(1))
}

fn new_hash(password: &Password, memory: &mut Vec<Block>) -> anyhow::Result<String> {
    let random: [u8; Salt::RECOMMENDED_LENGTH] = rand::rng().random();
    let salt = Salt::new(&random)?;
    let params = Params::DEFAULT;
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    fill(password, salt.as_ref(), Version::V0x13, &params, memory, &mut output)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(salt),
        hash: Some(Output::new(&output)?),
    };
    Ok(hash.to_string())
}

fn verify(password: &Password, hash: &str, memory: &mut Vec<Block>) -> anyhow::Result<bool> {
    let hash = parse(hash)?;
    let mut output = vec![0; hash.expected.as_bytes().len()];
    fill(password, hash.salt.as_ref(), hash.version, &hash.params, memory, &mut output)?;
    Ok(output.ct_eq(hash.expected.as_bytes()).into())
}

fn fill(
    password: &Password,
    salt: &[u8],
    version: Version,
    params: &Params,
    memory: &mut Vec<Block>,
    output: &mut [u8],
) -> anyhow::Result<()> {
    memory.resize(params.block_count(), Block::new());
    let argon2 = Argon2::new(Algorithm::Argon2id, version, params.clone());
    let password = password.expose().as_bytes();
    let done = argon2.hash_password_into_with_memory(password, salt, output, memory);
    done.map_err(|error| anyhow::anyhow!("argon2: {error}"))
}

struct Parsed {
    version: Version,
    params: Params,
    salt: Salt,
    expected: Output,
}

/// Most memory of a hash that is accepted from a seed file, in KiB: 1 GiB.
const MOST_MEMORY: u32 = 1024 * 1024;

fn parse(hash: &str) -> anyhow::Result<Parsed> {
    let hash = PasswordHash::new(hash).context("not a password hash in PHC form")?;
    anyhow::ensure!(hash.algorithm == Algorithm::Argon2id.ident(), "not an Argon2id hash");
    let version =
        Version::try_from(hash.version.unwrap_or(0x13)).map_err(|error| anyhow::anyhow!("{error}"))?;
    let params = Params::try_from(&hash).context("parameters of the hash")?;
    anyhow::ensure!(params.m_cost() <= MOST_MEMORY, "the hash needs more than 1 GiB of memory");
    Ok(Parsed {
        version,
        params,
        salt: hash.salt.context("the hash has no salt")?,
        expected: hash.hash.context("the hash is missing")?,
    })
}

/// Checks that a foreign hash can be verified here.
pub(super) fn check(hash: &str) -> anyhow::Result<()> {
    parse(hash).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anyone() -> Party {
        Party::new(None, "anyone")
    }

    #[tokio::test]
    async fn hashes_verify_and_differ() {
        let hasher = Hasher::new().unwrap();
        let first = hasher.hash(anyone(), Password::new("Sandbox-1234!")).await.unwrap();
        let second = hasher.hash(anyone(), Password::new("Sandbox-1234!")).await.unwrap();
        let turn = turn(hasher.place(anyone()).unwrap()).await.unwrap();
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert_ne!(first, second);
        assert!(hasher.verify(&turn, Password::new("Sandbox-1234!"), &first).await.unwrap());
        assert!(!hasher.verify(&turn, Password::new("Sandbox-1234! "), &first).await.unwrap());
        assert!(!hasher.verify(&turn, Password::new("Sandbox-1234!"), UNKNOWN).await.unwrap());
        assert_eq!(hasher.computed(), 5);
    }

    #[tokio::test]
    async fn what_does_not_fit_in_the_queue_is_refused() {
        let hasher = Hasher::new().unwrap();
        let taken: Vec<_> = std::iter::from_fn(|| hasher.place(anyone()).ok()).collect();
        let refused = hasher.hash(anyone(), Password::new("Sandbox-1234!")).await.unwrap_err();
        assert_eq!(refused.code, crate::api::Code::Unavailable);
        assert!(refused.retry_after.is_some());
        drop(taken);
        assert!(hasher.hash(anyone(), Password::new("Sandbox-1234!")).await.is_ok());
    }

    #[test]
    fn foreign_hashes_are_checked() {
        assert!(check(UNKNOWN).is_ok());
        for bad in ["", "secret", "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAA"] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check(&UNKNOWN.replace("19456", "2000000")).is_err());
    }
}
