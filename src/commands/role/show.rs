//! `sactl role show`: shows one role with its permissions.
//!
//! Responsible for one role. Refuses to change it.

use super::super::shared::company_session::CompanySession;
use super::super::shared::missing;
use super::explain::explain;
use crate::context::Context;
use crate::domain::Permission;
use crate::error::Result;
use crate::output::RoleView;

/// Show one role with its permissions
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl role show operator")]
pub(super) struct Args {
    /// Name of the role; asked for on a terminal
    name: Option<String>,
}

/// Shows the role.
///
/// # Errors
/// `not_found`, and those of signing in and of reading.
pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let name = missing::role(context, args.name, false).await?;
    let session = CompanySession::open(context).await?;
    match session.client.show_role(session.company, &name).await {
        Ok(role) => session.show(&RoleView::from(role)),
        Err(error) => Err(explain(&session, error, Permission::ROLES_VIEW, Some(&name), &[]).await),
    }
}
