//! `sactl grant`: access of a service account in one company, given or changed.

use super::shared::access_args::{AccessSpec, AdjustArgs};
use super::shared::company_session::CompanySession;
use super::shared::dry_run::DryRunArgs;
use super::shared::hints::ActionDescription;
use super::shared::prompts;
use super::shared::undo::{restore_access, say_undo};
use crate::api::access::AdjustPermissions;
use crate::api::account::AccessChange;
use crate::client::Change;
use crate::context::Context;
use crate::domain::Operation;
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::GrantView;
use crate::text::CommandLine;

mod bulk;
mod questions;
mod wanted;

pub(super) use bulk::learn_roles;
pub use wanted::Args;

use wanted::Wanted;

/// Gives or changes the access.
///
/// # Errors
/// `usage`; `escalation`, `self_modification`, `not_found`, `invalid_input`, and those of signing in and of
/// writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let wanted = args.wanted()?;
    if args.is_bulk() {
        return bulk::run(args, wanted, context).await;
    }
    if args.is_incomplete() && context.ui().asks_for_what_is_missing() {
        let dry_run = args.dry_run;
        let asked = questions::ask(args, wanted, context).await?;
        finish(&asked.acting, &asked.name, &asked.wanted, dry_run).await?;
        prompts::tell_line(context, asked.line);
        return Ok(());
    }
    let Some(wanted) = wanted else {
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
    let acting =
        CompanySession::open(context).await.state_shown_by(|| CommandLine::new("show").operand(&name))?;
    finish(&acting, &name, &wanted, args.dry_run).await
}

/// Does what is wanted, or tries it.
async fn finish(acting: &CompanySession<'_>, name: &str, wanted: &Wanted, dry_run: DryRunArgs) -> Result<()> {
    let wanted = &spelled_out(acting, wanted).await?;
    let (change, attempt) = (change(acting, name, wanted), attempt(acting, name, wanted));
    if dry_run.is_on {
        return acting.dry_run(change, &attempt, would).await;
    }
    match change.await {
        Ok(done) => {
            acting.say(what_was_done(&done));
            if done.changed {
                let company = done.access.company.id;
                say_undo(acting.ui, restore_access(name, company, done.before.as_ref()));
            }
            acting.show(&GrantView::from(done))
        }
        Err(error) => Err(acting.explain(error, &attempt).await),
    }
}

/// What is wanted, with patterns of permissions written out.
async fn spelled_out(acting: &CompanySession<'_>, wanted: &Wanted) -> Result<Wanted> {
    Ok(match wanted {
        Wanted::Set(access) => Wanted::Set(acting.spelled_out(access.clone()).await?),
        Wanted::Adjust(adjust) => Wanted::Adjust(AdjustArgs {
            add: acting.written_out(adjust.add.clone()).await?,
            remove: acting.written_out(adjust.remove.clone()).await?,
        }),
    })
}

fn change<'a>(acting: &CompanySession<'a>, name: &str, wanted: &Wanted) -> Change<'a, AccessChange> {
    match wanted {
        Wanted::Set(rights) => acting.session.set_access(acting.company, name, &rights.to_set()),
        Wanted::Adjust(adjust) => {
            let AdjustArgs { add, remove } = adjust.clone();
            acting.session.adjust_access(acting.company, name, &AdjustPermissions { add, remove })
        }
    }
}

fn attempt<'a>(acting: &CompanySession<'_>, name: &'a str, wanted: &Wanted) -> ActionDescription<'a> {
    match wanted {
        Wanted::Set(rights) => {
            ActionDescription::new(Operation::SetAccess, name).asking(acting.company, rights.clone())
        }
        Wanted::Adjust(adjust) => ActionDescription {
            asked: vec![(acting.company, AccessSpec::Permissions(adjust.add.clone()))],
            also_named: adjust.remove.clone(),
            ..ActionDescription::new(Operation::AdjustAccess, name)
        },
    }
}

fn would(done: &AccessChange) -> String {
    let (name, access) = (&done.account.name, &done.access);
    let held = access.role.clone().unwrap_or_else(|| access.permissions.listed());
    if done.changed {
        let now = done.before.as_ref().map_or_else(|| "no access".to_owned(), prompts::held);
        format!("{name} would have {held} in {}; now: {now}", access.company)
    } else {
        format!("{name} already has {held} in {}: nothing would change", access.company)
    }
}

fn what_was_done(done: &AccessChange) -> String {
    let (name, access) = (&done.account.name, &done.access);
    let held = access.role.clone().unwrap_or_else(|| access.permissions.listed());
    let company = &access.company;
    if done.changed {
        let before = done.before.as_ref().map_or_else(|| "no access".to_owned(), prompts::held);
        format!("{name} now has {held} in {company}; before: {before}")
    } else {
        format!("Unchanged: {name} already has {held} in {company}")
    }
}
