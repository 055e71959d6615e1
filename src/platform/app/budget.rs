//! The memory that requests, their bodies and long answers may take.
//!
//! Responsible for three budgets, each with a limit for one address and a limit for all. Refuses what is beyond them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of requests under way, of which each counts as [`REQUEST`]: of one address, and of all.
const REQUESTS: (usize, usize) = (16 * MIB, 32 * MIB);
/// Most bytes of one request without its body: headers, and what its handling needs.
const REQUEST: usize = 32 * 1024;
const MIB: usize = 1024 * 1024;
/// Bytes of request bodies in memory: of one address, and of all.
const BODIES: (usize, usize) = (8 * MIB, 16 * MIB);
/// Bytes of long answers in memory: of one address, and of all.
const ANSWERS: (usize, usize) = (12 * MIB, 24 * MIB);
/// Bytes are counted in units of this size.
const UNIT: usize = 1024;
/// How long a body waits for memory.
const PATIENCE: Duration = Duration::from_secs(10);

/// Memory that is set aside until this is dropped.
#[derive(Debug)]
pub struct Reservation {
    _permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
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
        Some(Reservation { _permits: (address, all) })
    }

    async fn reserve(&self, bytes: usize) -> Option<Reservation> {
        let address = Arc::clone(&self.address).acquire_many_owned(units(bytes)).await.ok()?;
        let all = Arc::clone(&self.all).acquire_many_owned(units(bytes)).await.ok()?;
        Some(Reservation { _permits: (address, all) })
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
            requests: Budget { address: semaphore(REQUESTS.0), all: Arc::clone(&self.requests) },
            bodies: Budget { address: semaphore(BODIES.0), all: Arc::clone(&self.bodies) },
            answers: Budget { address: semaphore(ANSWERS.0), all: Arc::clone(&self.answers) },
        }
    }
}

/// What one address may take. Every request carries the budget of its address.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    requests: Budget,
    bodies: Budget,
    answers: Budget,
}

impl MemoryBudget {
    /// Sets memory aside for a request, or says at once that there is none.
    pub fn reserve_request(&self) -> Option<Reservation> {
        self.requests.try_reserve(REQUEST)
    }

    /// Sets memory aside for a body; waits a bounded time for it.
    pub async fn reserve_body(&self, bytes: usize) -> Option<Reservation> {
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
        let (waiting, ()) = tokio::join!(budget.reserve_body(1), async { drop(reserved) });
        assert!(waiting.is_some());
    }
}
