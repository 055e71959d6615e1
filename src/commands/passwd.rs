//! `sactl passwd`: sets a new password, which revokes every token of the account.
//!
//! Responsible for the password and for finishing an earlier attempt. Refuses a password that breaks the local policy
//! before anything is sent.

use serde_json::json;

use super::shared::company_session::CompanySession;
use super::shared::confirm::{name_the_account, require_confirmation};
use super::shared::dry_run::{DryRunArgs, try_out};
use super::shared::hints::ActionDescription;
use super::shared::missing;
use super::shared::password_args::PasswordArgs;
use crate::api::Code;
use crate::api::account::{PasswordChange, ResetPassword};
use crate::client;
use crate::config::identity::read_password_file;
use crate::context::Context;
use crate::domain::{Operation, Password};
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::PasswordView;
use crate::text::CommandLine;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl passwd backup-runner --generate --dry-run\n  \
    sactl passwd backup-runner --generate --yes\n  \
    sactl passwd backup-runner --generate --password-out backup.password --yes\n  \
    sactl passwd backup-runner --password-file new.password --yes\n  \
    sactl passwd backup-runner --password-stdin --yes < new.password\n  \
    sactl passwd backup-runner --password-file new.password --policy server --yes\n\n\
    An account resets its own:\n  \
    sactl passwd fleet-automation --current-password-file old.password --password-file new.password --yes")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Name of the service account; asked for on a terminal
    name: Option<String>,

    /// Read the current password from a file; required when an account resets its own password
    #[arg(long, value_name = "FILE")]
    current_password_file: Option<std::path::PathBuf>,

    #[command(flatten)]
    password: PasswordArgs,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Resets the password.
///
/// # Errors
/// `confirmation_required` and `invalid_input` before any request is sent; `not_owner`, `escalation`,
/// `not_found`, and those of signing in and of writing.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    args.password.refuse_to_lose(context)?;
    let current = args.current_password_file.as_deref().map(read_password_file).transpose()?;
    let name = missing::account(context, args.name.clone(), Operation::ResetPassword).await?;
    let what = format!("reset the password of {name}");
    if args.dry_run.is_on {
        return dry_run(&args, &name, current, context).await;
    }
    let outcome = "all its tokens stop working";
    name_the_account(context, &what, Operation::ResetPassword, &name, outcome).await?;
    require_confirmation(context, &what).await?;
    let password = args.password.read(context, &name).await?;
    let session =
        CompanySession::open(context).await.state_shown_by(|| CommandLine::new("show").operand(&name))?;
    let new = password.password().clone();
    let request = ResetPassword { password: new.clone(), current_password: current };
    let sent = password.send(&session, "passwd", &name, json!({}))?;
    // Before the change, which may end the token of this session.
    let is_immediate = match session.client.promises_immediate_effect().await {
        Ok(is_immediate) => is_immediate,
        Err(error) => return Err(sent.failed(error.into())),
    };
    match reset(&session, &name, request).await {
        Ok(PasswordChange { account }) => {
            let revoked = if is_immediate { "; all its tokens were revoked" } else { "" };
            session
                .say(format!("Reset the password of {}, owned by {}{revoked}", account.name, account.owner));
            context.keep_own_password(&account.name, new).await;
            sent.done(&session, |password| PasswordView::new(account.clone(), password))
        }
        Err(error) => {
            // Confirmed, and only not shown.
            if error.code() == Code::Output {
                context.keep_own_password(&name, new).await;
            }
            Err(sent.failed(error))
        }
    }
}

async fn dry_run(args: &Args, name: &str, current: Option<Password>, context: &Context) -> Result<()> {
    let password = args.password.read(context, name).await?;
    let session = CompanySession::open(context).await?;
    let is_given = current.is_some();
    let request = ResetPassword { password: password.for_dry_run(), current_password: current };
    let change = session.client.reset_password(session.company, name, &request);
    let would = |PasswordChange { account }: &PasswordChange| {
        format!("the password of {}, owned by {}, would be reset", account.name, account.owner)
    };
    match try_out(session.ui, session.client.origin(), change, would).await? {
        Some(refusal) => Err(explained(&session, name, refusal, is_given).await),
        None => Ok(()),
    }
}

/// The refusal of a reset; `is_given` says that the present password was given.
async fn explained(
    session: &CompanySession<'_>,
    name: &str,
    error: client::Error,
    is_given: bool,
) -> CliError {
    if !is_given && wants_the_present_password(&error) {
        return CliError::from(error).hint("pass it with --current-password-file FILE");
    }
    session.explain(error, &ActionDescription::new(Operation::ResetPassword, name)).await
}

/// Sends the request; a second time with the present password where an account resets its own and can be asked.
async fn reset(
    session: &CompanySession<'_>,
    name: &str,
    mut request: ResetPassword,
) -> Result<PasswordChange> {
    let is_given = request.current_password.is_some();
    let mut outcome = session.client.reset_password(session.company, name, &request).await;
    if !is_given && session.ui.is_interactive() && outcome.as_ref().is_err_and(wants_the_present_password) {
        let typed = session.ui.prompt_secret(&format!("Current password of {name}")).await?;
        request.current_password = Some(Password::new(typed.as_str()));
        outcome = session.client.reset_password(session.company, name, &request).await;
    }
    match outcome {
        Ok(change) => Ok(change),
        Err(error) => Err(explained(session, name, error, is_given).await),
    }
}

/// Whether the account resets its own password and did not say the present one.
fn wants_the_present_password(error: &client::Error) -> bool {
    error.code == Code::InvalidInput && error.errors.iter().any(|broken| broken.field == "current_password")
}
