//! The memory that requests, their bodies and long answers may take.
//!
//! Responsible for three budgets, each with a limit for one address and a limit for all. Refuses what is beyond them,
//! but never the only request of a connection with a short body and a short answer: connections are bounded already.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of further requests on connections that have one under way, each as [`REQUEST`]: of one address, and of all.
const REQUESTS: (usize, usize) = (8 * MIB, 16 * MIB);
/// Most bytes of one request without its body: headers, and what its handling needs.
const REQUEST: usize = 32 * 1024;
const MIB: usize = 1024 * 1024;
/// Bytes of request bodies in memory: of one address, and of all.
const BODIES: (usize, usize) = (4 * MIB, 8 * MIB);
/// Bytes of long answers in memory: of one address, and of all.
const ANSWERS: (usize, usize) = (12 * MIB, 24 * MIB);
/// A body of at most so many bytes is part of its request.
const SHORT_BODY: usize = 4 * 1024;
/// Bytes are counted in units of this size.
const UNIT: usize = 1024;
/// How long a body waits for memory.
const PATIENCE: Duration = Duration::from_secs(10);

/// Memory that is set aside until this is dropped.
#[derive(Debug)]
pub struct Reservation {
    _permits: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
}

impl Reservation {
    /// That of what is not counted.
    const NOTHING: Self = Self { _permits: None };
}

/// One limit for an address and one for all addresses.
#[derive(Clone, Debug)]
struct Budget {
    address: Arc<Semaphore>,
    all: Arc<Semaphore>,
}

impl Budget {
    fn try_reserve(&self, bytes: usize) -> Option<Reservation> {
        let address = Arc::clone(&self.address).try_acquire_many_owned(units(bytes)).ok()?;
        let all = Arc::clone(&self.all).try_acquire_many_owned(units(bytes)).ok()?;
        Some(Reservation { _permits: Some((address, all)) })
    }

    async fn reserve(&self, bytes: usize) -> Option<Reservation> {
        let address = Arc::clone(&self.address).acquire_many_owned(units(bytes)).await.ok()?;
        let all = Arc::clone(&self.all).acquire_many_owned(units(bytes)).await.ok()?;
        Some(Reservation { _permits: Some((address, all)) })
    }
}

fn semaphore(bytes: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(bytes / UNIT))
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

/// What all addresses together may take.
#[derive(Debug)]
pub(super) struct TotalBudget {
    requests: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    answers: Arc<Semaphore>,
}

impl TotalBudget {
    pub(super) fn new() -> Self {
        Self { requests: semaphore(REQUESTS.1), bodies: semaphore(BODIES.1), answers: semaphore(ANSWERS.1) }
    }

    /// The part of one address.
    pub(super) fn for_address(&self) -> MemoryBudget {
        MemoryBudget {
            is_only_request: false,
            requests: Budget { address: semaphore(REQUESTS.0), all: Arc::clone(&self.requests) },
            bodies: Budget { address: semaphore(BODIES.0), all: Arc::clone(&self.bodies) },
            answers: Budget { address: semaphore(ANSWERS.0), all: Arc::clone(&self.answers) },
        }
    }
}

/// What one address may take. Every request carries the budget of its address.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    is_only_request: bool,
    requests: Budget,
    bodies: Budget,
    answers: Budget,
}

impl MemoryBudget {
    /// The same for a request; says whether it is the only one under way on its connection.
    #[must_use]
    pub(super) fn of_request(&self, is_only_request: bool) -> Self {
        Self { is_only_request, ..self.clone() }
    }

    /// Sets memory aside for a request, or says at once that there is none.
    pub fn reserve_request(&self) -> Option<Reservation> {
        if self.is_only_request { Some(Reservation::NOTHING) } else { self.requests.try_reserve(REQUEST) }
    }

    /// Sets memory aside for a body; waits a bounded time for it.
    pub async fn reserve_body(&self, bytes: usize) -> Option<Reservation> {
        if bytes <= SHORT_BODY {
            return Some(Reservation::NOTHING);
        }
        tokio::time::timeout(PATIENCE, self.bodies.reserve(bytes)).await.ok().flatten()
    }

    /// Sets memory aside for an answer, or says at once that there is none: the answer is in memory already, so
    /// that waiting would save nothing.
    pub fn reserve_answer(&self, bytes: usize) -> Option<Reservation> {
        self.answers.try_reserve(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_one_address_leave_memory_for_another() {
        let total = TotalBudget::new();
        let (first, other) = (total.for_address(), total.for_address());
        let reserved = first.reserve_answer(ANSWERS.0).unwrap();
        assert!(first.reserve_answer(1).is_none());
        assert!(other.reserve_answer(ANSWERS.0).is_some());
        drop(reserved);
        assert!(first.reserve_answer(1).is_some());
    }

    #[tokio::test]
    async fn body_waits_for_memory() {
        let budget = TotalBudget::new().for_address();
        let reserved = budget.reserve_body(BODIES.0).await.unwrap();
        let (waiting, ()) = tokio::join!(budget.reserve_body(SHORT_BODY + 1), async { drop(reserved) });
        assert!(waiting.is_some());
    }

    #[tokio::test]
    async fn only_request_with_a_short_body_never_waits() {
        let budget = TotalBudget::new().for_address();
        let further: Vec<_> = std::iter::from_fn(|| budget.reserve_request()).collect();
        let _bodies = budget.reserve_body(BODIES.0).await.unwrap();
        assert_eq!(further.len(), REQUESTS.0 / REQUEST);
        assert!(budget.of_request(false).reserve_request().is_none());
        let only = budget.of_request(true);
        assert!(only.reserve_request().is_some() && only.reserve_body(SHORT_BODY).await.is_some());
    }
}
