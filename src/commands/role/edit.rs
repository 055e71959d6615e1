//! `sactl role edit`: the permissions of a role, for everybody who holds it.

use super::super::shared::access_args::{AdjustArgs, word};
use super::super::shared::company_session::CompanySession;
use super::super::shared::dry_run::Rehearsal;
use super::super::shared::undo::say_undo;
use super::explain::explain;
use super::rehearsal::{ActionDescription, rehearse};
use crate::api::access::AdjustPermissions;
use crate::api::role::{Role, SetRole};
use crate::client::Change;
use crate::context::Context;
use crate::domain::Permission;
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::RoleView;
use crate::text::CommandLine;

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
    /// Name of the role
    name: String,

    /// New permission list of the role; repeatable, or comma-separated
    #[arg(long = "permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = word)]
    permissions: Vec<String>,

    #[command(flatten)]
    adjust: AdjustArgs,

    #[command(flatten)]
    rehearsal: Rehearsal,
}

impl Args {
    fn check(&self) -> Result<()> {
        match (self.permissions.is_empty(), self.adjust.is_empty()) {
            (true, true) => Err(CliError::usage("no permission is named")
                .hint("add --permission, --add-permission or --remove-permission")),
            (false, false) => Err(CliError::usage(
                "--permission replaces, --add-permission and --remove-permission adjust: choose one",
            )),
            _ => Ok(()),
        }
    }
}

/// Changes the role.
///
/// # Errors
/// `usage`; `escalation`, `self_modification`, `not_found`, and those of signing in and of writing.
pub(super) async fn run(args: Args, context: &Context) -> Result<()> {
    args.check()?;
    let acting = args
        .rehearsal
        .open(context)
        .await
        .state_shown_by(|| CommandLine::new("role show").operand(&args.name))?;
    let change = change(&acting, &args);
    if args.rehearsal.is_on {
        return rehearse(&acting, change, &args.name, &attempt(&args)).await;
    }
    let before = if acting.ui.speaks() {
        acting.session.show_role(acting.company, &args.name).await.ok()
    } else {
        None
    };
    match change.await {
        Ok(role) => {
            acting.done(format!("Changed the role {} in", role.name)).await;
            if let Some(before) = before.filter(|before| before.permissions != role.permissions) {
                let undo =
                    CommandLine::new("role edit").operand(&role.name).flag("--company", acting.company);
                say_undo(acting.ui, undo.flag("--permission", before.permissions.joined()));
            }
            acting.show(&RoleView::from(role))
        }
        Err(error) => {
            let named = [args.permissions, args.adjust.add, args.adjust.remove].concat();
            Err(explain(&acting, error, Permission::ROLES_MANAGE, Some(&args.name), &named).await)
        }
    }
}

fn attempt(args: &Args) -> ActionDescription<'_> {
    if args.adjust.is_empty() {
        return ActionDescription::Set(&args.permissions);
    }
    ActionDescription::Adjust(&args.adjust.add, &args.adjust.remove)
}

fn change<'a>(acting: &CompanySession<'a>, args: &Args) -> Change<'a, Role> {
    if args.adjust.is_empty() {
        let role = SetRole { permissions: args.permissions.clone() };
        return acting.session.set_role(acting.company, &args.name, &role);
    }
    let AdjustArgs { add, remove } = args.adjust.clone();
    acting.session.adjust_role(acting.company, &args.name, &AdjustPermissions { add, remove })
}
