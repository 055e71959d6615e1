//! `sactl profile rename`: gives a profile another name.
//!
//! Responsible for the name only. Refuses a name that another profile has.

use super::known;
use crate::api::Code;
use crate::config::ConfigFile;
use crate::context::Context;
use crate::error::{CliError, Result};
use crate::text::CommandLine;
use crate::ui;

/// Give a profile another name
///
/// Server, user, company and stored credentials stay as they are; the current profile stays current.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl profile rename acme prod")]
pub(super) struct Args {
    /// Profile to rename
    #[arg(value_name = "OLD")]
    name: String,
    /// New name
    #[arg(value_name = "NEW")]
    new_name: String,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let Args { name, new_name } = args;
    if new_name.trim().is_empty() || new_name.starts_with('-') || new_name.chars().any(char::is_control) {
        return Err(CliError::usage(format!("{new_name:?} cannot be the name of a profile"))
            .hint("a name has letters, and does not begin with a dash"));
    }
    let folder = &context.settings()?.folder;
    let file = ConfigFile::update(folder, |file| rename(file, &name, &new_name))??;
    context.ui().status(format!("The profile {name} is now called {new_name}"));
    if context.ui().wants_data() {
        let profile = &file.profiles[&new_name];
        return ui::show(context.ui(), &known::view(&new_name, profile, &file, folder).await);
    }
    Ok(())
}

/// Credentials belong to a server and a user, so that nothing moves but the name.
fn rename(file: &mut ConfigFile, name: &str, new_name: &str) -> Result<ConfigFile> {
    if !file.profiles.contains_key(name) {
        return Err(known::no_profile(name, file));
    }
    if name != new_name && file.profiles.contains_key(new_name) {
        return Err(CliError::new(Code::NameTaken, format!("profile {new_name} already exists"))
            .hint(CommandLine::new("profile delete").operand(new_name).after("delete it first with: ")));
    }
    if let Some(profile) = file.profiles.remove(name) {
        file.profiles.insert(new_name.to_owned(), profile);
    }
    for place in [&mut file.current, &mut file.previous] {
        if place.as_deref() == Some(name) {
            *place = Some(new_name.to_owned());
        }
    }
    Ok(file.clone())
}
