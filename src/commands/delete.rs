//! `sactl delete`: a service account, everywhere and for good.

use super::acting::Acting;
use super::explain::Attempt;
use super::require_typed_name;
use crate::context::Context;
use crate::domain::Operation;
use crate::error::{Result, WriteOutcome};
use crate::output::DeletedView;

/// Delete a service account that the company owns
///
/// Its access in every company goes with it, and its tokens end at once. On a terminal the name must be typed to confirm; elsewhere --yes is needed.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl delete dormant-bot --yes")]
pub struct Args {
    /// Name of the service account
    name: String,
}

/// Deletes the account.
///
/// # Errors
/// `confirmation_required` before any request is sent; `not_owner`, `not_found`, and those of signing in and
/// of writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let name = args.name;
    require_typed_name(context, &format!("delete {name} with its access in every company"), &name).await?;
    let acting = Acting::open(context).await.state_shown_by(|| format!("sactl show {name}"))?;
    let view = match acting.session.delete_account(acting.company, &name).await {
        Ok(Some(deletion)) => DeletedView::from(deletion),
        Ok(None) => DeletedView::gone(&name),
        Err(error) => return Err(acting.explain(error, &Attempt::new(Operation::Delete, &name)).await),
    };
    acting.done(format!("Deleted {name}, which was owned by")).await;
    acting.show(&view)
}
