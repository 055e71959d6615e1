//! `sactl revoke`: removes all access of service accounts in the company.
//!
//! Responsible for confirmation and the message about what was removed. Refuses to run without a terminal and without
//! `--yes`.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::shared::carry_out::{Order, Prepared};
use super::shared::company_session::CompanySession;
use super::shared::confirm::{self, name_the_account, require_confirmation};
use super::shared::dry_run::DryRunArgs;
use super::shared::hints::ActionDescription;
use super::shared::missing;
use super::shared::prompts;
use super::shared::run_args::RunArgs;
use super::shared::several::{self, warn_of_access_elsewhere};
use super::shared::undo::{restore_access, show_with_undo};
use crate::api::Code;
use crate::api::account::AccessRemoval;
use crate::client::{Foretold, Session};
use crate::config::settings::ChosenCompany;
use crate::context::Context;
use crate::domain::company::CompanyRef;
use crate::domain::{AccountName, CompanyId, Operation};
use crate::error::{CliError, Result, WriteOutcome};
use crate::fleet::bulk as plans;
use crate::fleet::plan::Plan;
use crate::fleet::selectors::CompaniesArgs;
use crate::output::{RevokeView, Step};
use crate::text::CommandLine;

#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  sactl revoke northwind-telemetry --dry-run\n  sactl revoke northwind-telemetry --yes\n  \
                  sactl revoke fleet-automation backup-runner --companies 1,2 --yes"
)]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Names of service accounts, or patterns such as 'fleet-*'; - reads them from standard input
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    #[command(flatten)]
    companies: CompaniesArgs,

    #[command(flatten)]
    run: RunArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// The company as far as it is known before any request.
fn place(context: &Context) -> Result<String> {
    Ok(match context.settings()?.chosen_company() {
        Some(ChosenCompany::Stored(company)) => company.to_string(),
        Some(ChosenCompany::Named(CompanyRef::Id(id))) => format!("company {id}"),
        Some(ChosenCompany::Named(CompanyRef::Name(name))) => name.clone(),
        None => "the company".to_owned(),
    })
}

fn would(removal: Option<&AccessRemoval>, name: &str) -> String {
    match removal {
        Some(AccessRemoval { changed: false, company, .. }) => {
            format!("{name} has no access in {company}: nothing would change")
        }
        Some(AccessRemoval { company, before, .. }) => {
            let now = before.as_ref().map(|access| format!("; now: {}", prompts::held(access)));
            format!("{name} would lose all access in {company}{}", now.unwrap_or_default())
        }
        None => format!("{name} would lose all access"),
    }
}

/// Removes the access.
///
/// # Errors
/// `confirmation_required` before any request is sent; `not_found`, and those of signing in and of writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    if several::is_several(&args.names) || args.companies.companies.is_some() {
        return bulk(args, context).await;
    }
    let name = missing::account(context, args.names.into_iter().next(), Operation::RemoveAccess).await?;
    let attempt = ActionDescription::new(Operation::RemoveAccess, &name);
    if !args.dry_run.is_on {
        let mut what = format!("remove all access of {name} in {}", place(context)?);
        if confirm::is_needed(context, &what)? {
            // A person is asked about the company as the server names it.
            let company = CompanySession::open(context).await?.named_company().await;
            what = format!("remove all access of {name} in {company}");
        }
        let outcome = "its access here ends immediately";
        name_the_account(context, &what, Operation::RemoveAccess, &name, outcome).await?;
        require_confirmation(context, &what).await?;
    }
    let session =
        CompanySession::open(context).await.state_shown_by(|| CommandLine::new("show").operand(&name))?;
    let change = session.client.remove_access(session.company, &name);
    if args.dry_run.is_on {
        return session.dry_run(change, &attempt, |removal| would(removal.as_ref(), &name)).await;
    }
    let removal = match session.send(change, session.shown_by(&name)).await {
        Ok(Some(removal)) => removal,
        // Done by an attempt before, whose answer was lost; what the company no longer sees was external.
        Ok(None) => match context.named_company().await {
            Ok(company) => AccessRemoval { account: None, company, before: None, changed: true },
            Err(error) => return Err(in_doubt(&session, &name, error)),
        },
        Err(error) => return Err(session.explain(error, &attempt).await),
    };
    session.say(if removal.changed {
        let before = removal.before.as_ref().map(|access| format!("; before: {}", prompts::held(access)));
        format!("Removed all access of {name} in {}{}", removal.company, before.unwrap_or_default())
    } else {
        format!("Unchanged: {name} had no access in {}", removal.company)
    });
    let company = removal.company.id;
    let undo = removal.before.as_ref().map(|before| restore_access(&name, company, Some(before)));
    show_with_undo(session.ui, &RevokeView::new(removal, &name), undo)
}

