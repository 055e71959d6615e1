//! `sactl show`: everything about one service account that the company may see.

use super::shared::company_session::CompanySession;
use super::shared::hints::ActionDescription;
use super::shared::missing;
use crate::context::Context;
use crate::domain::Operation;
use crate::error::Result;
use crate::output::AccountDetailView;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl show fleet-automation\n  sactl show fleet-automation -o json")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Name of the service account; asked for on a terminal
    name: Option<String>,
}

/// Shows the account.
///
/// # Errors
/// `not_found`, and those of signing in and of reading.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let name = missing::account(context, args.name, Operation::Show).await?;
    let acting = CompanySession::open(context).await?;
    match acting.session.show_account(acting.company, &name).await {
        Ok(detail) => acting.show(&AccountDetailView::from(detail)),
        Err(error) => Err(acting.explain(error, &ActionDescription::new(Operation::Show, &name)).await),
    }
}
