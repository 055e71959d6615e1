//! The policy: which budgets a guess needs.
//!
//! Responsible for the decision as a pure function of budgets, time and a random number. Refuses I/O and a clock.

use jiff::Timestamp;

use super::budget::{Budget, FullAt};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// The longest wait in the answer to a refused caller, in milliseconds.
const LONGEST_WAIT: i64 = MINUTE;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// One name from one address.
    Pair,
    /// The first guesses at a name from an address.
    Newcomer,
    /// One name, from wherever.
    Name,
    /// One name from one address when the budget of the name or of the address is spent.
    Known,
    /// One address, at whatever name.
    Address,
    /// One address when the budget of a name or of the address is spent: what the platform computes for it.
    Hearing,
}

impl Scope {
    pub(super) const ALL: [Self; 6] =
        [Self::Pair, Self::Newcomer, Self::Name, Self::Known, Self::Address, Self::Hearing];
}

/// The budgets of one kind of secret; a scope without a budget does not count.
#[derive(Debug)]
pub(super) struct Policy {
    /// Part of the keys of the budgets.
    pub(super) secret: &'static str,
    pub(super) pair: Budget,
    pub(super) newcomer: Option<Budget>,
    pub(super) name: Option<Budget>,
    /// How many guesses of the name are kept for newcomers.
    pub(super) reserve: i64,
    pub(super) known: Option<Budget>,
    pub(super) address: Option<Budget>,
    pub(super) hearing: Option<Budget>,
}

/// Passwords at the sign-in.
pub(super) const PASSWORDS: Policy = Policy {
    secret: "password",
    pair: Budget::new(10, SECOND),
    newcomer: Some(Budget::new(3, HOUR)),
    name: Some(Budget::new(400, 20 * SECOND)),
    reserve: 300,
    known: Some(Budget::new(1800, MINUTE)),
    address: Some(Budget::new(100, 2 * SECOND)),
    hearing: Some(Budget::new(20, SECOND / 10)),
};

/// One-time codes, of which there are only a million, after a right password.
pub(super) const CODES: Policy = Policy {
    secret: "code",
    pair: Budget::new(5, 2 * SECOND),
    newcomer: Some(Budget::new(2, HOUR)),
    name: Some(Budget::new(60, 5 * MINUTE)),
    reserve: 40,
    known: Some(Budget::new(300, 5 * MINUTE)),
    address: None,
    hearing: None,
};

/// A password that a caller with a token has to give once more.
pub(super) const SIGNED_IN: Policy = Policy {
    secret: "signed-in",
    pair: Budget::new(100, MINUTE),
    newcomer: None,
    name: None,
    reserve: 0,
    known: None,
    address: None,
    hearing: None,
};

/// Whether a guess is admitted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The secret is checked and the guesser told the outcome. The guess counts in these scopes.
    Open(Vec<Scope>),
    /// The secret is checked, and only an account that is known at this address learns that it was right. The guess
    /// counts in these scopes. The time is that after which the next guess may be open.
    Closed(Vec<Scope>, i64),
    /// Nothing is checked. The time is that after which the next guess makes sense.
    Refused(i64),
}

impl Policy {
    pub(super) fn budget(&self, scope: Scope) -> Option<Budget> {
        match scope {
            Scope::Pair => Some(self.pair),
            Scope::Newcomer => self.newcomer,
            Scope::Name => self.name,
            Scope::Known => self.known,
            Scope::Address => self.address,
            Scope::Hearing => self.hearing,
        }
    }

    /// Decides on one guess. `full_at` says how far the budget of a scope is spent; `chance` is from 0 up to 1.
    ///
    /// Whether the name exists and what has signed in from the address is not asked: it cannot show.
    pub(super) fn decide(&self, full_at: impl Fn(Scope) -> FullAt, now: Timestamp, chance: f64) -> Verdict {
        let has = |scope| self.budget(scope).is_none_or(|own| own.admits(full_at(scope), now, chance));
        let wait =
            |scope| self.budget(scope).map_or(0, |own| own.wait(full_at(scope), now)).min(LONGEST_WAIT);
        let counted = |scopes: &[Scope]| {
            let counts = |scope: &Scope| self.budget(*scope).is_some();
            scopes.iter().copied().filter(counts).collect::<Vec<_>>()
        };
        if !has(Scope::Pair) {
            return Verdict::Refused(wait(Scope::Pair));
        }
        let is_new = has(Scope::Newcomer);
        let reserve = if is_new { 0 } else { self.reserve };
        let name = self.name.map(|name| name.without(reserve));
        let name_has = name.is_none_or(|name| name.admits(full_at(Scope::Name), now, chance));
        if name_has && has(Scope::Address) {
            let newcomer: &[Scope] = if is_new { &[Scope::Newcomer] } else { &[] };
            return Verdict::Open(counted(&[&[Scope::Pair, Scope::Name, Scope::Address], newcomer].concat()));
        }
        let name_wait = name.map_or(0, |name| name.wait(full_at(Scope::Name), now)).min(LONGEST_WAIT);
        let until_open = wait(Scope::Address).max(name_wait);
        if has(Scope::Known) && has(Scope::Hearing) {
            Verdict::Closed(counted(&[Scope::Pair, Scope::Known, Scope::Hearing]), until_open)
        } else {
            Verdict::Refused(until_open)
        }
    }
}
