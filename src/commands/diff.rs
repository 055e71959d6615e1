//! `sactl diff`: shows what `apply` would do.
//!
//! Responsible for the plan and its file. Refuses to change anything.

use std::path::PathBuf;

use super::shared::carry_out::{self, refusal};
use super::shared::manifest_plan::{self, ManifestArgs};
use crate::config::secure_file::Folder;
use crate::context::Context;
use crate::error::{CliError, Result};
use crate::output::PlanView;
use crate::ui;

/// The exit code when there is something to do.
const DIFFERENT: u8 = 10;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl diff -f fleet.yaml\n  sactl export | sactl diff -f -\n  \
                  sactl diff -f fleet.yaml --prune --prune-accounts --out plan.json")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    #[command(flatten)]
    manifest: ManifestArgs,

    /// Write the plan to this file, for sactl apply --plan
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    out: Option<PathBuf>,
}

/// Shows the plan. The exit code is 10 when there is something to do.
///
/// # Errors
/// Those of reading; `guard` for a plan that cannot be run.
pub async fn run(args: Args, context: &Context) -> Result<u8> {
    let prepared = manifest_plan::prepare(context, &args.manifest).await?;
    refusal(prepared.plan.findings.clone())?;
    let mut view = carry_out::view(context, &prepared.plan, &prepared.found).await?;
    view.whole = context.ui().shows_whole();
    if let Some(path) = &args.out {
        save(path, &view)?;
    }
    ui::show(context.ui(), &view)?;
    Ok(if view.steps.is_empty() { 0 } else { DIFFERENT })
}

fn save(path: &std::path::Path, view: &PlanView) -> Result<()> {
    let text = serde_json::to_vec_pretty(view)
        .map_err(|error| CliError::internal("cannot write the plan").caused_by(error))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let name = path.file_name().and_then(|name| name.to_str());
    let name =
        name.ok_or_else(|| CliError::usage(format!("{} is not the name of a file", path.display())))?;
    let folder = Folder::make(folder.unwrap_or(std::path::Path::new(".")))?;
    let lock = folder.lock(name)?;
    Ok(lock.replace(name, &text)?)
}
