//! `sactl role delete`: a role of the company's own that nobody holds.

use super::super::acting::Acting;
use super::super::require_confirmation;
use super::explain::explain;
use crate::context::Context;
use crate::domain::Permission;
use crate::error::{Result, WriteOutcome};
use crate::output::RoleDeletedView;

/// Delete a role that nobody holds
///
/// On a terminal this asks; elsewhere --yes is needed. The default roles cannot be deleted.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl role delete router-fixer --yes")]
pub(super) struct Args {
    /// Name of the role
    name: String,
}

/// Deletes the role.
///
/// # Errors
/// `confirmation_required` before any request is sent; `role_in_use`, `not_found`, and those of signing in and
/// of writing.
pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let name = args.name;
    require_confirmation(context, &format!("delete the role {name}")).await?;
    let acting = Acting::open(context).await.state_shown_by(|| format!("sactl role show {name}"))?;
    if let Err(error) = acting.session.delete_role(acting.company, &name).await {
        return Err(explain(&acting, error, Permission::ROLES_MANAGE, Some(&name), &[]).await);
    }
    acting.done(format!("Deleted the role {name} in")).await;
    acting.show(&RoleDeletedView::new(name))
}
