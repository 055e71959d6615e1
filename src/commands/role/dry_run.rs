//! The dry run of a change of a role.
//!
//! Responsible for its answer. Refuses to predict anything: the server decides.

use super::super::shared::company_session::CompanySession;
use super::super::shared::dry_run::try_out;
use super::explain::explain;
use crate::client::Change;
use crate::domain::Permission;
use crate::error::Result;

/// Shows what `change` of the role `name` would send, and what the server says to it; `named` are the permissions that
/// the role should gain or lose, `would` words what would be done.
///
/// # Errors
/// The refusal of the server, and those of asking it.
pub(super) async fn dry_run<T>(
    session: &CompanySession<'_>,
    change: Change<'_, T>,
    name: &str,
    named: &[String],
    would: impl FnOnce(&T) -> String,
) -> Result<()> {
    match try_out(session.ui, session.client.origin(), change, would).await? {
        Some(refusal) => Err(explain(session, refusal, Permission::ROLES_MANAGE, Some(name), named).await),
        None => Ok(()),
    }
}
