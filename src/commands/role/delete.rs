//! `sactl role delete`: deletes a custom role that no account has.
//!
//! Responsible for confirmation. Refuses to run without a terminal and without `--yes`.

use super::super::shared::company_session::CompanySession;
use super::super::shared::confirm::{is_needed, require_confirmation};
use super::super::shared::dry_run::DryRunArgs;
use super::super::shared::missing;
use super::super::shared::undo::show_with_undo;
use super::before::{first_of, role_before};
use super::dry_run::dry_run;
use super::explain::explain;
use crate::api::Code;
use crate::client;
use crate::context::Context;
use crate::domain::{Permission, Violation};
use crate::error::{Result, WriteOutcome};
use crate::output::RoleDeletedView;
use crate::text::CommandLine;

/// Delete a role that no account has
///
/// On a terminal, sactl shows the role and asks for confirmation; otherwise --yes is required. Default roles
/// cannot be deleted.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  sactl role delete router-fixer --dry-run\n  sactl role delete router-fixer --yes"
)]
pub(super) struct Args {
    /// Name of the role; asked for on a terminal
    name: Option<String>,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Deletes the role.
///
/// # Errors
/// `confirmation_required` before any request is sent; `invalid_input` for a default role, `role_in_use`, `not_found`,
/// and those of signing in and of writing.
pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    let name = missing::role(context, args.name, true).await?;
    if !args.dry_run.is_on {
        let what = format!("delete the role {name}");
        if is_needed(context, &what)? {
            name_the_role(&CompanySession::open(context).await?, &name).await?;
        }
        require_confirmation(context, &what).await?;
    }
    let session = CompanySession::open(context)
        .await
        .state_shown_by(|| CommandLine::new("role show").operand(&name))?;
    let change = session.client.delete_role(session.company, &name);
    if args.dry_run.is_on {
        let would = |_: &_| format!("the role {name} would be deleted");
        return dry_run(&session, change, &name, &[], would).await;
    }
    let before = role_before(&session, &name).await;
    if let Err(error) = session.send(change, session.role_shown_by(&name)).await {
        return Err(explain(&session, error, Permission::ROLES_MANAGE, Some(&name), &[]).await);
    }
    let undo = if let Some(role) = before {
        let (company, permissions) = (session.named_company().await, &role.permissions);
        session.say(format!("Deleted the role {name} in {company}; before: {}", first_of(permissions)));
        let undo = CommandLine::new("role create").operand(&name).flag("--company", session.company);
        Some(undo.flag("--permission", permissions.joined()))
    } else {
        session.done(format!("Deleted the role {name} in")).await;
        None
    };
    show_with_undo(session.ui, &RoleDeletedView::new(name), undo)
}

/// Shows the role before the question. A default role is refused before it.
async fn name_the_role(session: &CompanySession<'_>, name: &str) -> Result<()> {
    match session.client.show_role(session.company, name).await {
        Ok(role) => {
            if role.default {
                let why = format!("{name} is a default role, which cannot be deleted");
                let mut refusal = client::Error::new(Code::InvalidInput, &*why);
                refusal.errors.push(Violation::new("role", "default_role", why));
                return Err(explain(session, refusal, Permission::ROLES_MANAGE, Some(name), &[]).await);
            }
            let holders = role.holders.map_or_else(|| "unknown".to_owned(), |count| count.to_string());
            let permissions = role.permissions.listed();
            let company = session.named_company().await;
            session.ui.ask_about(format!("{name} of {company}: {permissions}; holders: {holders}"));
            Ok(())
        }
        // Who may not look may still be allowed to do it.
        Err(error) if error.code == Code::MissingPermission => Ok(()),
        Err(error) => Err(explain(session, error, Permission::ROLES_VIEW, Some(name), &[]).await),
    }
}
