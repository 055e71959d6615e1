//! What is counted for Prometheus: requests by route and status.
//!
//! Responsible for the numbers of this process. Refuses to keep what a client chose: a path that no route has is `other`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Method, template of the path, and status.
pub(super) type Key = (String, String, u16);

/// Requests since the start.
#[derive(Default)]
pub(super) struct Metrics(Mutex<BTreeMap<Key, Requests>>);

/// Requests of one kind.
#[derive(Clone, Copy, Default)]
pub(super) struct Requests {
    pub(super) count: u64,
    /// How long they took together.
    pub(super) time: Duration,
}

impl Metrics {
    /// Counts a request that was answered. `route` is the template of its path.
    pub(super) fn count(&self, method: &str, route: Option<&str>, status: u16, time: Duration) {
        let (method, route) = route.map_or(("other", "other"), |route| (method, route));
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = requests.entry((method.to_owned(), route.to_owned(), status)).or_default();
        entry.count += 1;
        entry.time += time;
    }

    /// What was counted so far.
    pub(super) fn requests(&self) -> BTreeMap<Key, Requests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
