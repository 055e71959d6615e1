//! The platform: the server side of the contract, behind the feature of the same name.
//!
//! Responsible for one handle to database, password hasher and clock. Refuses to define rules: [`crate::domain`] has
//! them.
//!
//! `service` has the use cases and their transactions and knows neither HTTP nor SQL; `store` has the queries, named by
//! intent, one code path for SQLite and PostgreSQL; `context`, `authn`, `authz`, `hash`, `throttle` and `audit` are
//! shared by the use cases.

mod address;
pub mod app;
mod audit;
pub mod authn;
mod authz;
pub mod config;
pub mod context;
pub mod error;
mod hash;
mod hex;
pub mod housekeeping;
pub mod ids;
mod last_use;
mod metrics;
mod readiness;
pub mod router;
mod routes;
pub mod service;
mod store;
mod throttle;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use jiff::{Timestamp, Unit};
use rand::RngExt as _;

pub use config::{DatabaseUrl, Observer};
pub use error::Error;
use hash::Hasher;
use last_use::Uses;
use metrics::Metrics;
use readiness::Readiness;
use store::Store;
pub use store::look::Schema;

/// A source of the current time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A running platform: its database, its password hasher and its clock. Clones share all of them.
#[derive(Clone)]
pub struct Platform {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    hasher: Hasher,
    clock: Clock,
    /// The key that seals cursors; the same on every node.
    cursor_key: String,
    uses: Uses,
    metrics: Metrics,
    is_draining: AtomicBool,
    readiness: Readiness,
}

impl Platform {
    /// Opens the database, creating a SQLite file that is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// The database cannot be opened or brought up to date.
    pub async fn open(database: &DatabaseUrl) -> anyhow::Result<Self> {
        Self::open_with_clock(database, Arc::new(Timestamp::now)).await
    }

    /// As [`Platform::open`], with another clock than that of the machine.
    ///
    /// # Errors
    /// The database cannot be opened or brought up to date.
    pub async fn open_with_clock(database: &DatabaseUrl, clock: Clock) -> anyhow::Result<Self> {
        Self::open_observed(database, clock, None).await
    }

    /// As [`Platform::open`], with an observer of all statements, for tests of how they are carried out.
    ///
    /// # Errors
    /// The database cannot be opened or brought up to date.
    pub async fn open_observed(
        database: &DatabaseUrl,
        clock: Clock,
        observer: Option<Observer>,
    ) -> anyhow::Result<Self> {
        let store = Store::open(database, observer).await?;
        let fresh: [u8; 32] = rand::rng().random();
        let tx = store.begin().await?;
        let cursor_key = store::setting::get_or_insert(&*tx, CURSOR_KEY, &hex::hex(&fresh)).await?;
        tx.commit().await.context("cannot write to the database")?;
        let inner = Inner {
            store,
            hasher: Hasher::new()?,
            clock,
            cursor_key,
            uses: Uses::default(),
            metrics: Metrics::default(),
            is_draining: AtomicBool::new(false),
            readiness: Readiness::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The current time, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        let now = (self.inner.clock)();
        now.round(jiff::TimestampRound::new().smallest(Unit::Millisecond).mode(jiff::RoundMode::Trunc))
            .unwrap_or(now)
    }

    /// Inspects a database without changing it.
    ///
    /// # Errors
    /// The database cannot be opened, or is not of this release.
    pub async fn look(database: &DatabaseUrl) -> anyhow::Result<Schema> {
        store::look::look(database).await
    }

    /// Returns free space of the database to the system. Writes wait until then.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn vacuum(&self) -> Result<(), Error> {
        Ok(self.store().vacuum().await?)
    }

    /// Notes that the platform is about to stop: from now on it is not ready.
    pub fn drain(&self) {
        self.inner.is_draining.store(true, Ordering::Relaxed);
    }

    fn is_draining(&self) -> bool {
        self.inner.is_draining.load(Ordering::Relaxed)
    }

    /// Checks that the database accepts writes, and that the platform is not about to stop.
    ///
    /// # Errors
    /// `unavailable` or `internal`.
    pub async fn ready(&self) -> Result<(), Error> {
        if self.is_draining() {
            return Err(Error::stopping());
        }
        let platform = self.clone();
        self.inner.readiness.ask(async move { platform.store().try_write().await }).await
    }

    /// How many password hashes were computed so far.
    pub fn hashes_computed(&self) -> u64 {
        self.inner.hasher.computed()
    }

    /// How many requests wait for their turn to hash a password, and how many have their turn.
    pub fn hash_queue(&self) -> (usize, usize) {
        self.inner.hasher.load()
    }

    /// Ends all connections to the database, after the last request was answered.
    pub async fn close(self) {
        let close = async {
            let written = self.uses().write(self.store()).await;
            self.store().close().await.and(written)
        };
        match tokio::time::timeout(CLOSING, close).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the database was not closed in order"),
            Err(_) => tracing::warn!("the database was not closed in time"),
        }
    }

    fn store(&self) -> &Store {
        &self.inner.store
    }

    fn hasher(&self) -> &Hasher {
        &self.inner.hasher
    }

    fn cursor_key(&self) -> &str {
        &self.inner.cursor_key
    }

    fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    fn uses(&self) -> &Uses {
        &self.inner.uses
    }
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Platform").finish_non_exhaustive()
    }
}

/// Time limit for closing the database: a disk that hangs does not keep the process alive.
const CLOSING: Duration = Duration::from_secs(5);

/// The setting with the key of cursors; a seed locks it too.
const CURSOR_KEY: &str = "cursor_key";
