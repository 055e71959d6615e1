//! The questions of `sactl grant` on a terminal: for everything that is missing, then for confirmation.
//!
//! Responsible for their order and words. Refuses to send anything.

use super::request::{Args, GrantRequest};
use crate::api::{Access, Code};
use crate::commands::shared::access_args::AdjustArgs;
use crate::commands::shared::company_session::CompanySession;
use crate::commands::shared::hints::ActionDescription;
use crate::commands::shared::prompts::{self, Chosen};
use crate::context::Context;
use crate::domain::{Company, Operation};
use crate::error::{CliError, Result};
use crate::text::CommandLine;

/// A request that is complete and agreed to, and the command that says the same without questions.
pub(super) struct Asked<'a> {
    pub(super) session: CompanySession<'a>,
    pub(super) name: String,
    pub(super) request: GrantRequest,
    pub(super) line: CommandLine,
}

/// Asks for what is missing, and shows a summary.
///
/// # Errors
/// Those of asking.
pub(super) async fn ask(args: Args, request: Option<GrantRequest>, context: &Context) -> Result<Asked<'_>> {
    let ui = context.ui();
    let session = CompanySession::open(context).await?;
    session
        .require_right_to_ask(Operation::SetAccess, args.name().map(String::as_str).unwrap_or_default())
        .await?;
    let company = session.named_company().await;
    let name = match args.name().cloned() {
        Some(name) => name,
        None => session.ask_account(Operation::SetAccess).await?,
    };
    let (now, present) = present(&session, &name).await?;
    ui.ask_about(now);
    let (request, what) = match request {
        Some(request) => {
            let what = in_words(&request, &company);
            (request, what)
        }
        None => match session.ask_access(false, present.as_ref()).await? {
            Chosen::AccessSpec(rights, permissions) => {
                let what = prompts::in_words(&rights, permissions, &company);
                (GrantRequest::Set(rights), format!("will have {what}"))
            }
            Chosen::Nothing => return Err(CliError::not_confirmed()),
        },
    };
    if !args.dry_run.is_on {
        let instead = match (&request, &present) {
            (GrantRequest::Set(_), Some(access)) => format!(", in place of {}", prompts::held(access)),
            _ => String::new(),
        };
        prompts::agreement(ui, &format!("{name} {what}{instead}"), "Apply?").await?;
    }
    let line = line(&name, &request, &company);
    let line = if args.dry_run.is_on { line.switch("--dry-run") } else { line };
    Ok(Asked { session, name, request, line })
}

/// Whose the account is and what it may do here, in words, and its access. An account that this company does
/// not see may still be given access by a caller who sees it in another company.
async fn present(session: &CompanySession<'_>, name: &str) -> Result<(String, Option<Access>)> {
    match session.client.show_account(session.company, name).await {
        Ok(detail) => {
            let account = detail.account;
            let access = account.access.as_ref().map_or_else(|| "no access".to_owned(), prompts::held);
            Ok((format!("{}, owned by {}; here: {access}", account.name, account.owner), account.access))
        }
        Err(error) if matches!(error.code, Code::NotFound | Code::MissingPermission) => {
            Ok((format!("this company does not see {name} yet"), None))
        }
        Err(error) => Err(session.explain(error, &ActionDescription::new(Operation::Show, name)).await),
    }
}

fn in_words(request: &GrantRequest, company: &Company) -> String {
    match request {
        GrantRequest::Set(rights) => format!("will have {rights} in {company}"),
        GrantRequest::Adjust(AdjustArgs { add, remove }) => {
            let gains = (!add.is_empty()).then(|| format!("gains {}", add.join(", ")));
            let loses = (!remove.is_empty()).then(|| format!("loses {}", remove.join(", ")));
            let both: Vec<String> = gains.into_iter().chain(loses).collect();
            format!("{} in {company}", both.join(" and "))
        }
    }
}

/// The same without questions.
fn line(name: &str, request: &GrantRequest, company: &Company) -> CommandLine {
    let line = CommandLine::new("grant").operand(name).flag("--company", company.id);
    match request {
        GrantRequest::Set(rights) => prompts::flags(line, rights),
        GrantRequest::Adjust(AdjustArgs { add, remove }) => {
            let line = if add.is_empty() { line } else { line.flag("--add-permission", add.join(",")) };
            if remove.is_empty() { line } else { line.flag("--remove-permission", remove.join(",")) }
        }
    }
}
