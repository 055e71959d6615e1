//! A password that a caller with a token gives once more.

use crate::domain::Password;
use crate::platform::hash::{self, Party};
use crate::platform::ids::PrincipalId;
use crate::platform::store::principal::StoredHash;
use crate::platform::throttle::{Gate, Guess, to_the_end};
use crate::platform::{Error, Platform};

/// A signed-in caller in the queue for hashes: not one of those who sign in from the same address.
pub(super) fn party(caller: PrincipalId) -> Party {
    let name = format!("principal {}", caller.0);
    Party::new(Some(&name), &name)
}

/// Whether the password has this hash. Wrong ones are counted for the caller.
///
/// # Errors
/// `rate_limited`, `unavailable`, or a failure.
pub(super) async fn is_right(
    platform: &Platform,
    caller: PrincipalId,
    password: Password,
    hash: StoredHash,
) -> Result<bool, Error> {
    let gate = Gate::signed_in(caller);
    gate.look(platform).await?;
    let place = platform.hasher().place(party(caller))?;
    let platform = platform.clone();
    to_the_end(async move {
        let turn = hash::turn(place).await?;
        let guess = Guess::claim(&platform, &gate).await?;
        let is_right = platform.hasher().verify(&turn, password, &hash).await?;
        drop(turn);
        if is_right {
            guess.give_back_alone(&platform).await?;
        }
        Ok(is_right)
    })
    .await
}
