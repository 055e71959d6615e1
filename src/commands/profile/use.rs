//! `sactl profile use`.

use super::known;
use crate::config::{ConfigFile, env};
use crate::context::Context;
use crate::error::Result;
use crate::ui;

/// Make a profile the one in use
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl profile use acme")]
pub(super) struct Args {
    /// Profile to use
    name: String,
}

pub(super) fn run(args: Args, context: &Context) -> Result<()> {
    let name = args.name;
    let view = ConfigFile::update(&context.settings()?.folder, |file| {
        let Some(profile) = file.profiles.get(&name).cloned() else {
            return Err(known::no_profile(&name, file));
        };
        file.current = Some(name.clone());
        Ok(known::view(&name, &profile, file))
    })??;
    context.ui().status(format!("The profile in use is {name}"));
    for variable in [env::PROFILE, env::SERVER] {
        if context.environment().has(variable) {
            context.ui().warning(format!("{} is set and goes before it", variable.name));
        }
    }
    if context.ui().wants_data() {
        return ui::show(context.ui(), &view);
    }
    Ok(())
}
