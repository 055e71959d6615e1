//! A simulation of the policy: attackers with a strategy guess the password of a name, and its owner tries to sign in
//! within a minute.
//!
//! Responsible for proving the figures in the module doc of [`super`]. Refuses a policy of its own: the real one
//! decides. Time and chance are simulated.

use std::collections::HashMap;

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::policy::{CODES, PASSWORDS, Policy, Verdict};
use super::{Gate, full_at};

const VICTIM: &str = "victim";
const HOME: &str = "192.0.2.1";
const MINUTE: i64 = 60_000;

/// The budgets in memory, a clock and a source of chance.
struct World {
    memory: HashMap<String, i64>,
    now: i64,
    random: StdRng,
}

/// Attackers that all do the same.
struct Attack {
    gates: Vec<Gate>,
    /// How long each waits between its guesses, in milliseconds.
    every: i64,
    /// How many guesses each makes at the same time.
    at_once: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        Self { memory: HashMap::new(), now: 1_800_000_000_000, random: StdRng::seed_from_u64(seed) }
    }

    fn time(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now).unwrap()
    }

    /// Decides on a guess and counts it.
    fn claim(&mut self, gate: &Gate) -> Verdict {
        let (now, chance) = (self.time(), self.random.random());
        let spent = |scope| gate.key(scope).map_or_else(Default::default, |key| full_at(&self.memory, key));
        let verdict = gate.policy.decide(spent, now, chance);
        if let Verdict::Open(scopes) | Verdict::Closed(scopes, _) = &verdict {
            for (key, own) in gate.claims(scopes) {
                let spent = own.spend(full_at(&self.memory, &key), now);
                self.memory.insert(key, spent.0);
            }
        }
        verdict
    }

    /// Continues the attack for one step of 50 ms; returns how many guesses were open and how many closed.
    fn attack(&mut self, attack: &Attack) -> (u32, u32) {
        let (mut open, mut closed) = (0, 0);
        for (index, gate) in attack.gates.iter().enumerate() {
            // Each has its own place in the interval.
            let offset = i64::try_from(index).unwrap() * 50;
            if (self.now + offset) % attack.every >= 50 {
                continue;
            }
            for _ in 0..attack.at_once {
                match self.claim(gate) {
                    Verdict::Open(_) => open += 1,
                    Verdict::Closed(..) => closed += 1,
                    Verdict::Refused(_) => {}
                }
            }
        }
        self.now += 50;
        (open, closed)
    }

    /// Whether the victim signs in within a minute. It tries again after the wait in the answer, at least every two
    /// seconds.
    fn gets_in(&mut self, attack: &Attack, victim: &Gate, is_known: bool) -> bool {
        let begun = self.now;
        let mut next = self.now + self.random.random_range(0..1000);
        while self.now < begun + MINUTE {
            self.attack(attack);
            if self.now < next {
                continue;
            }
            let wait = match self.claim(victim) {
                Verdict::Open(_) => return true,
                Verdict::Closed(..) if is_known => return true,
                Verdict::Closed(_, wait) | Verdict::Refused(wait) => wait,
            };
            next = self.now + wait.clamp(500, 2000) + self.random.random_range(0..300);
        }
        false
    }
}

fn gates(policy: &'static Policy, count: usize) -> Vec<Gate> {
    (0..count)
        .map(|index| Gate::new(policy, VICTIM, Some(&format!("198.51.{}.{}", index / 256, index % 256))))
        .collect()
}

/// Whether this is the full lane of the tests.
fn is_full() -> bool {
    std::env::var_os("SACTL_TEST_FULL").is_some_and(|value| value == "1")
}

/// How many games are played: more in the full lane.
fn games() -> u32 {
    if is_full() { 20 } else { 2 }
}

/// In how many of the games the victim gets in, after the attack has gone on for `before` minutes.
fn wins(policy: &'static Policy, attack: &Attack, address: &str, is_known: bool, before: i64) -> u32 {
    let victim = Gate::new(policy, VICTIM, Some(address));
    let game = |seed| {
        let mut world = World::new(seed);
        let begun = world.now;
        while world.now < begun + before * MINUTE {
            world.attack(attack);
        }
        world.gets_in(attack, &victim, is_known)
    };
    (0..games()).map(|seed| u32::from(game(seed.into()))).sum()
}

