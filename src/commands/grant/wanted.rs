//! What `sactl grant` is asked for: as it is typed, and as it is complete.

use crate::commands::shared::access_args::{AccessSpec, AdjustArgs, RightsArgs};
use crate::commands::shared::dry_run::DryRunArgs;
use crate::error::{CliError, Result};

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl grant dormant-bot --role viewer\n  \
    sactl grant backup-runner --add-permission alerts:view\n  \
    sactl grant backup-runner --remove-permission alerts:view\n  \
    sactl grant fleet-automation --company 2 --permission devices:view,devices:edit\n  \
    sactl grant dormant-bot --role operator --dry-run")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Name of the service account
    pub(super) name: Option<String>,

    #[command(flatten)]
    pub(super) rights: RightsArgs,

    #[command(flatten)]
    pub(super) adjust: AdjustArgs,

    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,
}

/// What is to be done to the access.
pub(super) enum Wanted {
    Set(AccessSpec),
    Adjust(AdjustArgs),
}

impl Args {
    /// Whether there is something to ask for.
    pub(super) fn is_incomplete(&self) -> bool {
        self.name.is_none() || (self.rights.rights().is_none() && self.adjust.is_empty())
    }

    /// What was asked for; `None` when nothing was.
    pub(super) fn wanted(&self) -> Result<Option<Wanted>> {
        match (self.rights.rights(), self.adjust.is_empty()) {
            (Some(rights), true) => Ok(Some(Wanted::Set(rights))),
            (None, false) => Ok(Some(Wanted::Adjust(self.adjust.clone()))),
            (Some(_), false) => Err(CliError::usage(
                "--role and --permission replace the access, --add-permission and --remove-permission \
                 change it: use only one kind",
            )),
            (None, true) => Ok(None),
        }
    }
}
