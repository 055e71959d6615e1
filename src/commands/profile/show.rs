//! `sactl profile show`: shows a stored profile.
//!
//! Responsible for one profile. Refuses requests.

use super::known;
use crate::config::ConfigFile;
use crate::context::Context;
use crate::error::Result;
use crate::ui;

/// Show a profile; by default, the one in use
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl profile show\n  sactl profile show acme")]
pub(super) struct Args {
    /// Profile to show
    name: Option<String>,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let settings = context.settings()?;
    let file = ConfigFile::load(&settings.folder)?;
    let in_use = || settings.profile.as_ref().map(|profile| profile.value.clone());
    let name = match args.name.or_else(in_use) {
        Some(name) => name,
        None if file.profiles.is_empty() => return Err(known::no_profile_yet()),
        None => known::pick(context.ui(), None, &file, true).await?,
    };
    let profile = file.profiles.get(&name).ok_or_else(|| known::no_profile(&name, &file))?;
    ui::show(context.ui(), &known::view(&name, profile, &file, &settings.folder).await)
}
