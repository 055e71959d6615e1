//! `sactl profile edit`: sets how the server of a profile differs from the platform.
//!
//! Responsible for routes and password policy. Refuses a table of routes with a fault.

use std::path::{Path, PathBuf};

use super::known;
use super::openapi;
use crate::config::{ConfigFile, PolicyPlace};
use crate::context::{Context, routes};
use crate::error::{CliError, Result};
use crate::text::CommandLine;
use crate::ui;

/// Set how the server of a profile differs from the platform
///
/// A gateway of another kind may have other paths and names. They are in a table of routes, a TOML file. sactl doctor
/// tries the table.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl profile edit acme --policy server\n  \
    sactl profile edit acme --routes routes.toml\n  \
    sactl profile edit acme --routes proposed.toml --routes-from openapi.json\n  \
    sactl profile edit acme --no-routes")]
pub(super) struct Args {
    /// Profile to edit; by default, the one in use
    name: Option<String>,
    /// Use the routes in this file
    #[arg(long, value_name = "FILE")]
    routes: Option<PathBuf>,
    /// Use the routes of the platform again
    #[arg(long, conflicts_with = "routes")]
    no_routes: bool,
    /// Write the file of --routes from an OpenAPI 3 document first; what does not match is marked in it
    #[arg(long, value_name = "OPENAPI", requires = "routes")]
    routes_from: Option<PathBuf>,
    /// Where new passwords are checked
    #[arg(long, value_name = "WHERE")]
    policy: Option<PolicyPlace>,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    if args.routes.is_none() && !args.no_routes && args.policy.is_none() {
        return Err(CliError::usage("nothing to change was given")
            .hint("add --routes FILE, --no-routes or --policy WHERE"));
    }
    let settings = context.settings()?;
    let folder = &settings.folder;
    let file = ConfigFile::load(folder)?;
    let in_use = || settings.profile.as_ref().map(|profile| profile.value.clone());
    let name = match args.name.clone().or_else(in_use) {
        Some(name) => name,
        None => known::pick(context.ui(), None, &file, true).await?,
    };
    if !file.profiles.contains_key(&name) {
        return Err(known::no_profile(&name, &file));
    }
    if let (Some(document), Some(path)) = (&args.routes_from, &args.routes) {
        let proposal = openapi::write(document, path)?;
        context.ui().status(format!("Wrote {}: {proposal}", path.display()));
    }
    let path = args.routes.as_deref().map(checked).transpose()?;
    let (profile, file) = ConfigFile::update(folder, |file| {
        let Some(profile) = file.profiles.get_mut(&name) else { return Err(known::no_profile(&name, file)) };
        if path.is_some() || args.no_routes {
            profile.routes = path;
        }
        if let Some(policy) = args.policy {
            profile.policy = (policy != PolicyPlace::Local).then_some(policy);
        }
        Ok((profile.clone(), file.clone()))
    })??;
    context.ui().status(format!("Changed the profile {name}"));
    if args.routes.is_some() {
        context.ui().hint(CommandLine::new("doctor").after("try the routes with: "));
    }
    if context.ui().wants_data() {
        return ui::show(context.ui(), &known::view(&name, &profile, &file, folder).await);
    }
    Ok(())
}

/// The whole path of a table that can be read.
fn checked(path: &Path) -> Result<PathBuf> {
    routes(path)?;
    std::path::absolute(path).map_err(|error| CliError::io("cannot find the working directory", error))
}
