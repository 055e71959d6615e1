//! `sactl role create`: creates a custom role.
//!
//! Responsible for its permissions, also from another role or from patterns. Refuses to decide which permissions may be
//! granted: the server does.

use super::super::shared::access_args::word;
use super::super::shared::company_session::CompanySession;
use super::super::shared::dry_run::DryRunArgs;
use super::super::shared::undo::show_with_undo;
use super::dry_run::dry_run;
use super::explain::explain;
use crate::api::role::{CreateRole, Role};
use crate::context::Context;
use crate::domain::{Permission, RoleName};
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::RoleView;
use crate::text::CommandLine;

/// Create a role
///
/// You can only add permissions that you have yourself.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl role create router-fixer --permission devices:view,devices:edit --dry-run\n  \
    sactl role create router-fixer --permission devices:view,devices:edit\n  \
    sactl role create field-tech --from viewer --permission 'devices:*'")]
pub(super) struct Args {
    /// Name: 2 to 64 lowercase letters, digits and -
    name: String,

    /// Permission of the role, or a pattern such as devices:*; repeatable, or comma-separated
    #[arg(long = "permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = word)]
    #[arg(required_unless_present = "from")]
    permissions: Vec<String>,

    /// Start with the permissions of this role
    #[arg(long, value_name = "ROLE", value_parser = word)]
    from: Option<String>,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Creates the role.
///
/// # Errors
/// `invalid_input` for the name before anything is sent; `escalation`, `name_taken`, and those of signing in
/// and of writing.
pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    RoleName::new(args.name.as_str()).map_err(|broken| CliError::invalid_input(vec![broken]))?;
    let session = CompanySession::open(context)
        .await
        .state_shown_by(|| CommandLine::new("role show").operand(&args.name))?;
    let permissions = permissions(&session, args.permissions, args.from.as_deref()).await?;
    let new = CreateRole { name: args.name, permissions };
    let change = session.client.create_role(session.company, &new);
    if args.dry_run.is_on {
        let would =
            |role: &Role| format!("the role {} would be created: {}", role.name, role.permissions.listed());
        return dry_run(&session, change, &new.name, &new.permissions, would).await;
    }
    match session.send(change, session.role_shown_by(&new.name)).await {
        Ok(role) => {
            session.done(format!("Created the role {} in", role.name)).await;
            let undo = CommandLine::new("role delete").operand(&role.name).flag("--company", session.company);
            show_with_undo(session.ui, &RoleView::from(role), Some(undo))
        }
        Err(error) => {
            let needed = Permission::ROLES_MANAGE;
            Err(explain(&session, error, needed, Some(&new.name), &new.permissions).await)
        }
    }
}

/// The permissions that are named, and those of the role `from`.
async fn permissions(
    session: &CompanySession<'_>,
    named: Vec<String>,
    from: Option<&str>,
) -> Result<Vec<String>> {
    let mut permissions = session.written_out(named).await?;
    if let Some(from) = from {
        let role = match session.client.show_role(session.company, from).await {
            Ok(role) => role,
            Err(error) => return Err(explain(session, error, Permission::ROLES_VIEW, Some(from), &[]).await),
        };
        permissions.extend(role.permissions.iter().map(str::to_owned));
        permissions.sort_unstable();
        permissions.dedup();
    }
    Ok(permissions)
}
