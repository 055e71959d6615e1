//! The flags of every command that makes a run.
//!
//! Responsible for their names, help and limits. Refuses to run anything.

use std::path::PathBuf;

use super::values::at_least_one;
use crate::fleet::guards::MaxChanges;
use crate::fleet::journal::Handover;

// Not a doc comment: it would become the help of the commands that take these.
// How a run is carried out, and what stops it.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::commands) struct RunArgs {
    /// Steps at a time, at most 64
    #[arg(long, value_name = "N", default_value = "8", value_parser = concurrency)]
    pub(in crate::commands) concurrency: usize,

    /// Stop before the run if it has more than N steps, or takes away more than P% of a company or an account
    ///
    /// Without it, sactl refuses to take away more than 30% of what a company or an account has, if that is
    /// at least 10.
    #[arg(long, value_name = "N|P%")]
    pub(in crate::commands) max_changes: Option<MaxChanges>,

    /// Begin no further step after N failures
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub(in crate::commands) max_failures: Option<u64>,
}

impl Default for RunArgs {
    fn default() -> Self {
        Self { concurrency: 8, max_changes: None, max_failures: None }
    }
}

/// A number of steps at a time.
pub(in crate::commands) fn concurrency(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|number| (1..=64).contains(number)).ok_or("it must be a number from 1 to 64")
}

// Not a doc comment: it would become the help of the commands that take these.
// Where new passwords go.
#[derive(Clone, Debug, Default, clap::Args)]
#[expect(clippy::doc_markdown, reason = "help for the terminal, which shows Markdown as it stands")]
pub(in crate::commands) struct HandoverArgs {
    /// Write each new password to NAME.password in this folder, readable by you only
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(in crate::commands) password_dir: Option<PathBuf>,

    /// Run this shell command for each new password: the password is on its standard input, the name in SACTL_ACCOUNT
    #[arg(long, value_name = "COMMAND", conflicts_with = "password_dir", value_hint = clap::ValueHint::CommandString)]
    pub(in crate::commands) exec: Option<String>,
}

impl HandoverArgs {
    /// Where new passwords go; the folder by its whole path, so that a resumed run finds it from anywhere.
    pub(in crate::commands) fn handover(&self) -> Option<Handover> {
        match (&self.password_dir, &self.exec) {
            (Some(folder), _) => {
                Some(Handover::Folder(std::path::absolute(folder).unwrap_or_else(|_| folder.clone())))
            }
            (None, Some(command)) => Some(Handover::Command(command.clone())),
            (None, None) => None,
        }
    }
}
