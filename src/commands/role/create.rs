//! `sactl role create`: creates a custom role.
//!
//! Responsible for its permissions, also from another role or from patterns. Refuses to decide which permissions may be
//! granted: the server does.

use super::super::shared::company_session::CompanySession;
use super::super::shared::dry_run::DryRunArgs;
use super::super::shared::prompts;
use super::super::shared::undo::show_with_undo;
use super::explain::explain;
use crate::api::role::{CreateRole, Role};
use crate::context::Context;
use crate::domain::{Permission, RoleName};
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::RoleView;
use crate::text::CommandLine;

mod questions;
mod request;

pub(super) use request::Args;

use request::permissions;

/// Creates the role.
///
/// # Errors
/// `invalid_input` for the name before anything is sent; `escalation`, `name_taken`, and those of signing in
/// and of writing.
pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    if let Some(name) = &args.name {
        RoleName::new(name.as_str()).map_err(|broken| CliError::invalid_input(vec![broken]))?;
    }
    let Some(name) = args.name.clone().filter(|_| args.has_permissions()) else {
        let dry_run = args.dry_run;
        let asked = questions::ask(args, context).await?;
        finish(&asked.session, asked.role, dry_run).await?;
        prompts::tell_line(context, asked.line);
        return Ok(());
    };
    let session = CompanySession::open(context)
        .await
        .state_shown_by(|| CommandLine::new("role show").operand(&name))?;
    let permissions = permissions(&session, args.permissions, args.from.as_deref()).await?;
    finish(&session, CreateRole { name, permissions }, args.dry_run).await
}

/// Creates the role, or tries it.
async fn finish(session: &CompanySession<'_>, new: CreateRole, dry_run: DryRunArgs) -> Result<()> {
    let change = session.client.create_role(session.company, &new);
    if dry_run.is_on {
        let would =
            |role: &Role| format!("the role {} would be created: {}", role.name, role.permissions.listed());
        return super::dry_run::dry_run(session, change, &new.name, &new.permissions, would).await;
    }
    match session.send(change, session.role_shown_by(&new.name)).await {
        Ok(role) => {
            session.done(format!("Created the role {} in", role.name)).await;
            let undo = CommandLine::new("role delete").operand(&role.name).flag("--company", session.company);
            show_with_undo(session.ui, &RoleView::from(role), Some(undo))
        }
        Err(error) => {
            let needed = Permission::ROLES_MANAGE;
            Err(explain(session, error, needed, Some(&new.name), &new.permissions).await)
        }
    }
}
