//! The requests and answers in progress on one connection, and when one of them last made progress.
//!
//! Responsible for deciding when a connection has been idle too long. Refuses to count pings, window updates and
//! incomplete request heads as progress: only requests and pieces of answers count.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// The activity of one connection.
pub(super) struct Activity {
    state: Mutex<State>,
    closing: Notify,
}

struct State {
    has_request: bool,
    /// Requests without an answer yet. Each has a time limit of its own.
    requests: usize,
    /// Answers that the peer has not read whole, each with the time when it last read a piece.
    answers: HashMap<u64, Instant>,
    next: u64,
    last: Instant,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        let state =
            State { has_request: false, requests: 0, answers: HashMap::new(), next: 0, last: Instant::now() };
        Arc::new(Self { state: Mutex::new(state), closing: Notify::new() })
    }

    /// Notes a request, which is in progress until the guard is dropped.
    pub(super) fn begin_request(self: &Arc<Self>) -> RequestGuard {
        let mut state = self.state();
        state.has_request = true;
        state.requests += 1;
        state.last = Instant::now();
        RequestGuard(Arc::clone(self))
    }

    /// Notes an answer, which is in progress until the guard is dropped.
    pub(super) fn begin_answer(self: &Arc<Self>) -> AnswerGuard {
        let mut state = self.state();
        let id = state.next;
        state.next += 1;
        state.answers.insert(id, Instant::now());
        AnswerGuard { activity: Arc::clone(self), id }
    }

    /// Whether any request has arrived.
    pub(super) fn has_request(&self) -> bool {
        self.state().has_request
    }

    /// When a request or a piece of an answer last made progress.
    pub(super) fn last(&self) -> Instant {
        self.state().last
    }

    /// Ends the connection.
    pub(super) fn close(&self) {
        self.closing.notify_one();
    }

    /// Ready when the connection must end: it was idle for the time `idle`, or it was closed.
    pub(super) async fn ended(&self, idle: Duration) {
        loop {
            let due = self.due(idle);
            if due <= Instant::now() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep_until(due) => {}
                () = self.closing.notified() => return,
            }
        }
    }

    /// The earliest time at which the connection may have been idle too long.
    fn due(&self, idle: Duration) -> Instant {
        let state = self.state();
        match state.answers.values().min() {
            Some(read) => *read + idle,
            None if state.requests > 0 => Instant::now() + idle,
            None => state.last + idle,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request without an answer yet.
pub(super) struct RequestGuard(Arc<Activity>);

impl RequestGuard {
    /// Whether the connection has no other request or answer in progress.
    pub(super) fn is_only(&self) -> bool {
        let state = self.0.state();
        state.requests == 1 && state.answers.is_empty()
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests -= 1;
        state.last = Instant::now();
    }
}

/// An answer that the peer has not read whole.
pub(super) struct AnswerGuard {
    activity: Arc<Activity>,
    id: u64,
}

impl AnswerGuard {
    /// Notes that the peer has read a piece.
    pub(super) fn progress(&self) {
        let now = Instant::now();
        let mut state = self.activity.state();
        state.answers.insert(self.id, now);
        state.last = now;
    }
}

impl Drop for AnswerGuard {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.answers.remove(&self.id);
        state.last = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(30);

    #[test]
    fn connection_without_a_request_ends() {
        let activity = Activity::new();
        assert_eq!(activity.due(IDLE), activity.last() + IDLE);
        assert!(!activity.has_request());
    }

    #[test]
    fn request_keeps_the_connection_and_an_unread_answer_does_not() {
        let activity = Activity::new();
        let request = activity.begin_request();
        assert!(request.is_only());
        let asked = Instant::now();
        assert!(activity.due(IDLE) >= asked + IDLE);
        let (stuck, other) = (activity.begin_answer(), activity.begin_answer());
        assert!(!request.is_only() && !activity.begin_request().is_only());
        let stuck_since = activity.due(IDLE);
        drop(request);
        other.progress();
        assert_eq!(activity.due(IDLE), stuck_since, "progress of one answer hides a stuck one");
        drop(stuck);
        other.progress();
        assert_eq!(activity.due(IDLE), activity.last() + IDLE);
    }

    #[tokio::test]
    async fn closed_connection_ends_at_once() {
        let activity = Activity::new();
        activity.close();
        activity.ended(IDLE).await;
        assert!(activity.due(IDLE) > Instant::now());
    }
}
