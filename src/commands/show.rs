//! `sactl show`: shows everything about service accounts that the company may see.
//!
//! Responsible for one or several accounts, in the order of the request. Refuses to hide one that was not found.

use futures_util::stream::{self, StreamExt};

use super::shared::company_session::CompanySession;
use super::shared::hints::{ActionDescription, is_about_the_company, meant};
use super::shared::{missing, several};
use crate::api::Code;
use crate::client;
use crate::context::Context;
use crate::domain::{Operation, Violation};
use crate::error::{CliError, Result};
use crate::output::{AccountDetailView, AccountDetailsView, RowWriter};
use crate::text::CommandLine;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl show fleet-automation\n  sactl show fleet-automation -o json\n  \
                  sactl show fleet-automation backup-runner\n  sactl list --owned -o name | sactl show - -o jsonl")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Names of service accounts, or patterns such as 'fleet-*'; - reads them from standard input; asked for on a
    /// terminal
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

/// Accounts that are read at a time.
const AT_A_TIME: usize = 8;

/// Shows the account, or several.
///
/// # Errors
/// `not_found`; `partial` where some of several were not found; those of signing in and of reading.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    if several::is_several(&args.names) {
        return show_several(args.names, context).await;
    }
    let name = missing::account(context, args.names.into_iter().next(), Operation::Show).await?;
    let session = CompanySession::open(context).await?;
    match session.client.show_account(session.company, &name).await {
        Ok(detail) => session.show(&AccountDetailView::from(detail)),
        Err(error) => Err(session.explain(error, &ActionDescription::new(Operation::Show, &name)).await),
    }
}

/// Shows several accounts in the order in which they are named, each once. Formats that have rows write each row as
/// soon as it is there.
async fn show_several(words: Vec<String>, context: &Context) -> Result<()> {
    let names = several::names(context, words).await?;
    let session = CompanySession::open(context).await?;
    let output_context = session.output_context();
    let writer =
        output_context.streams().then(|| RowWriter::selecting(&output_context, session.ui.selection()));
    let read = names
        .iter()
        .map(|name| async { (name.as_str(), session.client.show_account(session.company, name).await) });
    let mut read = stream::iter(read).buffered(AT_A_TIME);
    let (mut shown, mut kept, mut not_found) = (0, Vec::new(), Vec::new());
    while let Some((name, answer)) = read.next().await {
        let account = match answer {
            Ok(detail) => AccountDetailView::from(detail),
            Err(error) if error.code == Code::NotFound && !is_about_the_company(&error.subject) => {
                not_found.push((name, error));
                continue;
            }
            Err(error) => {
                return Err(session.explain(error, &ActionDescription::new(Operation::Show, name)).await);
            }
        };
        match writer {
            Some(writer) => session.ui.answer(|out| {
                if shown == 0 {
                    writer.begin::<AccountDetailView>(out)?;
                }
                writer.write_each(&[account], out)
            })?,
            None => kept.push(account),
        }
        shown += 1;
        session.ui.progress(shown, names.len() as u64, "accounts");
    }
    if !kept.is_empty() {
        session.show(&AccountDetailsView::new(session.named_company().await, kept))?;
    }
    verdict(&session, not_found, names.len()).await
}

/// The error about the accounts that were not found, with what was probably meant by each; `Ok` where there is none.
async fn verdict(
    session: &CompanySession<'_>,
    mut not_found: Vec<(&str, client::Error)>,
    asked: usize,
) -> Result<()> {
    let missing = not_found.len();
    let code = match (missing, asked) {
        (0, _) => return Ok(()),
        (1, 1) => {
            let (name, error) = not_found.remove(0);
            return Err(session.explain(error, &ActionDescription::new(Operation::Show, name)).await);
        }
        (missing, asked) if missing == asked => Code::NotFound,
        _ => Code::Partial,
    };
    let known = session.known().await;
    let reasons = not_found.into_iter().map(|(name, error)| {
        let meant = meant(name, &known).map(|meant| format!("; {meant}")).unwrap_or_default();
        Violation::new("name", "not_found", format!("{}{meant}", error.message))
    });
    let message = format!("{missing} of {asked} accounts not found at {}", session.client.origin());
    Err(CliError::new(code, message)
        .violating(reasons.collect())
        .hint(CommandLine::new("list").flag("--company", session.company).after("list the accounts with: ")))
}
