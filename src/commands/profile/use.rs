//! `sactl profile use`: makes a profile the current one.
//!
//! Responsible for the choice, also of the previous one. Refuses a profile that is not stored.

use super::known;
use crate::config::{ConfigFile, env};
use crate::context::Context;
use crate::error::{CliError, Result};
use crate::text::CommandLine;
use crate::ui;

/// The word for the profile that was in use before.
const PREVIOUS: &str = "-";

/// Make a profile the current one
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl profile use acme\n  sactl profile use -")]
pub(super) struct Args {
    /// Profile to use, or - for the previous one; asked for on a terminal
    name: Option<String>,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let folder = &context.settings()?.folder;
    let name = known::pick(context.ui(), args.name, &ConfigFile::load(folder)?, true).await?;
    let (name, profile, file) = ConfigFile::update(folder, |file| {
        let name = if name == PREVIOUS { previous(file)? } else { name };
        let Some(profile) = file.profiles.get(&name).cloned() else {
            return Err(known::no_profile(&name, file));
        };
        file.make_current(&name);
        Ok((name, profile, file.clone()))
    })??;
    context.ui().status(format!("The profile in use is {name}"));
    for (variable, what) in [
        (env::PROFILE, "this choice"),
        (env::SERVER, "the server of the profile"),
        (env::COMPANY, "the company of the profile"),
        (env::TOKEN, "the account of the profile"),
        (env::USERNAME, "the account of the profile"),
    ] {
        if context.environment().has(variable) {
            context.ui().warning(format!("{} is set and overrides {what}", variable.name));
        }
    }
    if context.ui().wants_data() {
        return ui::show(context.ui(), &known::view(&name, &profile, &file, folder).await);
    }
    Ok(())
}

/// The profile that was in use before.
fn previous(file: &ConfigFile) -> Result<String> {
    file.previous.clone().ok_or_else(|| {
        CliError::not_found("no other profile was in use before")
            .hint(CommandLine::new("profile list").after("list the profiles with: "))
    })
}
