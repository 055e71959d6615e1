//! Whose password is hashed next.
//!
//! Responsible for fair turns by address and by name: a request is served as if each address and each name had a queue
//! of its own, and these took turns. Refuses what does not fit; a full queue makes room for a request of a party that
//! waits less, at the cost of the latest request of the party that waits most.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::hash::RandomState;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::platform::ids::PrincipalId;

/// The numbers of this process, so that no chosen name can meet another.
static NUMBERS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The party that needs a hash: an address and a name, each as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::platform) struct Party {
    address: u64,
    name: u64,
}

impl Party {
    /// Who signs in as `name` from `address`.
    pub(in crate::platform) fn new(address: Option<&str>, name: &str) -> Self {
        let name = name.trim().to_lowercase();
        Self { address: NUMBERS.hash_one(("address", address)), name: NUMBERS.hash_one(("name", name)) }
    }

    /// A caller who is signed in, apart from every sign-in.
    pub(in crate::platform) fn signed_in(caller: PrincipalId) -> Self {
        let number = NUMBERS.hash_one(("caller", caller.0));
        Self { address: number, name: number }
    }

    const fn flows(self) -> [Flow; 2] {
        [Flow::Address(self.address), Flow::Name(self.name)]
    }
}

/// What takes turns with its like.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Flow {
    Address(u64),
    Name(u64),
}

/// The queue.
pub(super) struct Queue {
    /// How many are served at the same time.
    served: usize,
    /// How many wait at most.
    places: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    computing: usize,
    next: u64,
    /// The round of the request that was served last.
    round: u64,
    /// The first round in which each flow is served again, where that is later than the present one.
    after: HashMap<Flow, u64>,
    waiting: Vec<Waiting>,
}

struct Waiting {
    id: u64,
    party: Party,
    /// When it is served: requests of one flow are in different rounds, one after the other.
    round: u64,
    /// Tells that the turn has come; missing until the request waits for it.
    call: Option<oneshot::Sender<Turn>>,
}

/// The right to compute; given back when dropped.
pub(super) struct Turn(Arc<Queue>);

/// A place in the queue; given back when dropped.
pub(in crate::platform) struct Place {
    queue: Arc<Queue>,
    id: u64,
}

impl Queue {
    pub(super) fn new(served: usize, places: usize) -> Arc<Self> {
        Arc::new(Self { served, places, state: Mutex::default() })
    }

    /// Takes a place; `None` when the queue is full.
    pub(super) fn enter(self: &Arc<Self>, party: Party) -> Option<Place> {
        let mut state = self.state();
        if state.waiting.len() >= self.places {
            let leaving = state.in_favour_of(party)?;
            state.waiting.remove(leaving);
        }
        let (id, round) = (state.next, state.round_of(party));
        state.next += 1;
        state.waiting.push(Waiting { id, party, round, call: None });
        Some(Place { queue: Arc::clone(self), id })
    }

    /// Whether a place is free for the party, or would be made free.
    pub(super) fn has_room_for(&self, party: Party) -> bool {
        let state = self.state();
        state.waiting.len() < self.places || state.in_favour_of(party).is_some()
    }

    /// How many wait, and how many are served.
    pub(super) fn load(&self) -> (usize, usize) {
        let state = self.state();
        (state.waiting.len(), state.computing)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls those whose turn has come.
    fn call(self: &Arc<Self>) {
        loop {
            let Some(call) = self.state().next_of(self.served) else { return };
            // A turn that its caller does not take any more is dropped, and so given back.
            drop(call.send(Turn(Arc::clone(self))));
        }
    }
}

impl State {
    /// The first round in which no other request of the same address or name is served.
    fn round_of(&self, party: Party) -> u64 {
        let shares =
            |other: &&Waiting| other.party.address == party.address || other.party.name == party.name;
        let behind = self.waiting.iter().filter(shares).map(|other| other.round + 1).max();
        let after = party.flows().into_iter().filter_map(|flow| self.after.get(&flow).copied()).max();
        self.round.max(behind.unwrap_or(0)).max(after.unwrap_or(0))
    }