const BOTH: [&Policy; 2] = [&PASSWORDS, &CODES];

fn poller(policy: &'static Policy, address: &str) -> Attack {
    Attack { gates: vec![Gate::new(policy, VICTIM, Some(address))], every: 100, at_once: 1 }
}

/// Poll, hang up, parallel: one address never blocks another.
#[test]
fn victim_against_one_address_gets_in_from_any_other() {
    for policy in BOTH {
        for (every, at_once) in [(100, 1), (50, 1), (1000, 200)] {
            let attack = Attack { every, at_once, ..poller(policy, "198.51.100.7") };
            for is_known in [false, true] {
                let won = wins(policy, &attack, HOME, is_known, if is_full() { 20 } else { 8 });
                assert_eq!(won, games(), "{}, {every} ms", policy.secret);
            }
        }
    }
}

#[test]
fn victim_against_many_addresses_gets_in() {
    for (policy, count) in [(&PASSWORDS, 90), (&CODES, 18)] {
        let attack = Attack { gates: gates(policy, count), every: 1000, at_once: 1 };
        assert_eq!(wins(policy, &attack, HOME, false, 3), games(), "a new address, {}", policy.secret);
        let attack = Attack { gates: gates(policy, 1000), every: 1000, at_once: 1 };
        assert_eq!(wins(policy, &attack, HOME, true, 1), games(), "a known address, {}", policy.secret);
    }
}

/// The attacker sits behind the same address as the victim and asks ten times a second.
#[test]
fn victim_against_a_poller_at_its_own_known_address_gets_in_by_chance() {
    for (policy, before) in [(&PASSWORDS, 20), (&CODES, 5)] {
        let won = wins(policy, &poller(policy, HOME), HOME, true, before);
        assert!(won >= games() * 3 / 4, "{won} of {}, {}", games(), policy.secret);
    }
}

/// An attacker behind the same address makes 100 guesses a second at other names: a known account does not wait for the
/// address, and one that is new there gets in by chance.
#[test]
fn victim_behind_the_address_of_a_flood_gets_in() {
    let names = (0..200).map(|index| Gate::new(&PASSWORDS, &format!("name-{index}"), Some(HOME))).collect();
    let attack = Attack { gates: names, every: 10_000, at_once: 5 };
    assert_eq!(wins(&PASSWORDS, &attack, HOME, true, 5), games());
    // Few get in this way: too few to be seen in the fast lane.
    if is_full() {
        let won = wins(&PASSWORDS, &attack, HOME, false, 5);
        assert!(won >= 2, "{won} of 20 from a new address");
    }
}

#[test]
fn victim_after_an_attack_gets_in_at_once() {
    for policy in BOTH {
        let mut world = World::new(7);
        let attack = poller(policy, HOME);
        for _ in 0..20 * 60 * 5 {
            world.attack(&attack);
        }
        world.now += 2 * MINUTE;
        assert!(
            matches!(world.claim(&attack.gates[0]), Verdict::Open(_) | Verdict::Closed(..)),
            "{}",
            policy.secret
        );
    }
}

/// What the documentation says that an attacker gets in a day.
#[test]
fn guesses_of_a_day_are_bounded() {
    for (policy, strangers, known) in [(&PASSWORDS, 4720, 3240), (&CODES, 348, 588)] {
        let attacks = [(1, 500), (5, 2000)];
        for (count, every) in if is_full() { &attacks[..] } else { &attacks[..1] } {
            let (count, every) = (*count, *every);
            let mut world = World::new(1);
            let attack = Attack { gates: gates(policy, count), every, at_once: 2 };
            let (mut open, mut closed) = (0, 0);
            for _ in 0..24 * 60 * 60 * 20 {
                let heard = world.attack(&attack);
                open += heard.0;
                closed += heard.1;
            }
            assert!(open <= strangers, "{open} of strangers, {}", policy.secret);
            assert!(closed <= known * u32::try_from(count).unwrap(), "{closed} closed, {}", policy.secret);
            assert!(open > strangers / 4, "{open}: the game was not played");
        }
    }
}
