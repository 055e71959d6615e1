//! Whether the platform can work: a write is tried, because a disk that is full or fails still answers reads.
//!
//! One write is tried at a time, and its success counts for a second: asking often costs the database little.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::DbErr;
use tokio::sync::Mutex;

use super::error::Error;

/// How long a success counts.
const FRESH: Duration = Duration::from_secs(1);
/// How long the one who asks waits for the outcome.
const PATIENCE: Duration = Duration::from_secs(5);

/// A write that is tried when it is needed.
pub(super) trait Write: Future<Output = Result<(), DbErr>> + Send + 'static {}

impl<F: Future<Output = Result<(), DbErr>> + Send + 'static> Write for F {}

/// When the last write succeeded.
#[derive(Default)]
pub(super) struct Readiness(Arc<Mutex<Option<Instant>>>);

impl Readiness {
    /// Whether a write is kept now, or was within the last second.
    pub(super) async fn ask(&self, write: impl Write) -> Result<(), Error> {
        let outcome = tokio::time::timeout(PATIENCE, self.outcome(write)).await;
        outcome.unwrap_or_else(|_| Err(Error::busy(FRESH)))
    }

    async fn outcome(&self, write: impl Write) -> Result<(), Error> {
        let mut last = Arc::clone(&self.0).lock_owned().await;
        if last.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(());
        }
        // In a task of its own it comes to an end also when the one who asked is gone: a write that hangs is one.
        let attempt = tokio::spawn(async move {
            let outcome = write.await;
            *last = outcome.is_ok().then(Instant::now);
            outcome
        });
        Ok(attempt.await.map_err(Error::internal)??)
    }
}
