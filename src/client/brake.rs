//! One pause for all requests of a session.
//!
//! Responsible for requests that run side by side: when the server asks one of them to wait, none of them sends before
//! that time. Refuses to make a request wait longer than it may take.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Until when nothing is sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Brake(Arc<Mutex<Option<Instant>>>);

impl Brake {
    /// Nothing is sent for `wait` from now on.
    pub(super) fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |other| other.max(until)));
    }

    /// Waits until something may be sent, at most until `deadline`.
    pub(super) async fn wait(&self, deadline: Instant) {
        while let Some(until) = self.until(Instant::now(), deadline) {
            tokio::time::sleep_until(until).await;
        }
    }

    /// Until when to wait from `now` on; `None` where something may be sent.
    fn until(&self, now: Instant, deadline: Instant) -> Option<Instant> {
        let held = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.map(|until| until.min(deadline)).filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_wait_for_the_longest_pause_and_no_longer_than_they_may() {
        let seconds = Duration::from_secs;
        let (brake, now) = (Brake::default(), Instant::now());
        assert_eq!(brake.until(now, now + seconds(90)), None);
        brake.hold(seconds(50));
        brake.hold(seconds(20));
        let until = brake.clone().until(now, now + seconds(90)).unwrap();
        assert!(until >= now + seconds(50) && until < now + seconds(90));
        assert_eq!(brake.until(now, now + seconds(9)), Some(now + seconds(9)));
        assert_eq!(brake.until(now + seconds(95), now + seconds(99)), None);
    }
}
