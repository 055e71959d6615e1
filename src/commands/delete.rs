//! `sactl delete`: a service account, everywhere and for good.

use super::shared::company_session::CompanySession;
use super::shared::confirm::{in_words, name_the_account, require_typed_name};
use super::shared::dry_run::DryRunArgs;
use super::shared::hints::ActionDescription;
use super::shared::missing;
use crate::context::Context;
use crate::domain::Operation;
use crate::error::{Result, WriteOutcome};
use crate::output::DeletedView;
use crate::text::CommandLine;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl delete dormant-bot --dry-run\n  sactl delete dormant-bot --yes")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Name of the service account; asked for on a terminal
    name: Option<String>,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Deletes the account.
///
/// # Errors
/// `confirmation_required` before any request is sent; `not_owner`, `not_found`, and those of signing in and
/// of writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let name = missing::account(context, args.name, Operation::Delete).await?;
    let attempt = ActionDescription::new(Operation::Delete, &name);
    if !args.dry_run.is_on {
        let what = format!("delete {name} with its access in every company");
        let outcome = "all its tokens stop working, and the name becomes available";
        name_the_account(context, &what, Operation::Delete, &name, outcome).await?;
        require_typed_name(context, &what, &name).await?;
    }
    let acting =
        CompanySession::open(context).await.state_shown_by(|| CommandLine::new("show").operand(&name))?;
    let change = acting.session.delete_account(acting.company, &name);
    if args.dry_run.is_on {
        // Who may not look may still be allowed to delete.
        let detail = acting.session.show_account(acting.company, &name).await.ok();
        let would = |_: &_| match &detail {
            Some(detail) => format!("would be deleted: {}", in_words(detail)),
            None => format!("{name} would be deleted, with its access in every company"),
        };
        return acting.dry_run(change, &attempt, would).await;
    }
    let view = match change.await {
        Ok(Some(deletion)) => DeletedView::from(deletion),
        Ok(None) => DeletedView::gone(&name),
        Err(error) => return Err(acting.explain(error, &attempt).await),
    };
    acting.done(format!("Deleted {name}, which was owned by")).await;
    acting.show(&view)
}
