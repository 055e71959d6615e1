//! The memory that requests, their bodies and long answers may take.
//!
//! Responsible for three budgets, each with a limit for one address and a limit for all. Refuses what is beyond them,
//! but never the only request of a connection with a short body and a short answer: connections are bounded already.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::platform::address::network;

/// Bytes of further requests on connections that have one in progress, each counted as [`REQUEST`]: for one address,
/// and for all.
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

/// Memory that is reserved until this is dropped.
#[derive(Debug)]
pub struct Reservation {
    _permits: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
    /// The share of the address lives as long as anything of it is in use.
    _share: Option<Arc<Share>>,
}

impl Reservation {
    /// That of what is not counted.
    const NOTHING: Self = Self { _permits: None, _share: None };
}

/// What one address, or what all addresses together, may take.
#[derive(Debug)]
struct Share {
    requests: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    answers: Arc<Semaphore>,
}

fn semaphore(bytes: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(bytes / UNIT))
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

/// The budget of all addresses together, and the share of each address.
#[derive(Debug)]
pub(super) struct TotalBudget {
    all: Arc<Share>,
    addresses: Mutex<HashMap<IpAddr, Weak<Share>>>,
}

impl TotalBudget {
    pub(super) fn new() -> Self {
        let all = Share {
            requests: semaphore(REQUESTS.1),
            bodies: semaphore(BODIES.1),
            answers: semaphore(ANSWERS.1),
        };
        Self { all: Arc::new(all), addresses: Mutex::default() }
    }

    /// The share of one address.
    pub(super) fn for_address(&self, address: IpAddr) -> MemoryBudget {
        let network = network(address);
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let used = addresses.get(&network).and_then(Weak::upgrade);
        let share = used.unwrap_or_else(|| {
            let share = Arc::new(Share {
                requests: semaphore(REQUESTS.0),
                bodies: semaphore(BODIES.0),
                answers: semaphore(ANSWERS.0),
            });
            addresses.retain(|_, share| share.strong_count() > 0);
            addresses.insert(network, Arc::downgrade(&share));
            share
        });
        MemoryBudget { is_only_request: false, share, all: Arc::clone(&self.all) }
    }
}

/// The budget of one address. Every request carries it.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    is_only_request: bool,
    share: Arc<Share>,
    all: Arc<Share>,
}

impl MemoryBudget {
    /// The same for a request, which may be the only one in progress on its connection.
    #[must_use]
    pub(super) fn of_request(&self, is_only_request: bool) -> Self {
        Self { is_only_request, ..self.clone() }
    }

    /// Reserves memory for a request; `None` immediately if no memory is left.
    pub fn reserve_request(&self) -> Option<Reservation> {
        if self.is_only_request {
            return Some(Reservation::NOTHING);
        }
        self.try_reserve(&self.share.requests, &self.all.requests, REQUEST)
    }

    /// Reserves memory for a body; waits a bounded time for it.
    pub async fn reserve_body(&self, bytes: usize) -> Option<Reservation> {
        if bytes <= SHORT_BODY {
            return Some(Reservation::NOTHING);
        }
        let reserve = async {
            let address = Arc::clone(&self.share.bodies).acquire_many_owned(units(bytes)).await.ok()?;
            let all = Arc::clone(&self.all.bodies).acquire_many_owned(units(bytes)).await.ok()?;
            Some(self.reservation(address, all))
        };
        tokio::time::timeout(PATIENCE, reserve).await.ok().flatten()
    }

    /// Reserves memory for an answer; `None` immediately if no memory is left: the answer is in memory already, so that
    /// waiting would save nothing.
    pub fn reserve_answer(&self, bytes: usize) -> Option<Reservation> {
        self.try_reserve(&self.share.answers, &self.all.answers, bytes)
    }

    fn try_reserve(&self, own: &Arc<Semaphore>, all: &Arc<Semaphore>, bytes: usize) -> Option<Reservation> {
        let own = Arc::clone(own).try_acquire_many_owned(units(bytes)).ok()?;
        let all = Arc::clone(all).try_acquire_many_owned(units(bytes)).ok()?;
        Some(self.reservation(own, all))
    }

    fn reservation(&self, own: OwnedSemaphorePermit, all: OwnedSemaphorePermit) -> Reservation {
        Reservation { _permits: Some((own, all)), _share: Some(Arc::clone(&self.share)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(total: &TotalBudget, address: &str) -> MemoryBudget {
        total.for_address(address.parse().unwrap())
    }

    #[test]
    fn answers_of_one_address_leave_memory_for_another() {
        let total = TotalBudget::new();
        let (first, other) = (of(&total, "192.0.2.1"), of(&total, "192.0.2.2"));
        let reserved = first.reserve_answer(ANSWERS.0).unwrap();
        assert!(of(&total, "192.0.2.1").reserve_answer(1).is_none());
        assert!(other.reserve_answer(ANSWERS.0).is_some());
        drop(reserved);
        assert!(first.reserve_answer(1).is_some());
    }

    #[test]
    fn share_of_an_address_ends_with_its_last_use() {
        let total = TotalBudget::new();
        let reserved = of(&total, "192.0.2.1").reserve_answer(ANSWERS.0).unwrap();
        drop(of(&total, "192.0.2.2"));
        assert!(of(&total, "192.0.2.1").reserve_answer(1).is_none(), "a new share beside the one in use");
        drop(reserved);
        drop(of(&total, "192.0.2.3"));
        assert_eq!(total.addresses.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn body_waits_for_memory() {
        let budget = of(&TotalBudget::new(), "192.0.2.1");
        let reserved = budget.reserve_body(BODIES.0).await.unwrap();
        let (waiting, ()) = tokio::join!(budget.reserve_body(SHORT_BODY + 1), async { drop(reserved) });
        assert!(waiting.is_some());
    }

    #[tokio::test]
    async fn only_request_with_a_short_body_never_waits() {
        let budget = of(&TotalBudget::new(), "192.0.2.1");
        let further: Vec<_> = std::iter::from_fn(|| budget.reserve_request()).collect();
        let _bodies = budget.reserve_body(BODIES.0).await.unwrap();
        assert_eq!(further.len(), REQUESTS.0 / REQUEST);
        assert!(budget.of_request(false).reserve_request().is_none());
        let only = budget.of_request(true);
        assert!(only.reserve_request().is_some() && only.reserve_body(SHORT_BODY).await.is_some());
    }
}
