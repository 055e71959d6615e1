//! `sactl logout`: revokes the token on the server and deletes the stored credentials.
//!
//! Responsible for the credentials of one server and user. Refuses to change the profile.

use jiff::Timestamp;

use crate::config::credentials::{Credentials, Slot, Store};
use crate::config::env;
use crate::context::Context;
use crate::domain::Origin;
use crate::error::{CliError, Result};
use crate::manual::{NameCache, Seer};
use crate::output::SignedOutView;
use crate::text::CommandLine;
use crate::ui;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl logout\n  sactl logout --profile acme")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {}

/// Signs out.
///
/// # Errors
/// `not_signed_in` when no user is known, `credential_store`; when the server did not confirm, its error, and
/// what was stored is forgotten all the same.
pub async fn run(_args: Args, context: &Context) -> Result<()> {
    let settings = context.settings()?;
    let gateway = context.gateway()?;
    let origin = gateway.origin().clone();
    let variable = context.environment().get(env::USERNAME)?;
    let Some(username) = variable.or_else(|| settings.stored_username().map(str::to_owned)) else {
        return Err(nothing_stored(&origin, context));
    };
    let store = Store::new(settings.credential_store.value, &settings.folder);
    let slot = Slot { origin, username };
    let found = store.load(&slot).await?;
    let changed = found.is_some();
    let revoked = revoke(&gateway, found.as_ref()).await;
    store.delete(&slot).await?;
    let names = NameCache::new(settings.cache.as_deref());
    names.forget_seer(&slot.origin, &Seer::User(slot.username.clone()));
    let Slot { origin, username } = slot;
    if let Err(error) = revoked {
        return Err(error.hint(format!(
            "the stored credentials of {username} were deleted, but the token may stay valid until it expires"
        )));
    }
    if changed {
        context.ui().status(format!(
            "Signed out {username} at {origin}; the stored credentials were \
            deleted"
        ));
    } else {
        context.ui().status(format!("Nothing was stored for {username} at {origin}"));
    }
    if context.environment().has(env::TOKEN) {
        context.ui().warning("SACTL_TOKEN is set, and commands still use it");
    }
    if context.ui().wants_data() {
        let view = SignedOutView { server: origin.to_string(), username, changed };
        return ui::show(context.ui(), &view);
    }
    Ok(())
}

/// Nothing to sign out of: no sign-in of this server is stored.
fn nothing_stored(origin: &Origin, context: &Context) -> CliError {
    let error = CliError::not_signed_in(format!("no sign-in is stored for {origin}: nothing to sign out of"));
    let error = if context.environment().has(env::TOKEN) {
        error.hint("commands use the token in SACTL_TOKEN; to stop that: unset SACTL_TOKEN")
    } else {
        error
    };
    error.hint(CommandLine::new("profile list").after("list the stored profiles with: "))
}

/// Ends the stored token, if it has not ended by itself.
async fn revoke(gateway: &crate::client::Gateway, found: Option<&Credentials>) -> Result<()> {
    match found.and_then(|credentials| credentials.live_token(Timestamp::now())) {
        Some(token) => Ok(gateway.revoke(token).await?),
        None => Ok(()),
    }
}
