//! `sactl profile list`: lists the stored profiles.
//!
//! Responsible for reading them. Refuses requests.

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

pub(super) async fn run(_args: Args, context: &Context) -> Result<()> {
    let folder = &context.settings()?.folder;
    let file = ConfigFile::load(folder)?;
    let mut views = Vec::with_capacity(file.profiles.len());
    for (name, profile) in &file.profiles {
        views.push(known::view(name, profile, &file, folder).await);
    }
    ui::show(context.ui(), &views.into_iter().collect::<ProfileListView>())
}
