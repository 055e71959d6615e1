//! `sactl offboard`: removes the accounts of the company from another one.
//!
//! Responsible for the plan, and for checking the result. Refuses to delete an account.

use super::shared::carry_out::{Order, Prepared};
use super::shared::confirm;
use super::shared::dry_run::DryRunArgs;
use super::shared::run_args::RunArgs;
use super::shared::several;
use crate::api::Code;
use crate::context::Context;
use crate::domain::company::CompanyRef;
use crate::domain::{Company, CompanyId};
use crate::error::{CliError, Result};
use crate::fleet::bulk;
use crate::text::CommandLine;

#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  sactl offboard 2 --dry-run\n  sactl offboard 2 --yes -o json > receipt.json"
)]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// The company that the accounts leave
    #[arg(value_name = "ID|NAME")]
    left: CompanyRef,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Refuses the active company: its own accounts would lose their access in it, which is hardly what is meant.
///
/// # Errors
/// `usage`.
fn refuse_own(left: &Company, active: CompanyId) -> Result<()> {
    if left.id != active {
        return Ok(());
    }
    let what = format!("{left} is the active company: offboard removes its accounts from another company");
    let revoke = CommandLine::new("revoke NAME").flag("--company", left.id);
    Err(CliError::usage(what)
        .hint("name the company that the accounts leave; the active company owns them")
        .hint(revoke.after("remove the access of one account in the active company with: ")))
}

/// Removes all access of the accounts of the active company there, and checks that it is removed.
///
/// # Errors
/// `confirmation_required` before any request is sent; those of a run; `partial` where access is left.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    if !args.dry_run.is_on {
        let what = format!("remove all access of the accounts of the active company in {}", args.left);
        confirm::is_needed(context, &what)?;
    }
    let left = context.resolve_company(&args.left).await?;
    refuse_own(&left, context.company().await?.id)?;
    let scope = several::owned(context, &[]).await?;
    let mut plan = bulk::revokes(&scope.found, &scope.names, std::slice::from_ref(&left));
    let what = format!("remove all access of the accounts of {} in {left}", scope.owner);
    // Accounts that have no access there are not its concern.
    plan.unchanged = 0;
    let order = Order {
        empties_companies: true,
        ..Order::new(context, "offboard", &args.run, args.dry_run.is_on, what)
    };
    let prepared = Prepared { plan, found: scope.found };
    if order.carry_out(prepared).await?.is_none() {
        return Ok(());
    }
    let after = several::owned(context, &[]).await?;
    let accounts = after.found.accounts.values();
    let staying: Vec<&str> = accounts
        .filter(|account| account.access.contains_key(&left.id))
        .map(|account| account.name.as_str())
        .collect();
    if staying.is_empty() {
        context.ui().status(format!("Read back: no account of {} has access in {left}", after.owner));
        return Ok(());
    }
    Err(CliError::new(Code::Partial, format!("{} still have access in {left}", staying.join(", ")))
        .hint(CommandLine::new("offboard").operand(left.id).after("do the rest with: ")))
}
