//! Counters for Prometheus: requests by route and status, guesses by secret and verdict.
//!
//! Responsible for the counts of this process. Refuses labels that a client can choose: a path without a route and an
//! unusual method count as `other`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

/// Method, template of the path, and status.
pub(super) type Key = (&'static str, Arc<str>, u16);

/// The label of everything else.
const OTHER: &str = "other";
/// The methods with series of their own. HTTP knows any word as one.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

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
    pub(super) fn count(&self, method: &Method, route: Option<&str>, status: u16, time: Duration) {
        let known = METHODS.into_iter().find(|known| route.is_some() && method == known);
        let key = (known.unwrap_or(OTHER), Arc::from(route.unwrap_or(OTHER)), status);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = requests.entry(key).or_default();
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
