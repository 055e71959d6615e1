//! What the operator of an installation gives, in a seed file or at the command line.
//!
//! Responsible for the rules of these texts and passwords. Refuses what breaks one, in words and without a code: no
//! request brings it.

use anyhow::{bail, ensure};

use crate::domain::{Password, password};
use crate::platform::Platform;
use crate::platform::hash::Party;

/// Most characters of a company's name, of an e-mail address and of a person's name.
const LONGEST: usize = 254;

/// Checks the e-mail address of a user.
pub(super) fn check_email(email: &str) -> anyhow::Result<()> {
    check_text("email", email)?;
    let is_address = email.contains('@') && !email.contains(char::is_whitespace);
    ensure!(is_address, "email is not an e-mail address");
    Ok(())
}

/// Checks a name of something.
pub(super) fn check_text(what: &str, text: &str) -> anyhow::Result<()> {
    let is_good =
        !text.trim().is_empty() && text.chars().nth(LONGEST).is_none() && !text.chars().any(char::is_control);
    ensure!(is_good, "{what} has 1 to {LONGEST} characters and no control characters");
    Ok(())
}

/// The hash of a password that keeps the policy. `source` is the party that waits for its turn to hash.
pub(super) async fn hash(platform: &Platform, source: &str, plain: Password) -> anyhow::Result<String> {
    if let Err(broken) = password::check(&plain) {
        bail!("{}", broken.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join("; "));
    }
    Ok(platform.hasher().hash(Party::new(None, source), plain).await?)
}
