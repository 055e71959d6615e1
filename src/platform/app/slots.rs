//! The slots for connections.
//!
//! Responsible for a share of slots for every address, so that a new address always finds a slot. Refuses no
//! connection: a new one takes the slot of the most idle one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::activity::Activity;
use super::budget::{MemoryBudget, TotalBudget};
use crate::platform::address::network;

/// The limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections that are open at the same time.
    pub connections: usize,
    /// Those of them that may come from one address; an IPv6 network of 64 bits is one address.
    pub per_address: usize,
    /// How long a connection lives on which neither a request nor a piece of an answer makes progress.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 1024, per_address: 256, idle: Duration::from_secs(30) }
    }
}

impl Limits {
    /// The same limits with no more connections than `open_files` allows; the database needs some of these files.
    pub(super) fn within(self, open_files: usize) -> Self {
        let connections = self.connections.min(open_files.saturating_sub(256).max(64));
        Self { connections, per_address: self.per_address.min(connections / 2), ..self }
    }
}

/// All slots.
pub(super) struct Slots {
    limits: Limits,
    memory: TotalBudget,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    count: usize,
    /// The connections of each address.
    addresses: HashMap<IpAddr, HashMap<u64, Arc<Activity>>>,
}

/// The slot of one connection, free again when it is dropped.
pub(super) struct Slot {
    pub(super) slots: Arc<Slots>,
    network: IpAddr,
    id: u64,
    pub(super) activity: Arc<Activity>,
    pub(super) memory: MemoryBudget,
}

impl Slots {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, memory: TotalBudget::new(), open: Mutex::default() })
    }

    /// Gives a connection from `address` a slot, where needed that of another connection. A trusted proxy has the
    /// connections of many clients, and may take all slots.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr, is_proxy: bool) -> Slot {
        let (network, activity) = (network(address), Activity::new());
        let mut open = self.open();
        if !is_proxy && open.held_by(network) >= self.limits.per_address {
            open.close_most_idle_of(network);
        } else if open.count >= self.limits.connections {
            open.close_one();
        }
        let id = open.next;
        open.next += 1;
        open.count += 1;
        open.addresses.entry(network).or_default().insert(id, Arc::clone(&activity));
        let memory = self.memory_of(address);
        Slot { slots: Arc::clone(self), network, id, activity, memory }
    }

    /// The memory that the requests of a client may take.
    pub(super) fn memory_of(&self, client: IpAddr) -> MemoryBudget {
        self.memory.for_address(client)
    }

    /// Ends the most idle connection of the address that has most connections.
    pub(super) fn close_one(&self) {
        self.open().close_one();
    }

    pub(super) fn idle(&self) -> Duration {
        self.limits.idle
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn held_by(&self, network: IpAddr) -> usize {
        self.addresses.get(&network).map_or(0, HashMap::len)
    }

    fn close_one(&mut self) {
        let largest = self.addresses.iter().max_by_key(|(_, connections)| connections.len());
        if let Some(network) = largest.map(|(network, _)| *network) {
            self.close_most_idle_of(network);
        }
    }

    fn close_most_idle_of(&mut self, network: IpAddr) {
        let Some(connections) = self.addresses.get(&network) else { return };
        let most_idle = connections.iter().min_by_key(|(_, activity)| activity.last());
        if let Some((id, activity)) = most_idle.map(|(id, activity)| (*id, Arc::clone(activity))) {
            activity.close();
            self.remove(network, id);
        }
    }

    fn remove(&mut self, network: IpAddr, id: u64) {
        let Some(connections) = self.addresses.get_mut(&network) else { return };
        if connections.remove(&id).is_some() {
            self.count -= 1;
        }
        if connections.is_empty() {
            self.addresses.remove(&network);
        }
    }
}

impl Slot {
    /// Returns the slot and takes one of another address.
    pub(super) fn moved(self, address: IpAddr, is_proxy: bool) -> Self {
        let slots = Arc::clone(&self.slots);
        drop(self);
        slots.admit(address, is_proxy)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.open().remove(self.network, self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(slots: &Arc<Slots>, address: &str) -> Slot {
        slots.admit(address.parse().unwrap(), false)
    }

    fn is_open(slot: &Slot) -> bool {
        let open = slot.slots.open();
        open.addresses.get(&slot.network).is_some_and(|connections| connections.contains_key(&slot.id))
    }

    #[test]
    fn ipv6_network_is_one_address() {
        let slots = Slots::new(Limits { per_address: 1, ..Limits::default() });
        let (first, same) = (admit(&slots, "2001:db8::1"), admit(&slots, "2001:db8::2"));
        let other = admit(&slots, "2001:db8:1::1");
        assert!(!is_open(&first) && is_open(&same) && is_open(&other));
    }

    #[test]
    fn full_slots_cost_the_address_with_most_connections() {
        let slots = Slots::new(Limits { connections: 4, per_address: 3, ..Limits::default() });
        let honest = admit(&slots, "192.0.2.1");
        let hostile: Vec<_> = (0..3).map(|_| admit(&slots, "192.0.2.2")).collect();
        let newcomer = admit(&slots, "192.0.2.3");
        assert!(is_open(&honest) && is_open(&newcomer) && !is_open(&hostile[0]) && is_open(&hostile[1]));
    }

    #[test]
    fn trusted_proxy_may_take_all_slots() {
        let slots = Slots::new(Limits { connections: 4, per_address: 1, ..Limits::default() });
        let proxied: Vec<_> = (0..4).map(|_| slots.admit("192.0.2.1".parse().unwrap(), true)).collect();
        assert!(proxied.iter().all(is_open));
    }

    #[test]
    fn few_open_files_bound_the_connections() {
        let limits = Limits::default().within(512);
        assert_eq!((limits.connections, limits.per_address), (256, 128));
        assert_eq!(Limits::default().within(1 << 20).connections, Limits::default().connections);
    }
}
