//! `sactl edit`: changes the description of a service account.
//!
//! Responsible for that one change. Refuses to change the name, which never changes.

use super::shared::company_session::CompanySession;
use super::shared::dry_run::DryRunArgs;
use super::shared::hints::ActionDescription;
use super::shared::undo::show_with_undo;
use super::shared::{missing, prompts};
use crate::api::Account;
use crate::api::account::EditAccount;
use crate::context::Context;
use crate::domain::{Description, Operation};
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::AccountView;
use crate::text::CommandLine;
use crate::ui::Ui;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl edit backup-runner --description \"Nightly backups\"\n  \
                        sactl edit backup-runner --description \"\" --dry-run")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Name of the service account; asked for on a terminal
    name: Option<String>,

    /// New description, at most 500 characters; empty for none; asked for on a terminal
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    description: Option<String>,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Changes the description.
///
/// # Errors
/// `invalid_input` before anything is sent; `not_owner`, `not_found`, and those of signing in and of writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let given = args.description.map(Description::new).transpose();
    let given = given.map_err(|broken| CliError::invalid_input(vec![broken]))?;
    if given.is_none() {
        require_description(context.ui(), args.name.as_deref())?;
    }
    let name = missing::account(context, args.name, Operation::Edit).await?;
    let description = match given {
        Some(description) => description,
        None => ask_description(context.ui(), &name).await?,
    };
    let session =
        CompanySession::open(context).await.state_shown_by(|| CommandLine::new("show").operand(&name))?;
    let edit = EditAccount { description: description.map(Description::into_string) };
    let attempt = ActionDescription::new(Operation::Edit, &name);
    let change = session.client.edit_account(session.company, &name, &edit);
    let before = description_before(&session, &name).await;
    let is_same = |account: &Account| {
        before.as_deref().is_some_and(|before| before == account.description.as_deref().unwrap_or_default())
    };
    if args.dry_run.is_on {
        let would = |account: &Account| {
            let (name, owner) = (&account.name, &account.owner);
            if is_same(account) {
                return format!(
                    "{name}, owned by {owner}, already has this description: nothing would change"
                );
            }
            format!("the description of {name}, owned by {owner}, would change")
        };
        return session.dry_run(change, &attempt, would).await;
    }
    match session.send(change, session.shown_by(&name)).await {
        Ok(account) if is_same(&account) => {
            let (name, owner) = (&account.name, &account.owner);
            session.say(format!("Unchanged: {name}, owned by {owner}, already has this description"));
            show_with_undo(session.ui, &AccountView::from(account), None)
        }
        Ok(account) => {
            let told = format!("Changed the description of {}, owned by {}", account.name, account.owner);
            let old = before.as_deref().map(|old| if old.is_empty() { "none" } else { old });
            session.say(old.map_or_else(|| told.clone(), |old| format!("{told}; before: {old}")));
            let line = CommandLine::new("edit").operand(&account.name).flag("--company", account.owner.id);
            let undo = before.map(|before| line.flag("--description", before));
            show_with_undo(session.ui, &AccountView::from(account), undo)
        }
        Err(error) => Err(session.explain(error, &attempt).await),
    }
}

/// Refuses a line without a description where no question can be asked.
///
/// # Errors
/// `usage`.
fn require_description(ui: &Ui, name: Option<&str>) -> Result<()> {
    if ui.asks_for_what_is_missing() {
        return Ok(());
    }
    let what = match name {
        Some(name) => format!("the new description of {name} is missing"),
        None => "the name of the service account and its new description are missing".to_owned(),
    };
    let line = CommandLine::new("edit").operand(name.unwrap_or("NAME")).flag("--description", "TEXT");
    Err(CliError::usage(what).hint(line.after("give it in the command: ")))
}

/// The description that will be replaced, for the message alone: `None` when no message is shown, and for a caller
/// that may not read it.
async fn description_before(session: &CompanySession<'_>, name: &str) -> Option<String> {
    if !session.ui.speaks() {
        return None;
    }
    let detail = session.client.show_account(session.company, name).await.ok()?;
    Some(detail.account.description.unwrap_or_default())
}

async fn ask_description(ui: &Ui, name: &str) -> Result<Option<Description>> {
    prompts::line(ui, &format!("New description of {name} (Return for none)"), Description::new).await
}
