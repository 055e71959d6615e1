//! `sactl token`: prints a bearer token, for programs that call the platform themselves.
//!
//! Responsible for a token that is valid now. Refuses to print a password.

use crate::context::Context;
use crate::error::{CliError, Result};
use crate::output::TokenView;
use crate::ui;

#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Example:\n  curl -sS -H \"Authorization: Bearer $(sactl token)\" https://gateway.example/api/users/me"
)]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {}

/// Prints it.
///
/// # Errors
/// Those of signing in.
pub async fn run(_args: Args, context: &Context) -> Result<()> {
    let signed_in = context.signed_in().await?;
    let token = signed_in.session.token();
    if !context.ui().wants_data() {
        let shown = context.ui().answer(|out| writeln!(out, "{}", token.expose()));
        return shown.map_err(CliError::told);
    }
    ui::show(context.ui(), &TokenView::new(token, signed_in.expires_at))
}
