//! `sactl create`: creates a service account with its access, in one request and at most once.
//!
//! Responsible for the password and for finishing an earlier attempt. Refuses a password that breaks the local policy
//! before anything is sent.

use serde_json::json;

use super::shared::access_args::AccessSpec;
use super::shared::company_session::CompanySession;
use super::shared::hints::ActionDescription;
use super::shared::new_password::new_key;
use super::shared::prompts;
use super::shared::undo::say_undo;
use crate::api::account::CreateAccount;
use crate::api::{Account, AccountDetail};
use crate::context::Context;
use crate::domain::{Company, CompanyId, Description, Operation};
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::CreatedView;
use crate::text::CommandLine;

mod questions;
mod request;

pub use request::Args;

use request::CreateRequest;

/// Creates the account.
///
/// # Errors
/// `invalid_input` with every broken rule before anything is sent; `name_taken`, `escalation`, and those of
/// signing in and of writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    args.password.refuse_to_lose(context)?;
    if args.is_incomplete() && context.ui().asks_for_what_is_missing() {
        let asked = questions::ask(args, context).await?;
        finish(&asked.session, asked.request, context).await?;
        prompts::tell_line(context, asked.line);
        return Ok(());
    }
    let request = args.request(context).await?;
    let session = CompanySession::open(context)
        .await
        .state_shown_by(|| CommandLine::new("show").operand(&request.name))?;
    finish(&session, request, context).await
}

/// Creates the account, or tries it.
async fn finish(session: &CompanySession<'_>, request: CreateRequest, context: &Context) -> Result<()> {
    let asked = asked(&request, session, context).await?;
    let CreateRequest { name, description, password, dry_run, .. } = request;
    let new = CreateAccount {
        name: name.clone(),
        password: if dry_run.is_on { password.for_dry_run() } else { password.password().clone() },
        description: description.map(Description::into_string),
        access: asked.iter().map(|(company, rights)| rights.to_initial(*company)).collect(),
    };
    let attempt = ActionDescription { asked, ..ActionDescription::new(Operation::Create, &name) };
    if dry_run.is_on {
        let change = session.client.create_account(session.company, &new, &new_key());
        return session.dry_run(change, &attempt, would).await;
    }
    let body = json!({ "description": &new.description, "access": &new.access });
    let sent = password.send(session, "create", &name, body)?;
    match session.client.create_account(session.company, &new, sent.key()).await {
        Ok(detail) => {
            session.say(what_was_done(&detail));
            let owner = detail.account.owner.id;
            let shown = sent.done(session, |password| CreatedView::new(detail.clone(), password));
            say_undo(session.ui, CommandLine::new("delete").operand(&name).flag("--company", owner));
            shown
        }
        Err(error) => Err(sent.failed(session.explain(error, &attempt).await)),
    }
}

/// Every company with the access asked for there, each at most once.
async fn asked(
    request: &CreateRequest,
    session: &CompanySession<'_>,
    context: &Context,
) -> Result<Vec<(CompanyId, AccessSpec)>> {
    let mut asked = Vec::new();
    if let Some(rights) = &request.access {
        asked.push((session.company, session.spelled_out(rights.clone()).await?));
    }
    for grant in &request.grants {
        let Company { id, name } = context.resolve_company(&grant.company).await?;
        if asked.iter().any(|(company, _)| *company == id) {
            return Err(CliError::usage(format!("access in {name} ({id}) is given twice"))
                .hint("give each company once; --role and --permission apply to the active company"));
        }
        asked.push((id, session.spelled_out(grant.rights.clone()).await?));
    }
    Ok(asked)
}

fn would(detail: &AccountDetail) -> String {
    let account = &detail.account;
    format!("{} would be created, owned by {}; {}", account.name, account.owner, access_in_words(detail))
}

fn what_was_done(detail: &AccountDetail) -> String {
    let Account { name, id, owner, .. } = &detail.account;
    format!("Created {name} (id {id}), owned by {owner}; {}", access_in_words(detail))
}

fn access_in_words(detail: &AccountDetail) -> String {
    let access: Vec<String> = detail
        .companies
        .iter()
        .flatten()
        .map(|access| match &access.role {
            Some(role) => format!("{role} in {}", access.company),
            None => format!("{} in {}", access.permissions.listed(), access.company),
        })
        .collect();
    if access.is_empty() { "no access yet".to_owned() } else { format!("access: {}", access.join("; ")) }
}
