//! Confirmation of what cannot be undone. It is settled before any request is sent.

use crate::context::Context;
use crate::error::{CliError, Result};

/// Lets `what` (as in `revoke all access of x`) go on only when `--yes` or a person confirms it.
///
/// # Errors
/// `confirmation_required` when nobody can be asked, or says no.
pub async fn require_confirmation(context: &Context, what: &str) -> Result<()> {
    let ui = context.ui();
    if ui.is_confirmed() {
        return Ok(());
    }
    if !ui.is_interactive() {
        return Err(CliError::confirmation_required(what));
    }
    let question = format!("Really {what}?");
    if ui.confirm(&question).await? { Ok(()) } else { Err(CliError::not_confirmed()) }
}

/// The same where `name` must be typed to confirm.
///
/// # Errors
/// As [`require_confirmation`].
pub async fn require_typed_name(context: &Context, what: &str, name: &str) -> Result<()> {
    let ui = context.ui();
    if ui.is_confirmed() {
        return Ok(());
    }
    if !ui.is_interactive() {
        return Err(CliError::confirmation_required(what));
    }
    let question = format!("Really {what}? This cannot be undone");
    if ui.confirm_by_typing(&question, name).await? { Ok(()) } else { Err(CliError::not_confirmed()) }
}