/// The repeated request was answered with not found, and the server does not show the company either: the answer may
/// have been about the company, and not about the account.
fn in_doubt(session: &CompanySession<'_>, name: &str, cause: CliError) -> CliError {
    let company = session.company;
    let message = format!(
        "the access of {name} in company {company} may or may not have been removed: the first answer was lost, and \
         the server does not show the company"
    );
    CliError::new(Code::OutcomeUnknown, message)
        .caused_by(cause)
        .hint(session.shown_by(name).after("check the current state with: "))
}

/// Removes the access of several accounts, or in several companies.
async fn bulk(args: Args, context: &Context) -> Result<()> {
    let what = "remove all access of these accounts in these companies".to_owned();
    if !args.dry_run.is_on {
        confirm::is_needed(context, &what)?;
    }
    let mut scope = several::read(context, args.names, &args.companies, None).await?;
    let bare = without_access(context, &mut scope, args.run.concurrency).await?;
    let mut plan = plans::revokes(&scope.found, &scope.names, &scope.companies);
    plan.unchanged += bare * scope.companies.len() as u64;
    for (account, count) in left_elsewhere(&scope, &plan) {
        warn_of_access_elsewhere(context, account, count);
    }
    let order = Order::new(context, "revoke", &args.run, args.dry_run.is_on, what);
    order.carry_out(Prepared { plan, found: scope.found }).await.map(drop)
}

/// The accounts that lose all access which the caller sees, and have some where the caller does not belong; with the
/// number of these companies.
fn left_elsewhere<'a>(scope: &'a several::Scope, plan: &Plan) -> impl Iterator<Item = (&'a str, usize)> {
    let mut lost: BTreeMap<String, usize> = BTreeMap::new();
    for key in plan.steps.iter().filter_map(Step::account_key) {
        *lost.entry(key).or_default() += 1;
    }
    scope.names.iter().filter_map(move |name| {
        let key = AccountName::key_of(name);
        let account = scope.found.accounts.get(&key).filter(|account| account.elsewhere > 0)?;
        let lost = lost.get(&key).copied().unwrap_or_default();
        (lost == account.access.len()).then_some((account.name.as_str(), account.elsewhere))
    })
}

/// Takes the names out that no list shows, and of which the server says that there is no access to remove: a removal
/// that is repeated is no mistake. Returns how many they are. Nothing is changed. `concurrency` names are asked about at
/// a time.
async fn without_access(context: &Context, scope: &mut several::Scope, concurrency: usize) -> Result<u64> {
    let several::Scope { found, names, companies, .. } = scope;
    let Some(company) = companies.first().map(|company| company.id) else { return Ok(0) };
    let session = context.session().await?;
    let is_listed = |name: &String| found.accounts.contains_key(&AccountName::key_of(name));
    let unseen = names.iter().filter(|name| !is_listed(name)).cloned();
    let asked = unseen.map(|name| async move {
        let is_bare = is_bare(session, company, &name).await?;
        Ok::<_, CliError>(is_bare.then_some(name))
    });
    let answers = stream::iter(asked).buffer_unordered(concurrency);
    let bare: BTreeSet<String> = answers.try_filter_map(future::ok).try_collect().await?;
    names.retain(|name| !bare.contains(name));
    Ok(bare.len() as u64)
}

async fn is_bare(session: &Session, company: CompanyId, name: &str) -> Result<bool> {
    let Ok((_, dry_run)) = session.remove_access(company, name).dry_run() else { return Ok(false) };
    let removal = dry_run.send().await?;
    Ok(matches!(removal, Foretold::Done(Some(AccessRemoval { changed: false, .. }))))
}
