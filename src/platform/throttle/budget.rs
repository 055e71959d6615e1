//! A budget: a number of guesses that refills with time. Times are in milliseconds.
//!
//! Responsible for the arithmetic of one budget. Refuses a clock: the time is an argument.

use jiff::Timestamp;

/// The most by which the clocks of nodes differ.
const CLOCKS_DIFFER: i64 = 10 * 60 * 1000;

/// What is kept of a budget that is in use: when it will be full again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FullAt(pub(super) i64);

/// The number of guesses of a full budget, and the time in which one is refilled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) burst: i64,
    pub(super) every: i64,
    /// How many of its guesses are kept for others.
    kept: i64,
}

impl Budget {
    pub(super) const fn new(burst: i64, every: i64) -> Self {
        Self { burst, every, kept: 0 }
    }

    /// The same without its last `reserve` guesses.
    pub(super) const fn without(self, reserve: i64) -> Self {
        Self { kept: reserve, ..self }
    }

    /// The time that is missing until the budget is full. What is further ahead than guesses can reach was written by
    /// a clock that was wrong: it counts as nothing, or the account would wait until that time. Clocks of nodes may
    /// differ a little.
    fn missing(self, full_at: FullAt, now: Timestamp) -> i64 {
        let most = (self.burst + 1) * self.every;
        let missing = full_at.0.saturating_sub(now.as_millisecond()).max(0);
        if missing > most + CLOCKS_DIFFER { 0 } else { missing.min(most) }
    }

    /// What is left, as the time in which it came back.
    fn left(self, full_at: FullAt, now: Timestamp) -> i64 {
        (self.burst - self.kept) * self.every - self.missing(full_at, now)
    }

    /// Whether it admits a guess. A guess that has come back in part is admitted by chance, in proportion to that part:
    /// who asks again and again, or at the very moment, has no claim to it. `chance` is from 0 up to 1.
    #[expect(clippy::cast_precision_loss, reason = "some hours in milliseconds are exact")]
    pub(super) fn admits(self, full_at: FullAt, now: Timestamp, chance: f64) -> bool {
        let left = self.left(full_at, now);
        left >= self.every || (left > 0 && chance * (self.every as f64) < left as f64)
    }

    /// How long it takes until a guess is admitted for certain.
    pub(super) fn wait(self, full_at: FullAt, now: Timestamp) -> i64 {
        (self.every - self.left(full_at, now)).max(0)
    }

    /// The budget after one more guess.
    pub(super) fn spend(self, full_at: FullAt, now: Timestamp) -> FullAt {
        let most = (self.burst + 1) * self.every;
        FullAt(now.as_millisecond() + (self.missing(full_at, now) + self.every).min(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: Budget = Budget::new(3, 1000);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + millis).unwrap()
    }

    #[test]
    fn guesses_are_spent_and_come_back() {
        let mut full_at = FullAt::default();
        for _ in 0..3 {
            assert!(THREE.admits(full_at, at(0), 0.99));
            full_at = THREE.spend(full_at, at(0));
        }
        assert!(!THREE.admits(full_at, at(0), 0.0), "all three are spent");
        assert_eq!(THREE.wait(full_at, at(0)), 1000);
        assert!(THREE.admits(full_at, at(400), 0.3), "four tenths came back");
        assert!(!THREE.admits(full_at, at(400), 0.5));
        assert!(THREE.admits(full_at, at(1000), 0.99));
        let early = THREE.spend(full_at, at(400));
        assert!(!THREE.admits(early, at(1000), 0.0), "what was taken early comes back late");
        assert_eq!(early.0 - THREE.every, full_at.0, "a guess that is given back leaves no trace");
    }

    #[test]
    fn clock_that_was_set_back_costs_no_more_than_the_whole_budget() {
        let near = FullAt(at(300_000).as_millisecond());
        assert!(!THREE.admits(near, at(0), 0.0), "a node whose clock is slow has no guesses of its own");
        assert_eq!(THREE.spend(near, at(0)).0 - at(0).as_millisecond(), 4000);
        let spent = FullAt(at(900_000).as_millisecond());
        let large = Budget::new(400, 20_000).without(399);
        assert!(!large.admits(spent, at(0), 0.0), "what is kept for others is spent in order");
        let far = FullAt(at(3_600_000).as_millisecond());
        assert!(THREE.admits(far, at(0), 0.99), "it would be refused for an hour");
        assert_eq!(THREE.spend(far, at(0)).0 - at(0).as_millisecond(), 1000);
    }
}
