//! `sactl role edit`: changes the permissions of a role, for everyone who has it.
//!
//! Responsible for one role. Refuses to decide who may change it: the server does.

use super::super::shared::access_args::{AdjustArgs, word};
use super::super::shared::company_session::CompanySession;
use super::super::shared::dry_run::DryRunArgs;
use super::super::shared::missing;
use super::super::shared::undo::show_with_undo;
use super::before::{difference, first_of, role_before};
use super::dry_run::dry_run;
use super::explain::explain;
use crate::api::access::AdjustPermissions;
use crate::api::role::{Role, SetRole};
use crate::client::Change;
use crate::context::Context;
use crate::domain::{Permission, PermissionSet};
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::RoleView;
use crate::text::CommandLine;
use crate::ui::Ui;

/// Change the permissions of a role
///
/// --permission replaces the list; --add-permission and --remove-permission change it. Affects everyone who
/// has the role immediately. Default roles cannot be changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl role edit router-fixer --permission devices:view,devices:edit\n  \
    sactl role edit router-fixer --add-permission alerts:view --remove-permission devices:edit\n  \
    sactl role edit router-fixer --add-permission alerts:view --dry-run")]
pub(super) struct Args {
    /// Name of the role; asked for on a terminal
    name: Option<String>,

    /// New permission list of the role; repeatable, or comma-separated
    #[arg(long = "permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = word)]
    permissions: Vec<String>,

    #[command(flatten)]
    adjust: AdjustArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

impl Args {
    fn is_without_permissions(&self) -> bool {
        self.permissions.is_empty() && self.adjust.is_empty()
    }

    fn check(&self, ui: &Ui) -> Result<()> {
        if self.is_without_permissions() && !ui.asks_for_what_is_missing() {
            let what = match &self.name {
                Some(name) => format!("no permission given for the role {name}"),
                None => "the name of the role is missing; say also which permissions change".to_owned(),
            };
            return Err(CliError::usage(what)
                .hint("add --permission, --add-permission or --remove-permission")
                .hint(
                    CommandLine::new("role edit")
                        .operand(self.name.as_deref().unwrap_or("NAME"))
                        .flag("--add-permission", "PERMISSION")
                        .after("for example: "),
                ));
        }
        if self.permissions.is_empty() || self.adjust.is_empty() {
            return Ok(());
        }
        Err(CliError::usage(
            "--permission replaces the list, --add-permission and --remove-permission change it: use only \
             one kind",
        ))
    }
}

/// Changes the role.
///
/// # Errors
/// `usage`; `escalation`, `self_modification`, `not_found`, and those of signing in and of writing.
pub(super) async fn run(mut args: Args, context: &Context) -> Result<()> {
    args.check(context.ui())?;
    let name = missing::role(context, args.name.take(), true).await?;
    if args.is_without_permissions() {
        args.permissions = ask_permissions(context, &name).await?;
    }
    let session = CompanySession::open(context)
        .await
        .state_shown_by(|| CommandLine::new("role show").operand(&name))?;
    args.permissions = session.written_out(args.permissions).await?;
    args.adjust.add = session.written_out(args.adjust.add).await?;
    args.adjust.remove = session.written_out(args.adjust.remove).await?;
    let change = change(&session, &name, &args);
    let named = [&args.permissions[..], &args.adjust.add, &args.adjust.remove].concat();
    if args.dry_run.is_on {
        let would = |role: &Role| format!("the role {} would have {}", role.name, role.permissions.listed());
        return dry_run(&session, change, &name, &named, would).await;
    }
    let before = role_before(&session, &name).await;
    match session.send(change, session.role_shown_by(&name)).await {
        Ok(role) => {
            let undo = tell(&session, before.as_ref(), &role).await;
            show_with_undo(session.ui, &RoleView::from(role), undo)
        }
        Err(error) => Err(explain(&session, error, Permission::ROLES_MANAGE, Some(&name), &named).await),
    }
}

/// Says what is different from before; the command that takes it back, if something is.
async fn tell(session: &CompanySession<'_>, before: Option<&Role>, role: &Role) -> Option<CommandLine> {
    let Some(before) = before else {
        session.done(format!("Changed the role {} in", role.name)).await;
        return None;
    };
    let company = session.named_company().await;
    if before.permissions == role.permissions {
        let held = first_of(&role.permissions);
        session.say(format!("Unchanged: the role {} of {company} already has {held}", role.name));
        return None;
    }
    let difference = difference(before, role);
    session.say(format!("Changed the role {} in {company}{difference}", role.name));
    let undo = CommandLine::new("role edit").operand(&role.name).flag("--company", session.company);
    Some(undo.flag("--permission", before.permissions.joined()))
}

/// The permissions of the role from now on, chosen among those that it has and those that the caller has.
async fn ask_permissions(context: &Context, name: &str) -> Result<Vec<String>> {
    let session = CompanySession::open(context).await?;
    let role = match session.client.show_role(session.company, name).await {
        Ok(role) => role,
        Err(error) => return Err(explain(&session, error, Permission::ROLES_VIEW, Some(name), &[]).await),
    };
    let kept = PermissionSet::known(role.permissions.iter());
    let held = session.own_permissions().await?;
    session.ask_permissions(held | kept, kept).await
}

fn change<'a>(session: &CompanySession<'a>, name: &str, args: &Args) -> Change<'a, Role> {
    if args.adjust.is_empty() {
        let role = SetRole { permissions: args.permissions.clone() };
        return session.client.set_role(session.company, name, &role);
    }
    let AdjustArgs { add, remove } = args.adjust.clone();
    session.client.adjust_role(session.company, name, &AdjustPermissions { add, remove })
}
