//! The questions of `sactl role create` on a terminal: for everything that is missing, then for confirmation.
//!
//! Responsible for their order and words. Refuses to ask a caller who may not create roles, and where no question can be
//! asked.

use super::request::{Args, permissions};
use crate::api::Code;
use crate::api::role::CreateRole;
use crate::client;
use crate::commands::role::explain::explain;
use crate::commands::shared::company_session::CompanySession;
use crate::commands::shared::prompts;
use crate::context::Context;
use crate::domain::{Permission, PermissionSet, RoleName};
use crate::error::{CliError, Result};
use crate::text::CommandLine;

/// A role that is complete and agreed to, and the command that says the same without questions.
pub(super) struct Asked<'a> {
    pub(super) session: CompanySession<'a>,
    pub(super) role: CreateRole,
    pub(super) line: CommandLine,
}

/// Asks for what is missing, and shows a summary.
///
/// # Errors
/// `usage` where no question can be asked, `missing_permission` before the first question, and those of asking.
pub(super) async fn ask(args: Args, context: &Context) -> Result<Asked<'_>> {
    let ui = context.ui();
    if !ui.asks_for_what_is_missing() {
        return Err(incomplete(&args));
    }
    let session = CompanySession::open(context).await?;
    let held = session.own_permissions().await?;
    if !held.contains(Permission::ROLES_MANAGE) {
        return Err(refusal(&session).await);
    }
    let check = |name: String| RoleName::new(name.as_str()).map(|_| name);
    let name = match args.name.clone() {
        Some(name) => name,
        None => prompts::line(ui, "Name of the new role", check).await?,
    };
    let permissions = if args.has_permissions() {
        permissions(&session, args.permissions, args.from.as_deref()).await?
    } else {
        session.ask_permissions(held, PermissionSet::default()).await?
    };
    let line = CommandLine::new("role create").operand(&name).flag("--company", session.company);
    let line = line.flag("--permission", permissions.join(","));
    if !args.dry_run.is_on {
        let company = session.named_company().await;
        let summary = format!("The role {name} will be created in {company}: {}", permissions.join(", "));
        prompts::agreement(ui, &summary, "Create the role?").await?;
    }
    let line = if args.dry_run.is_on { line.switch("--dry-run") } else { line };
    Ok(Asked { session, role: CreateRole { name, permissions }, line })
}

/// The refusal of a line without what it needs.
fn incomplete(args: &Args) -> CliError {
    let what = match &args.name {
        None if args.has_permissions() => "the name of the role is missing".to_owned(),
        None => "the name of the role and its permissions are missing".to_owned(),
        Some(name) => format!("the permissions of the role {name} are missing"),
    };
    let line = CommandLine::new("role create").operand(args.name.as_deref().unwrap_or("NAME"));
    CliError::usage(what)
        .hint(line.flag("--permission", "PERMISSION").after("give them in the command: "))
        .hint(CommandLine::new("permission list").after("list the permissions with: "))
}

/// The refusal that the server would give in the end.
async fn refusal(session: &CompanySession<'_>) -> CliError {
    let (needed, company) = (Permission::ROLES_MANAGE, session.named_company().await);
    let why = format!("this needs the permission {needed} in {company}");
    let refusal = client::Error::new(Code::MissingPermission, why).in_company(company);
    explain(session, refusal, needed, None, &[]).await
}
