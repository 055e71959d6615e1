//! The second factor of humans: one-time codes of an authenticator app (RFC 6238, six digits, 30 seconds).
//!
//! Responsible for deciding from the database who needs one: humans who have an authenticator app, or belong to a
//! company that requires it. Refuses a code that was used before. A service account never needs one.

use rand::RngExt as _;
use totp_rs::{Builder, Secret};

use crate::api::Code;
use crate::api::session::Kind;
use crate::domain::secret::OneTimeCode;
use crate::platform::store::principal::Principal;
use crate::platform::store::{self, Tx};
use crate::platform::throttle::{Gate, Guess};
use crate::platform::{Error, Platform};

/// A code that was valid when it was checked, and is not used yet.
pub(super) struct RightCode {
    step: u64,
    guess: Guess,
}

/// Whether a code opens a session.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Spent {
    /// Yes, and never again.
    Now,
    /// No: this code or a later one was used before.
    Before,
}

/// Checks the second factor of a principal whose password was right; `None` where none is needed. `is_known` says that
/// the principal has signed in from this address before.
///
/// # Errors
/// `mfa_required` while no code is given or no authenticator is set up, `invalid_grant` for a wrong code,
/// `rate_limited`, or a failure of the database.
pub(super) async fn check(
    platform: &Platform,
    principal: &Principal,
    otp: Option<&OneTimeCode>,
    address: Option<&str>,
    is_known: bool,
) -> Result<Option<RightCode>, Error> {
    if principal.kind == Kind::ServiceAccount {
        return Ok(None);
    }
    let db = platform.store().reader();
    let Some(secret) = &principal.totp_secret else {
        return if store::access::demands_second_factor(db, principal.id).await? {
            let message = "a company of this user requires a second factor, but none is set up: ask an \
                admin of the company";
            Err(Error::new(Code::MfaRequired, message))
        } else {
            Ok(None)
        };
    };
    let Some(otp) = otp else {
        return Err(Error::new(Code::MfaRequired, "a one-time code of the authenticator app is required"));
    };
    let gate = Gate::code(principal.id, address);
    gate.look(platform).await?;
    let guess = Guess::claim(platform, &gate).await?;
    let now = platform.now().as_second().unsigned_abs();
    match matching_step(secret, otp, now)? {
        Some(step) if guess.is_heard(is_known) => Ok(Some(RightCode { step, guess })),
        _ => Err(guess.refusal()),
    }
}

impl RightCode {
    /// Uses the code, unless it or a later one was used before: then it still counts as a wrong one. `current` is the
    /// locked row.
    pub(super) async fn spend(&self, tx: &Tx, current: &Principal) -> Result<Spent, Error> {
        if current.last_totp_step.is_some_and(|last| is_spent(self.step, last)) {
            return Ok(Spent::Before);
        }
        store::principal::spend_code(&**tx, current.id, self.step).await?;
        self.guess.give_back(&**tx).await?;
        Ok(Spent::Now)
    }
}

/// The steps of one day.
const DAY: u64 = 24 * 60 * 2;

/// Whether the code of `step` was used, where `last` is the last step that opened a session. A step that is more than a
/// day ahead was written by a clock that was wrong: it would refuse every code until that time.
const fn is_spent(step: u64, last: u64) -> bool {
    step <= last && last - step <= DAY
}

/// The time step of this code: the current one, or one step before or after it for clocks that drift. Spaces in the
/// code are ignored; every other difference is an error.
fn matching_step(secret: &str, otp: &OneTimeCode, now: u64) -> Result<Option<u64>, Error> {
    let secret =
        Secret::try_from_base32(secret).map_err(|error| Error::internal(anyhow::anyhow!("{error}")))?;
    let digits: String = otp.expose().chars().filter(|character| !character.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let totp = Builder::new().with_secret(secret).with_skew(1).build_noncompliant();
    Ok(totp.check(&digits, now))
}

/// A new secret, in base 32.
pub(super) fn new_secret() -> String {
    let random: [u8; 20] = rand::rng().random();
    Secret::new(random.into()).to_base32()
}

/// Checks that a secret is valid base 32 and long enough.
pub(super) fn check_secret(secret: &str) -> anyhow::Result<()> {
    let secret = Secret::try_from_base32(secret).map_err(|error| anyhow::anyhow!("{error}"))?;
    anyhow::ensure!(secret.as_bytes().len() >= 10, "a TOTP secret has at least 80 bits");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B, whose eight-digit codes end in these six.
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn step(code: &str, now: u64) -> Option<u64> {
        matching_step(RFC, &OneTimeCode::new(code), now).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(step(code, time), Some(time / 30));
        }
    }

    #[test]
    fn one_step_of_drift_and_no_more() {
        let of_step_1 = "287082";
        for (now, found) in [(0, true), (29, true), (59, true), (89, true), (90, false), (1000, false)] {
            assert_eq!(step(of_step_1, now).is_some(), found, "{now}");
        }
    }

    #[test]
    fn spaces_are_forgiven_and_nothing_else() {
        assert_eq!(step(" 287 082 ", 59), Some(1));
        for wrong in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(step(wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn clock_that_was_wrong_spends_no_code_for_longer_than_a_day() {
        for (step, last, spent) in
            [(7, 7, true), (7, 6, false), (7, 8, true), (7, 7 + DAY, true), (7, 8 + DAY, false)]
        {
            assert_eq!(is_spent(step, last), spent, "{step} after {last}");
        }
    }

    #[test]
    fn secrets_are_checked() {
        assert!(check_secret("JBSWY3DPEHPK3PXP").is_ok());
        assert!(check_secret("JBSWY3DP").is_err());
        assert!(check_secret("not base 32!").is_err());
    }
}
