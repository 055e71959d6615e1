//! A sign-in that failed.

use crate::platform::throttle::Guess;
use crate::platform::{Error, Platform};

/// Counts a failed guess, in a transaction that does nothing else.
pub(super) async fn count_failure(platform: &Platform, guess: &Guess) -> Result<(), Error> {
    let tx = platform.store().begin().await?;
    guess.failed(&*tx, platform.now()).await?;
    Ok(tx.commit().await?)
}
