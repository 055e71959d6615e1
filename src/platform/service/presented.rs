//! Verifies the password of a caller who already has a token.
//!
//! Responsible for verifying it, and for counting wrong passwords of that caller. Refuses more guesses after too many.

use crate::domain::Password;
use crate::platform::Error;
use crate::platform::context::RequestContext;
use crate::platform::hash::{self, Party};
use crate::platform::store::principal::StoredHash;
use crate::platform::throttle::{Gate, Guess, to_the_end};

/// Whether the password has this hash. Wrong ones are counted for the caller.
///
/// # Errors
/// `rate_limited`, `unavailable`, or a failure.
pub(super) async fn is_right(
    context: &RequestContext,
    password: Password,
    hash: StoredHash,
) -> Result<bool, Error> {
    let RequestContext { platform, caller, .. } = context;
    let gate = Gate::signed_in(caller.id);
    gate.look(platform).await?;
    let place = platform.hasher().place(Party::signed_in(caller.id))?;
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
