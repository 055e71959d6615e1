//! `sactl openapi`: prints the OpenAPI document of the platform that this program contains.
//!
//! Responsible for the document of this version. Refuses to ask a server: `sactl api GET /openapi.json` does.

use crate::context::Context;
use crate::error::{CliError, Result};
use crate::output::RawView;
use crate::platform::router;
use crate::ui;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl openapi > openapi.json\n  \
    sactl openapi --jq '.paths | keys[]'")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {}

/// Prints it.
///
/// # Errors
/// `io` if standard output cannot be written.
pub fn run(_args: &Args, context: &Context) -> Result<()> {
    let document = serde_json::to_value(router::document())
        .map_err(|error| CliError::io("cannot write the OpenAPI document", error.into()))?;
    if context.ui().wants_data() {
        return ui::show(context.ui(), &RawView(document));
    }
    context.ui().answer(|out| writeln!(out, "{document:#}"))
}
