//! Whether the platform can work. It tries a write, because a database on a full or failing disk still answers reads.
//!
//! Responsible for one trial write at a time, whose success counts for a second, so that frequent checks cost the
//! database little. Refuses to wait longer than a bounded time.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::DbErr;
use tokio::sync::Mutex;

use super::error::Error;

/// How long a success counts.
const FRESH: Duration = Duration::from_secs(1);
/// Time limit for the outcome.
const PATIENCE: Duration = Duration::from_secs(5);

/// A write that is tried when it is needed.
pub(super) trait Write: Future<Output = Result<(), DbErr>> + Send + 'static {}

impl<F: Future<Output = Result<(), DbErr>> + Send + 'static> Write for F {}

/// When the last write succeeded.
#[derive(Default)]
pub(super) struct Readiness(Arc<Mutex<Option<Instant>>>);

impl Readiness {
    /// Checks that a write succeeds now, or has succeeded within the last second.
    pub(super) async fn ask(&self, write: impl Write) -> Result<(), Error> {
        let outcome = tokio::time::timeout(PATIENCE, self.outcome(write)).await;
        outcome.unwrap_or_else(|_| Err(Error::busy(FRESH)))
    }

    async fn outcome(&self, write: impl Write) -> Result<(), Error> {
        let mut last = Arc::clone(&self.0).lock_owned().await;
        if last.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(());
        }
        // In its own task the write ends even if the client disconnects: at most one write hangs.
        let attempt = tokio::spawn(async move {
            let outcome = write.await;
            *last = outcome.is_ok().then(Instant::now);
            outcome
        });
        Ok(attempt.await.map_err(Error::internal)??)
    }
}
