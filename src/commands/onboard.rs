//! `sactl onboard`: gives the accounts of the company access in another one.
//!
//! Responsible for the plan. Refuses to send anything itself: the run does.

use super::grant::learn_roles;
use super::shared::carry_out::{Order, Prepared};
use super::shared::dry_run::DryRunArgs;
use super::shared::run_args::RunArgs;
use super::shared::several;
use crate::context::Context;
use crate::domain::company::CompanyRef;
use crate::error::{CliError, Result};
use crate::fleet::bulk::{self, Give};
use crate::text::CommandLine;

#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  sactl onboard \"Northwind Logistics\" --like 1 --dry-run\n  sactl onboard 2 --like 1"
)]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// The company that the accounts get access in
    #[arg(value_name = "ID|NAME")]
    new: CompanyRef,

    /// Give each account the access that it has in this company
    #[arg(long, value_name = "ID|NAME")]
    like: CompanyRef,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Gives every account of the active company the access that it has elsewhere.
///
/// # Errors
/// Those of a run.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let new = context.resolve_company(&args.new).await?;
    let like = context.resolve_company(&args.like).await?;
    if new.id == like.id {
        let what =
            format!("{new} is given twice: --like names another company, which has the access already");
        let list = CommandLine::new("company list");
        return Err(CliError::usage(what).hint(list.after("list your companies with: ")));
    }
    let mut scope = several::owned(context, &[]).await?;
    scope.companies = vec![new];
    let give = Give::Like(like.id);
    learn_roles(context, &mut scope, &give).await?;
    let plan = bulk::grants(&scope.found, &scope.names, &scope.companies, &give);
    let order =
        Order::new(context, "onboard", &args.run, args.dry_run.is_on, "take permissions away".to_owned());
    order.carry_out(Prepared { plan, found: scope.found }).await.map(drop)
}