    /// The place in the list of a request that leaves a full queue for `newcomer`: the latest of the party that waits
    /// most, if that party has more places than `newcomer` would have.
    fn in_favour_of(&self, newcomer: Party) -> Option<usize> {
        let mut places: HashMap<Flow, usize> = HashMap::new();
        for flow in self.waiting.iter().map(|waiting| waiting.party).chain([newcomer]).flat_map(Party::flows)
        {
            *places.entry(flow).or_default() += 1;
        }
        let load = |party: Party| {
            let [address, name] = party.flows().map(|flow| places.get(&flow).copied().unwrap_or(0));
            (address.max(name), address.min(name))
        };
        let most =
            self.waiting.iter().enumerate().max_by_key(|(_, waiting)| (load(waiting.party), waiting.id));
        most.filter(|(_, waiting)| load(waiting.party) > load(newcomer)).map(|(place, _)| place)
    }

    /// Removes and returns the request that is served next, if there is room and one is waiting.
    fn next_of(&mut self, served: usize) -> Option<oneshot::Sender<Turn>> {
        if self.computing >= served {
            return None;
        }
        let ready = self.waiting.iter().enumerate().filter(|(_, waiting)| waiting.call.is_some());
        let (place, _) = ready.min_by_key(|(_, waiting)| (waiting.round, waiting.id))?;
        let Waiting { party, round, call, .. } = self.waiting.remove(place);
        self.computing += 1;
        self.round = self.round.max(round);
        for flow in party.flows() {
            self.after.insert(flow, round + 1);
        }
        let present = self.round;
        self.after.retain(|_, after| *after > present);
        call
    }
}

impl Place {
    /// Waits for the turn; `None` when the place went to another request.
    pub(super) async fn turn(self) -> Option<Turn> {
        let (call, called) = oneshot::channel();
        self.queue.state().waiting.iter_mut().find(|waiting| waiting.id == self.id)?.call = Some(call);
        self.queue.call();
        called.await.ok()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.state().waiting.retain(|waiting| waiting.id != self.id);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.state().computing -= 1;
        self.0.call();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(address: &str, name: &str) -> Party {
        Party::new(Some(address), name)
    }

    /// Whose turns come in which order, when all have entered before the first is served.
    async fn order(parties: &[(&'static str, &'static str)]) -> Vec<&'static str> {
        let queue = Queue::new(1, parties.len());
        let first = queue.enter(party("none", "none")).unwrap().turn().await.unwrap();
        let places: Vec<_> = parties
            .iter()
            .map(|(address, name)| (*name, queue.enter(party(address, name)).unwrap()))
            .collect();
        let served = Mutex::new(Vec::new());
        let wait = async |name, place: Place| {
            let turn = place.turn().await.unwrap();
            served.lock().unwrap().push(name);
            drop(turn);
        };
        let all = futures_util::future::join_all(places.into_iter().map(|(name, place)| wait(name, place)));
        tokio::join!(all, async { drop(first) });
        assert_eq!(queue.load(), (0, 0));
        served.into_inner().unwrap()
    }

    /// S18: an honest sign-in waited behind all sign-ins of a flood.
    #[tokio::test]
    async fn request_from_another_address_is_served_before_the_rest_of_a_flood() {
        let flood = [("bad", "a"), ("bad", "b"), ("bad", "c"), ("good", "honest"), ("good", "second")];
        assert_eq!(order(&flood).await, ["a", "honest", "b", "second", "c"]);
    }

    /// S18: the same for a flood of one name from many addresses.
    #[tokio::test]
    async fn request_for_another_name_is_served_before_the_rest_of_a_flood() {
        let flood = [("1", "victim"), ("2", "victim"), ("3", "victim"), ("4", "honest")];
        assert_eq!(order(&flood).await, ["victim", "honest", "victim", "victim"]);
    }

