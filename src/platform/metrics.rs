//! Counters for Prometheus: requests by route and status, guesses by secret and verdict.
//!
//! Responsible for the counts of this process. Refuses labels that a client can choose: a path without a route counts
//! as `other`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Method, template of the path, and status.
pub(super) type Key = (String, String, u16);

/// Which secret a guess was for, and what the throttle decided.
pub(super) type Guess = (&'static str, &'static str);

/// The counters since the start of the process.
#[derive(Default)]
pub(super) struct Metrics {
    requests: Mutex<BTreeMap<Key, Requests>>,
    guesses: Mutex<BTreeMap<Guess, u64>>,
}

/// Requests of one kind.
#[derive(Clone, Copy, Default)]
pub(super) struct Requests {
    pub(super) count: u64,
    /// Their total duration.
    pub(super) time: Duration,
}

impl Metrics {
    /// Counts a request that was answered. `route` is the template of its path.
    pub(super) fn count(&self, method: &str, route: Option<&str>, status: u16, time: Duration) {
        let (method, route) = route.map_or(("other", "other"), |route| (method, route));
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = requests.entry((method.to_owned(), route.to_owned(), status)).or_default();
        entry.count += 1;
        entry.time += time;
    }

    /// The requests so far.
    pub(super) fn requests(&self) -> BTreeMap<Key, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts a guess at a secret.
    pub(super) fn count_guess(&self, secret: &'static str, verdict: &'static str) {
        let mut guesses = self.guesses.lock().unwrap_or_else(PoisonError::into_inner);
        *guesses.entry((secret, verdict)).or_default() += 1;
    }

    /// The guesses so far.
    pub(super) fn guesses(&self) -> BTreeMap<Guess, u64> {
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
