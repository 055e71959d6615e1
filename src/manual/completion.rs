//! `sactl completion`: prints a completion script for a shell.
//!
//! Responsible for the script. Refuses to install it.

use super::complete::Shell;
use crate::context::Context;
use crate::error::Result;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    source <(sactl completion bash)\n  \
    sactl completion zsh > ~/.zfunc/_sactl\n  \
    sactl completion fish > ~/.config/fish/completions/sactl.fish")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Shell to complete in
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// `io`.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    context.ui().answer(|out| out.write_all(args.shell.script().as_bytes()))
}