    /// One who comes again and again is served no sooner than one who waits.
    #[tokio::test]
    async fn request_that_follows_one_that_was_served_waits_for_its_round() {
        let queue = Queue::new(1, 8);
        let turn = queue.enter(party("poller", "poller")).unwrap().turn().await.unwrap();
        let waiting = [queue.enter(party("good", "x")).unwrap(), queue.enter(party("good", "y")).unwrap()];
        let again = queue.enter(party("poller", "poller")).unwrap();
        let rounds: Vec<_> = queue.state().waiting.iter().map(|waiting| waiting.round).collect();
        assert_eq!(rounds, [0, 1, 1]);
        drop((turn, waiting, again));
        assert_eq!(queue.load(), (0, 0));
    }

    /// A throttled sign-in that finds the queue full was refused only after it had put another out.
    #[tokio::test]
    async fn looking_for_room_changes_nothing() {
        let queue = Queue::new(1, 2);
        let _busy = queue.enter(party("none", "none")).unwrap().turn().await.unwrap();
        let _waiting = [queue.enter(party("proxy", "a")).unwrap(), queue.enter(party("proxy", "b")).unwrap()];
        let state = || queue.state().waiting.iter().map(|one| (one.id, one.round)).collect::<Vec<_>>();
        let before = state();
        assert!(queue.has_room_for(party("other", "throttled")));
        assert!(!queue.has_room_for(party("proxy", "c")));
        assert_eq!(state(), before);
    }

    #[test]
    fn no_sign_in_shares_a_flow_with_a_caller_who_is_signed_in() {
        let caller = Party::signed_in(PrincipalId(5));
        for name in ["5", "principal 5", "caller"] {
            assert!(party(name, name).flows().iter().all(|flow| !caller.flows().contains(flow)));
        }
    }

    #[tokio::test]
    async fn full_queue_makes_room_for_those_who_wait_less() {
        let queue = Queue::new(1, 3);
        let _busy = queue.enter(party("none", "none")).unwrap().turn().await.unwrap();
        let mut flood: Vec<_> = ["a", "b", "c"].map(|name| queue.enter(party("bad", name)).unwrap()).into();
        assert!(queue.enter(party("bad", "d")).is_none(), "a flood displaces itself");
        let _honest = queue.enter(party("good", "honest")).unwrap();
        assert!(flood.pop().unwrap().turn().await.is_none(), "the latest of the flood keeps its place");
        assert!(queue.enter(party("bad", "d")).is_none());
        let _other = queue.enter(party("other", "honest-too")).unwrap();
        assert!(
            queue.enter(party("third", "third")).is_none(),
            "no party waits more than the newcomer would"
        );
        assert_eq!(queue.load(), (3, 1));
    }

    /// Of one address, for example that of a company's proxy, a name that asks rarely comes before one that floods.
    #[tokio::test]
    async fn full_queue_makes_room_for_a_rare_name_of_the_same_address() {
        let queue = Queue::new(1, 2);
        let _busy = queue.enter(party("none", "none")).unwrap().turn().await.unwrap();
        let _flood =
            [queue.enter(party("proxy", "bad")).unwrap(), queue.enter(party("proxy", "bad")).unwrap()];
        assert!(queue.enter(party("proxy", "bad")).is_none());
        assert!(queue.enter(party("proxy", "honest")).is_some());
    }

    #[tokio::test]
    async fn turn_of_a_caller_who_is_gone_is_given_back() {
        let queue = Queue::new(1, 8);
        let turn = queue.enter(party("a", "a")).unwrap().turn().await.unwrap();
        let mut gone = Box::pin(queue.enter(party("b", "b")).unwrap().turn());
        assert!(futures_util::poll!(&mut gone).is_pending());
        let mut next = Box::pin(queue.enter(party("c", "c")).unwrap().turn());
        assert!(futures_util::poll!(&mut next).is_pending());
        drop(turn);
        drop(gone);
        assert!(next.await.is_some());
        assert_eq!(queue.load(), (0, 0));
    }
}
