//! `sactl role list`: lists the default and custom roles of the company.
//!
//! Responsible for reading them. Refuses to change them.

use super::super::shared::company_session::CompanySession;
use super::explain::explain;
use crate::context::Context;
use crate::domain::Permission;
use crate::error::Result;
use crate::output::RoleListView;

/// List the roles of the company
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  sactl role list")]
pub(super) struct Args {}

/// Lists the roles.
///
/// # Errors
/// Those of signing in and of reading.
pub(super) async fn run(_: Args, context: &Context) -> Result<()> {
    let session = CompanySession::open(context).await?;
    let mut pages = session.client.list_roles(session.company)?;
    let (mut company, mut roles) = (None, Vec::new());
    loop {
        match pages.next().await {
            Ok(Some(page)) => {
                company = company.or(page.company);
                roles.extend(page.data);
            }
            Ok(None) => break,
            Err(error) => return Err(explain(&session, error, Permission::ROLES_VIEW, None, &[]).await),
        }
    }
    session.show(&RoleListView::new(company, roles))
}
