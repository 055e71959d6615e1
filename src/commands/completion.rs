//! `sactl completion`: the script that makes a shell complete.

use super::complete::Shell;
use crate::context::Context;
use crate::error::Result;

/// Print the script that makes a shell complete at the TAB key
///
/// Commands, flags and values are completed. Names of accounts, companies, roles and permissions come from the
/// server, within a second and with the token that is at hand, and are remembered for a minute; nothing is ever
/// asked, and nothing is changed. The Debian package has the scripts in their places already.
///
/// bash: save it as ~/.local/share/bash-completion/completions/sactl, or, without the package bash-completion,
/// source it from ~/.bashrc.
///
/// zsh: save it as _sactl in a folder that ~/.zshrc adds to fpath before it calls compinit.
///
/// fish: save it as ~/.config/fish/completions/sactl.fish.
///
/// elvish: save it as ~/.config/elvish/lib/sactl.elv, and add `use sactl` to ~/.config/elvish/rc.elv.
///
/// powershell: save it as _sactl.ps1 in your home folder, and add `. ~/_sactl.ps1` to $PROFILE.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    source <(sactl completion bash)\n  \
    sactl completion zsh > ~/.zfunc/_sactl\n  \
    sactl completion fish > ~/.config/fish/completions/sactl.fish")]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// `io`.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    context.ui().answer(|out| out.write_all(args.shell.script().as_bytes()))
}
