//! `sactl profile list`.

use super::known;
use crate::config::ConfigFile;
use crate::context::Context;
use crate::error::Result;
use crate::output::ProfileListView;
use crate::ui;

/// List the profiles
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl profile list")]
pub(super) struct Args {}

pub(super) fn run(_args: Args, context: &Context) -> Result<()> {
    let file = ConfigFile::load(&context.settings()?.folder)?;
    let view: ProfileListView =
        file.profiles.iter().map(|(name, profile)| known::view(name, profile, &file)).collect();
    ui::show(context.ui(), &view)
}
