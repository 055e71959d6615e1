//! Removes old data, so that the tables stay bounded.
//!
//! Responsible for one node at a time, in transactions of some hundred rows each. Refuses to block other requests:
//! after each transaction it pauses for as long as the transaction took.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use sea_orm::DbErr;

use super::Platform;
use super::error::Error;
use super::service::session::KNOWN_FOR;
use super::store::{self, Tx};

/// How long audit records are kept by default: half a year.
pub const AUDIT_RETENTION: SignedDuration = SignedDuration::from_hours(24 * 183);

/// How long a request can be repeated with its idempotency key.
const REPEATABLE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The time between two rounds.
const INTERVAL: Duration = Duration::from_mins(1);
/// How long one node has the turn: until shortly before its next round.
const TURN: SignedDuration = SignedDuration::from_secs(55);
/// The setting with the end of the present turn.
const TURN_ENDS: &str = "housekeeping_turn_ends";

/// The kinds of old data.
#[derive(Clone, Copy)]
enum Task {
    Tokens,
    Budgets,
    Addresses,
    Requests,
    Refusals,
    Records,
}

impl Task {
    const ALL: [Self; 6] =
        [Self::Tokens, Self::Budgets, Self::Addresses, Self::Requests, Self::Refusals, Self::Records];

    /// Removes some rows; returns how many.
    async fn step(self, tx: &Tx, now: Timestamp, retention: SignedDuration) -> Result<u64, DbErr> {
        let expiry = now.checked_sub(retention).unwrap_or(Timestamp::UNIX_EPOCH);
        match self {
            Self::Tokens => store::expiry::tokens(&**tx, now).await,
            Self::Budgets => store::throttle::prune(&**tx, now).await,
            Self::Addresses => store::expiry::addresses(&**tx, now - KNOWN_FOR).await,
            Self::Requests => store::expiry::requests(&**tx, now - REPEATABLE).await,
            Self::Refusals => store::expiry::refusals(&**tx, expiry).await,
            Self::Records => store::expiry::records(&**tx, expiry).await,
        }
    }
}

/// Removes old data once a minute, without end. Audit records are kept for the time `retention`.
pub async fn keep(platform: Platform, retention: SignedDuration) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        match tidy(&platform, retention).await {
            Ok(Some(removed)) if removed > 0 => {
                tracing::debug!(removed, "removed rows that had served their time");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "housekeeping failed; the next round tries again"),
        }
    }
}

/// As [`remove`], if no other node has the turn.
///
/// # Errors
/// A failure of the database.
pub async fn tidy(platform: &Platform, retention: SignedDuration) -> Result<Option<u64>, Error> {
    let now = platform.now();
    let tx = platform.store().begin().await?;
    let is_ours = store::setting::take_turn(&*tx, TURN_ENDS, now, now + TURN).await?;
    tx.commit().await?;
    if is_ours { remove(platform, retention).await.map(Some) } else { Ok(None) }
}

/// Removes all old data. Returns the number of rows.
///
/// # Errors
/// A failure of the database.
pub async fn remove(platform: &Platform, retention: SignedDuration) -> Result<u64, Error> {
    let now = platform.now();
    let mut removed = 0;
    for task in Task::ALL {
        loop {
            let begun = Instant::now();
            let tx = platform.store().begin().await?;
            let step = task.step(&tx, now, retention).await?;
            tx.commit().await?;
            removed += step;
            if step == 0 {
                break;
            }
            tokio::time::sleep(begun.elapsed()).await;
        }
    }
    Ok(removed)
}
