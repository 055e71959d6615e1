//! Input of the operator of an installation: from a seed file or the command line.
//!
//! Responsible for the rules of these texts and passwords. Refuses a broken rule with a message and without an error
//! code, because this input never comes in a request.

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

/// Checks the name of a company or a person.
pub(super) fn check_text(what: &str, text: &str) -> anyhow::Result<()> {
    let is_good =
        !text.trim().is_empty() && text.chars().nth(LONGEST).is_none() && !text.chars().any(char::is_control);
    ensure!(is_good, "{what} has 1 to {LONGEST} characters and no control characters");
    Ok(())
}

/// The hash of a password, if it follows the policy. `source` is the party in the queue of hashes.
pub(super) async fn hash(platform: &Platform, source: &str, plain: Password) -> anyhow::Result<String> {
    if let Err(broken) = password::check(&plain) {
        bail!("{}", broken.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join("; "));
    }
    Ok(platform.hasher().hash(Party::new(None, source), plain).await?)
}
