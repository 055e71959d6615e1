//! `sactl profile list`.

use crate::commands::acting;
use crate::config::ConfigFile;
use crate::context::Context;
use crate::error::Result;
use crate::output::ProfileListView;

/// List the profiles
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl profile list")]
pub(super) struct Args {}

pub(super) fn run(_args: Args, context: &Context) -> Result<()> {
    let file = ConfigFile::load(&context.settings()?.folder)?;
    let view: ProfileListView =
        file.profiles.iter().map(|(name, profile)| super::view(name, profile, &file)).collect();
    acting::show(context.ui(), &view)
}
