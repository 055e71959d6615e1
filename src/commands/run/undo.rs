//! `sactl run undo`: takes back what a run changed.
//!
//! Responsible for the plan. Refuses a run whose changes cannot be undone, and one after which something has changed.

use std::collections::BTreeSet;

use crate::api::Code;
use crate::commands::shared::carry_out::{Order, Prepared, view};
use crate::commands::shared::dry_run::DryRunArgs;
use crate::commands::shared::run_args::RunArgs;
use crate::context::Context;
use crate::domain::Violation;
use crate::error::{CliError, Result};
use crate::fleet::desired::Found;
use crate::fleet::plan::Plan;
use crate::fleet::read::{self, Scope};
use crate::fleet::{journal, saved, selectors, undo};
use crate::output::{Op, Step};
use crate::text::CommandLine;

/// Take back what a run changed
///
/// Gives every account and role back what it had before the run. Refused when something has changed since, and for a
/// run that created, deleted or rotated accounts. It is a run itself, with a preview and a journal.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl run undo last --dry-run\n  sactl run undo last --yes")]
pub(super) struct Args {
    /// Id of the run, the beginning of its id, or last
    id: String,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Carries out the steps back.
///
/// # Errors
/// `usage` for a run that cannot be taken back or changed nothing; `plan_stale` when something has changed since; those
/// of a run.
pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let folder = journal::folder(context)?;
    let id = journal::find(&folder, &args.id)?;
    let record = journal::read(&folder, &id)?;
    let session = context.session().await?;
    record.insist_on_server(&session.origin().to_string())?;
    let steps = undo::steps(&record).map_err(|stuck| {
        CliError::usage(format!("run {id} cannot be taken back: it has done {}", stuck.join(", ")))
            .hint(CommandLine::new("run show").operand(&id).after("see what it did with: "))
    })?;
    if steps.is_empty() {
        return Err(CliError::usage(format!("run {id} changed nothing, so there is nothing to take back"))
            .hint(CommandLine::new("run list").after("find the run that you mean with: ")));
    }
    let found = found(context, &steps).await?;
    let plan = Plan { steps, ..Plan::default() };
    let stale = saved::stale(&view(context, &plan, &found).await?, &found);
    if !stale.is_empty() {
        let reason = |what: &String| {
            let why = format!("{what} has changed since run {id}");
            Violation::new("steps", Code::PlanStale.as_str(), why)
        };
        return Err(CliError::new(Code::PlanStale, format!("something has changed since run {id}"))
            .violating(stale.iter().map(reason).collect()));
    }
    let order = Order::new(
        context,
        "run undo",
        &args.run,
        args.dry_run.is_on,
        format!("take back what run {id} did"),
    );
    order.carry_out(Prepared { plan, found }).await.map(drop)
}

/// What the accounts and roles of the steps have now.
async fn found(context: &Context, steps: &[Step]) -> Result<Found> {
    let session = context.session().await?;
    let known = selectors::my_companies(session).await?;
    let active = context.company().await?.id;
    let of = |op: fn(Op) -> bool| {
        steps.iter().filter(move |step| op(step.op)).map(|step| step.company.id).collect::<BTreeSet<_>>()
    };
    let mut owners = of(|op| op == Op::Edit);
    owners.insert(active);
    let scope = Scope { owners, roles: of(Op::is_of_role), ..Scope::default() };
    let mut found = read::read(session, &scope, &known).await?;
    // Accounts of others are seen only where they have access.
    let is_missing = |step: &&Step| step.account_key().is_some_and(|key| !found.accounts.contains_key(&key));
    let here: BTreeSet<_> = steps.iter().filter(is_missing).map(|step| step.company.id).collect();
    if !here.is_empty() {
        let others = read::read(session, &Scope { here, ..Scope::default() }, &known).await?;
        for (key, account) in others.accounts {
            found.accounts.entry(key).or_insert(account);
        }
    }
    Ok(found)
}
