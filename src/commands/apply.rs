//! `sactl apply`: changes accounts, access and roles to match a manifest.
//!
//! Responsible for plans of manifests and saved plans. Refuses a saved plan of a state that has changed.

use std::path::{Path, PathBuf};

use super::shared::carry_out::{Order, Prepared};
use super::shared::dry_run::DryRunArgs;
use super::shared::manifest_plan::{self, ManifestArgs};
use super::shared::run_args::{HandoverArgs, RunArgs};
use crate::api::Code;
use crate::config::secure_file;
use crate::context::Context;
use crate::domain::Violation;
use crate::error::{CliError, Result};
use crate::fleet::plan::Plan;
use crate::fleet::{read, saved, selectors};
use crate::output::PlanView;
use crate::text::CommandLine;

/// Most bytes of a saved plan.
const LIMIT: usize = 1024 * 1024 * 1024;

#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  sactl apply -f fleet.yaml --dry-run\n  sactl apply --plan plan.json --yes\n  \
                  sactl apply -f fleet.yaml --prune --yes --password-dir secrets\n  \
                  sactl apply -f fleet.yaml --prune-accounts --max-changes 20 --yes\n  \
                  sactl apply -f fleet.yaml --concurrency 16 --max-failures 3 --exec ./store-secret"
)]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    #[command(flatten)]
    manifest: ManifestArgs,

    /// Carry out this plan, which sactl diff --out has saved
    #[arg(long, value_name = "FILE", conflicts_with = "files", value_hint = clap::ValueHint::FilePath)]
    plan: Option<PathBuf>,

    #[command(flatten)]
    handover: HandoverArgs,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Previews, asks and runs.
///
/// # Errors
/// `plan_stale`, `guard`, `confirmation_required`, `partial`, and those of reading and writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let prepared = match &args.plan {
        Some(path) => saved_plan(context, path).await?,
        None => manifest_plan::prepare(context, &args.manifest).await?,
    };
    let order = Order {
        handover: args.handover.handover(),
        ..Order::new(
            context,
            "apply",
            &args.run,
            args.dry_run.is_on,
            "apply this plan, which takes access away".to_owned(),
        )
    };
    order.carry_out(prepared).await.map(drop)
}

/// A saved plan that still holds.
async fn saved_plan(context: &Context, path: &Path) -> Result<Prepared> {
    let made_with = |words: &'static str| {
        CommandLine::new("diff -f FILE").switch("--out").operand(path.display()).after(words)
    };
    let source = || made_with("write a plan with: ");
    let bytes = secure_file::read_bounded(path, LIMIT, source())?;
    let broken = |why: String| CliError::usage(format!("{}: {why}", path.display())).hint(source());
    let plan: PlanView = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
    let session = context.session().await?;
    let here = session.origin().to_string();
    if plan.server != here {
        return Err(broken(format!("the plan is for {}, and this call goes to {here}", plan.server)));
    }
    if saved::fingerprint(&plan.server, &plan.steps) != plan.fingerprint {
        return Err(broken("the plan was changed after it was saved".to_owned()));
    }
    let companies = selectors::my_companies(session).await?;
    let mut found = read::read(session, &saved::scope(&plan, &companies), &companies).await?;
    let unknown = saved::unknown_roles(&plan, &found);
    read::learn(session, &mut found, unknown).await?;
    let mut stale = saved::stale(&plan, &found);
    stale.extend(saved::changed_roles(&plan, &found));
    if !stale.is_empty() {
        let reasons = stale.iter().map(|what| {
            Violation::new(
                "steps",
                Code::PlanStale.as_str(),
                format!("{what} has changed since the plan was made"),
            )
        });
        return Err(CliError::new(Code::PlanStale, format!("the plan in {} is out of date", path.display()))
            .violating(reasons.collect())
            .hint(made_with("make it again with: ")));
    }
    let unchanged = plan.summary.unchanged;
    let plan = Plan { steps: plan.steps, unchanged, findings: Vec::new() };
    Ok(Prepared { plan, found })
}
