//! `sactl grant`: gives or changes the access of service accounts.
//!
//! Responsible for one account in one company; `bulk` has several. Refuses to decide what may be granted: the server
//! does.

use super::shared::access_args::{AccessSpec, AdjustArgs};
use super::shared::company_session::CompanySession;
use super::shared::dry_run::DryRunArgs;
use super::shared::hints::ActionDescription;
use super::shared::prompts;
use super::shared::undo::{restore_access, show_with_undo};
use crate::api::access::AdjustPermissions;
use crate::api::account::{AccessChange, Before};
use crate::client::Change;
use crate::context::Context;
use crate::domain::Operation;
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::GrantView;
use crate::text::CommandLine;

mod bulk;
mod questions;
mod request;

pub(super) use bulk::learn_roles;
pub use request::Args;

use request::GrantRequest;

/// Gives or changes the access.
///
/// # Errors
/// `usage`; `escalation`, `self_modification`, `not_found`, `invalid_input`, and those of signing in and of
/// writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let request = args.request()?;
    if args.is_bulk() {
        return bulk::run(args, request, context).await;
    }
    if args.is_incomplete() && context.ui().asks_for_what_is_missing() {
        let dry_run = args.dry_run;
        let asked = questions::ask(args, request, context).await?;
        finish(&asked.session, &asked.name, &asked.request, dry_run).await?;
        prompts::tell_line(context, asked.line);
        return Ok(());
    }
    let Some(request) = request else {
        let what = match args.name() {
            Some(_) => "say what access to give",
            None => "the account name is missing; say also what access to give",
        };
        return Err(
            CliError::usage(what).hint("add --role, --permission, --add-permission or --remove-permission")
        );
    };
    let Some(name) = args.name().cloned() else {
        return Err(CliError::usage("the account name is missing, and there is no terminal to ask on")
            .hint(CommandLine::new("list").after("list the accounts with: ")));
    };
    let session =
        CompanySession::open(context).await.state_shown_by(|| CommandLine::new("show").operand(&name))?;
    finish(&session, &name, &request, args.dry_run).await
}

/// Changes the access, or tries it.
async fn finish(
    session: &CompanySession<'_>,
    name: &str,
    request: &GrantRequest,
    dry_run: DryRunArgs,
) -> Result<()> {
    let request = &spelled_out(session, request).await?;
    let (change, attempt) = (change(session, name, request), attempt(session, name, request));
    if dry_run.is_on {
        return session.dry_run(change, &attempt, would).await;
    }
    match session.send(change, session.shown_by(name)).await {
        Ok(done) => {
            session.say(what_was_done(&done));
            let undo = match &done.before {
                Before::Known(before) if done.changed => {
                    Some(restore_access(name, done.access.company.id, before.as_ref()))
                }
                _ => None,
            };
            show_with_undo(session.ui, &GrantView::from(done), undo)
        }
        Err(error) => Err(session.explain(error, &attempt).await),
    }
}

/// The request, with patterns of permissions written out.
async fn spelled_out(session: &CompanySession<'_>, request: &GrantRequest) -> Result<GrantRequest> {
    Ok(match request {
        GrantRequest::Set(access) => GrantRequest::Set(session.spelled_out(access.clone()).await?),
        GrantRequest::Adjust(adjust) => GrantRequest::Adjust(AdjustArgs {
            add: session.written_out(adjust.add.clone()).await?,
            remove: session.written_out(adjust.remove.clone()).await?,
        }),
    })
}

fn change<'a>(session: &CompanySession<'a>, name: &str, request: &GrantRequest) -> Change<'a, AccessChange> {
    match request {
        GrantRequest::Set(rights) => session.client.set_access(session.company, name, &rights.to_set()),
        GrantRequest::Adjust(adjust) => {
            let AdjustArgs { add, remove } = adjust.clone();
            session.client.adjust_access(session.company, name, &AdjustPermissions { add, remove })
        }
    }
}

fn attempt<'a>(session: &CompanySession<'_>, name: &'a str, request: &GrantRequest) -> ActionDescription<'a> {
    match request {
        GrantRequest::Set(rights) => {
            ActionDescription::new(Operation::SetAccess, name).asking(session.company, rights.clone())
        }
        GrantRequest::Adjust(adjust) => ActionDescription {
            asked: vec![(session.company, AccessSpec::Permissions(adjust.add.clone()))],
            also_named: adjust.remove.clone(),
            ..ActionDescription::new(Operation::AdjustAccess, name)
        },
    }
}

fn would(done: &AccessChange) -> String {
    let (name, access) = (&done.account.name, &done.access);
    let held = access.role.clone().unwrap_or_else(|| access.permissions.listed());
    if done.changed {
        format!("{name} would have {held} in {}{}", access.company, before(done, "now"))
    } else {
        format!("{name} already has {held} in {}: nothing would change", access.company)
    }
}

fn what_was_done(done: &AccessChange) -> String {
    let (name, access) = (&done.account.name, &done.access);
    let held = access.role.clone().unwrap_or_else(|| access.permissions.listed());
    let company = &access.company;
    if done.changed {
        format!("{name} now has {held} in {company}{}", before(done, "before"))
    } else {
        format!("Unchanged: {name} already has {held} in {company}")
    }
}

/// The access before as the end of a sentence; empty where the server does not say it.
fn before(done: &AccessChange, when: &str) -> String {
    match &done.before {
        Before::Unknown => String::new(),
        Before::Known(None) => format!("; {when}: no access"),
        Before::Known(Some(access)) => format!("; {when}: {}", prompts::held(access)),
    }
}
