//! Confirmation of destructive commands.
//!
//! Responsible for showing what will be affected before it asks. Refuses, with `--yes` missing and without a terminal,
//! before any request is sent.

use super::company_session::CompanySession;
use super::hints::ActionDescription;
use super::prompts::held;
use crate::api::{Access, Account, AccountDetail, Code};
use crate::client;
use crate::context::Context;
use crate::domain::{Operation, Ownership};
use crate::error::{CliError, Result};

/// Whether a person has to be asked.
///
/// # Errors
/// `confirmation_required` without a terminal to ask on.
pub(in crate::commands) fn is_needed(context: &Context, what: &str) -> Result<bool> {
    let ui = context.ui();
    match (ui.is_confirmed(), ui.is_interactive()) {
        (true, _) => Ok(false),
        (false, true) => Ok(true),
        (false, false) => Err(CliError::confirmation_required(what)),
    }
}

/// Requires a confirmation of `what` (as in `revoke all access of x`), by `--yes` or on a terminal. The question names
/// the profile or the server, because another one may be meant.
///
/// # Errors
/// `confirmation_required` without a terminal to ask on, or when the answer is no.
pub async fn require_confirmation(context: &Context, what: &str) -> Result<()> {
    confirmed(context, what, &format!("Really {what}{}?", there(context))).await
}

/// The same for a change of this machine alone.
///
/// # Errors
/// As [`require_confirmation`].
pub async fn require_confirmation_here(context: &Context, what: &str) -> Result<()> {
    confirmed(context, what, &format!("Really {what}?")).await
}

async fn confirmed(context: &Context, what: &str, question: &str) -> Result<()> {
    if !is_needed(context, what)? || context.ui().confirm(question).await? {
        return Ok(());
    }
    Err(CliError::not_confirmed())
}

/// The profile or the server at the end of a question.
pub(in crate::commands) fn there(context: &Context) -> String {
    context.place().map(|place| format!(", at {place}")).unwrap_or_default()
}

/// The same where `word`, such as a name, must be typed to confirm.
///
/// # Errors
/// As [`require_confirmation`].
pub async fn require_typed(context: &Context, what: &str, word: &str) -> Result<()> {
    let question = format!("Really {what}{}? This cannot be undone", there(context));
    if !is_needed(context, what)? || context.ui().confirm_by_typing(&question, word).await? {
        return Ok(());
    }
    Err(CliError::not_confirmed())
}

/// Shows, before the question about `operation`, which account it affects and its `outcome`. An account that is not
/// there, or that only its owner may touch, is refused before the question.
///
/// # Errors
/// `confirmation_required` without a terminal to ask on; those of signing in and of reading; `not_owner`.
pub(in crate::commands) async fn name_the_account(
    context: &Context,
    what: &str,
    operation: Operation,
    name: &str,
    outcome: &str,
) -> Result<()> {
    if !is_needed(context, what)? {
        return Ok(());
    }
    let session = CompanySession::open(context).await?;
    let attempt = ActionDescription::new(operation, name);
    match session.client.show_account(session.company, name).await {
        Ok(detail) => {
            let is_external = detail.account.ownership == Ownership::External;
            if operation.is_for_the_owner_only() && is_external {
                let Account { name, owner, .. } = detail.account;
                let why = format!("only {owner}, which owns {name}, may do this");
                let mut refusal = client::Error::new(Code::NotOwner, why);
                refusal.subject.owner = Some(owner);
                return Err(session.explain(refusal, &attempt).await);
            }
            let is_immediate = session.client.promises_immediate_effect().await?;
            let outcome = if is_immediate { format!("; {outcome}") } else { String::new() };
            context.ui().ask_about(format!("{}{outcome}", in_words(&detail)));
            Ok(())
        }
        // Who may not look may still be allowed to do it.
        Err(error) if error.code == Code::MissingPermission => Ok(()),
        Err(error) => Err(session.explain(error, &attempt).await),
    }
}

/// Whose the account is, where it may do what, and when it was last used.
pub(in crate::commands) fn in_words(detail: &AccountDetail) -> String {
    let account = &detail.account;
    let mut parts = vec![format!("{}, owned by {}", account.name, account.owner)];
    match &detail.companies {
        Some(companies) => parts.push(format!("has {}", everywhere(companies))),
        None => parts.push(match &account.access {
            Some(access) => format!("access here: {}", held(access)),
            None => "access here: none".to_owned(),
        }),
    }
    if account.ownership == Ownership::Owned {
        parts.push(match account.last_used_at {
            Some(time) => format!("last used {}", time.strftime("%Y-%m-%d %H:%M UTC")),
            None => "never used".to_owned(),
        });
    }
    parts.join("; ")
}

/// In which companies an account has which access.
pub(in crate::commands) fn everywhere<'a>(
    accesses: impl IntoIterator<Item = &'a Access, IntoIter: ExactSizeIterator>,
) -> String {
    const SHOWN: usize = 5;
    let accesses = accesses.into_iter();
    let count = accesses.len();
    if count == 0 {
        return "no access".to_owned();
    }
    let each = accesses.map(|access| format!("{}: {}", access.company, held(access)));
    let mut listed: Vec<String> = each.take(SHOWN).collect();
    if count > SHOWN {
        listed.push(format!("and {} more", count - SHOWN));
    }
    let companies = if count == 1 { "company" } else { "companies" };
    format!("access in {count} {companies}: {}", listed.join("; "))
}
