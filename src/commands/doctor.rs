//! `sactl doctor`: checks everything that a command depends on, and says how to fix problems.
//!
//! Responsible for the order of checks and for a time limit of each, so that it always ends. Refuses to change
//! anything, and to prompt.

use crate::api::Code;
use crate::config::Settings;
use crate::context::Context;
use crate::error::{CliError, Result};
use crate::output::DoctorView;
use crate::ui::show;

mod finding;
mod here;
mod identity;
mod routes;
mod server;
mod store;

use finding::Finding;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl doctor\n  sactl doctor --server https://gateway.example -o json")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {}

/// Runs all checks and shows their results.
///
/// # Errors
/// The first failed check, after all of them have been shown; `io`.
pub async fn run(_args: Args, context: &Context) -> Result<()> {
    let mut findings = vec![here::environment(context)];
    match context.settings() {
        Ok(settings) => findings.extend(with_settings(context, settings).await),
        Err(error) => findings.insert(0, Finding::failed("settings", &error)),
    }
    findings.push(here::terminal(context));
    let failed: Vec<&Finding> = findings.iter().filter(|finding| finding.code.is_some()).collect();
    let outcome = match failed.first() {
        None => Ok(()),
        Some(first) => Err(verdict(first, &failed)),
    };
    let target = context.ui().target();
    show(
        context.ui(),
        &DoctorView::new(findings.into_iter().map(|finding| finding.into_view(&target)).collect()),
    )?;
    outcome
}

async fn with_settings(context: &Context, settings: &Settings) -> Vec<Finding> {
    let (reached, (stored, credentials)) = tokio::join!(server::look(context), store::look(settings));
    let mut findings = vec![here::settings(settings)];
    let there = reached.is_there;
    findings.extend(reached.findings);
    findings.push(stored);
    findings.push(here::files(settings));
    findings.extend(identity::look(context, settings, credentials, there).await);
    findings
}

fn verdict(first: &Finding, failed: &[&Finding]) -> CliError {
    let names: Vec<&str> = failed.iter().map(|finding| finding.view.name).collect();
    let number = if names.len() == 1 { "1 check".to_owned() } else { format!("{} checks", names.len()) };
    let error =
        CliError::new(first.code.unwrap_or(Code::Internal), format!("{number} failed: {}", names.join(", ")));
    first.fix.iter().cloned().fold(error, CliError::hint)
}
