//! `sactl delete`: deletes service accounts in all companies, for good.
//!
//! Responsible for confirmation by name or number. Refuses to run without a terminal and without `--yes`.

use super::shared::carry_out::{Confirmation, Order, Prepared};
use super::shared::company_session::CompanySession;
use super::shared::confirm::{self, everywhere, in_words, name_the_account, require_typed};
use super::shared::dry_run::DryRunArgs;
use super::shared::hints::ActionDescription;
use super::shared::missing;
use super::shared::run_args::RunArgs;
use super::shared::several;
use crate::context::Context;
use crate::domain::{AccountName, Operation};
use crate::error::{Result, WriteOutcome};
use crate::fleet::bulk as plans;
use crate::fleet::desired::FoundAccount;
use crate::output::DeletedView;
use crate::text::CommandLine;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl delete dormant-bot --dry-run\n  \
                  sactl list --never-used -o name | sactl delete - --dry-run\n  \
                  sactl delete dormant-bot --yes\n  sactl delete backup-runner fleet-automation --yes")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Names of service accounts that the company owns, or patterns such as 'fleet-*'; - reads them from standard input
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Most accounts whose access is shown before the question.
const MOST_TOLD: usize = 20;

/// Deletes the account, or several.
///
/// # Errors
/// `confirmation_required` before any request is sent; `not_owner`, `not_found`, and those of signing in and
/// of writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    if several::is_several(&args.names) {
        return bulk(args, context).await;
    }
    let name = missing::account(context, args.names.into_iter().next(), Operation::Delete).await?;
    let attempt = ActionDescription::new(Operation::Delete, &name);
    if !args.dry_run.is_on {
        let what = format!("delete {name} with its access in every company");
        let outcome = "all its tokens stop working, and the name becomes available";
        name_the_account(context, &what, Operation::Delete, &name, outcome).await?;
        require_typed(context, &what, &name).await?;
    }
    let session =
        CompanySession::open(context).await.state_shown_by(|| CommandLine::new("show").operand(&name))?;
    let change = session.client.delete_account(session.company, &name);
    if args.dry_run.is_on {
        // Who may not look may still be allowed to delete.
        let detail = session.client.show_account(session.company, &name).await.ok();
        let would = |_: &_| match &detail {
            Some(detail) => format!("would be deleted: {}", in_words(detail)),
            None => format!("{name} would be deleted, with its access in every company"),
        };
        return session.dry_run(change, &attempt, would).await;
    }
    // Who may not look may still be allowed to delete.
    let before = if session.ui.speaks() {
        session.client.show_account(session.company, &name).await.ok()
    } else {
        None
    };
    let view = match session.send(change, session.shown_by(&name)).await {
        Ok(Some(deletion)) => DeletedView::from(deletion),
        Ok(None) => DeletedView::gone(&name),
        Err(error) => return Err(session.explain(error, &attempt).await),
    };
    match before.as_ref().map(|detail| (&detail.account.owner, detail.companies.as_deref())) {
        Some((owner, Some(companies))) => {
            let access = everywhere(companies);
            session.say(format!("Deleted {name}, which was owned by {owner} and had {access}"));
        }
        _ => session.done(format!("Deleted {name}, which was owned by")).await,
    }
    session.show(&view)
}

/// Deletes several accounts: one preview, one question, and on after a failure.
async fn bulk(args: Args, context: &Context) -> Result<()> {
    let what = "delete these accounts with their access in every company".to_owned();
    if !args.dry_run.is_on {
        confirm::is_needed(context, &what)?;
    }
    let words = several::with_input(args.names)?;
    let scope = several::owned(context, &words).await?;
    let accounts = scope.names.iter().filter_map(|name| scope.found.accounts.get(&AccountName::key_of(name)));
    say_what_is_lost(context, &accounts.collect::<Vec<_>>());
    let plan = plans::deletions(&scope.names, &scope.owner);
    let order = Order {
        confirmation: Confirmation::NumberOfSteps,
        ..Order::new(context, "delete", &args.run, args.dry_run.is_on, what)
    };
    order.carry_out(Prepared { plan, found: scope.found }).await.map(drop)
}

fn say_what_is_lost(context: &Context, accounts: &[&FoundAccount]) {
    for account in accounts.iter().take(MOST_TOLD) {
        context.ui().note(format!("{} has {}", account.name, everywhere(account.access.values())));
    }
    if let Some(more) = accounts.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        context.ui().note(format!("and {more} more accounts"));
    }
}
