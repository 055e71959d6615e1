//! `sactl profile delete`: deletes a profile and its stored credentials.
//!
//! Responsible for both. Refuses to delete credentials that another profile uses.

use super::known;
use crate::config::credentials::{Slot, Store};
use crate::config::{ConfigFile, Profile, StoreKind};
use crate::context::Context;
use crate::error::Result;
use crate::ui;

/// Delete a profile and its stored credentials
///
/// Does not revoke the token on the server; run sactl logout first. Credentials that another profile uses are
/// kept.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl profile delete acme")]
pub(super) struct Args {
    /// Profile to delete; asked for on a terminal
    name: Option<String>,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let folder = &context.settings()?.folder;
    let file = ConfigFile::load(folder)?;
    let name = known::pick(context.ui(), args.name, &file, false).await?;
    let profile = file.profiles.get(&name).ok_or_else(|| known::no_profile(&name, &file))?;
    let view = known::view(&name, profile, &file, folder).await;
    let shared = file.profiles.iter().any(|(other, one)| *other != name && is_same_slot(one, profile));
    if !shared && let (Some(origin), Some(username)) = (profile.server.clone(), profile.username.clone()) {
        let store = Store::new(profile.credential_store.unwrap_or(StoreKind::Keyring), folder);
        store.delete(&Slot { origin, username }).await?;
    }
    ConfigFile::update(folder, |file| {
        file.profiles.remove(&name);
        for place in [&mut file.current, &mut file.previous] {
            *place = place.take().filter(|other| *other != name);
        }
    })?;
    context.ui().status(format!("Deleted the profile {name} and its stored credentials"));
    if context.ui().wants_data() {
        return ui::show(context.ui(), &view);
    }
    Ok(())
}

fn is_same_slot(left: &Profile, right: &Profile) -> bool {
    left.server == right.server
        && left.username == right.username
        && left.credential_store == right.credential_store
}
