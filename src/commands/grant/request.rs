//! The request of `sactl grant`: as it is typed, and when it is complete.
//!
//! Responsible for its arguments. Refuses contradictory ones.

use crate::commands::shared::access_args::{AccessSpec, AdjustArgs, RightsArgs};
use crate::commands::shared::dry_run::DryRunArgs;
use crate::commands::shared::run_args::RunArgs;
use crate::commands::shared::several;
use crate::domain::company::CompanyRef;
use crate::error::{CliError, Result};
use crate::fleet::selectors::CompaniesArgs;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl grant dormant-bot --role viewer\n  \
    sactl grant backup-runner --add-permission alerts:view\n  \
    sactl grant backup-runner --remove-permission alerts:view\n  \
    sactl grant fleet-automation --company 2 --permission devices:view,devices:edit\n  \
    sactl grant dormant-bot --role operator --dry-run\n  \
    sactl grant 'dormant-*' backup-runner --companies 1,2 --role operator\n  \
    sactl grant backup-runner --companies 2 --like 1")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Names of service accounts, or patterns such as 'fleet-*'
    #[arg(value_name = "NAME")]
    pub(super) names: Vec<String>,

    #[command(flatten)]
    pub(super) companies: CompaniesArgs,

    /// Give each account the access that it has in this company
    #[arg(long, value_name = "ID|NAME", conflicts_with_all = ["role", "permissions", "add", "remove"])]
    pub(super) like: Option<CompanyRef>,

    #[command(flatten)]
    pub(super) rights: RightsArgs,

    #[command(flatten)]
    pub(super) adjust: AdjustArgs,

    #[command(flatten)]
    pub(super) dry_run: DryRunArgs,

    #[command(flatten)]
    pub(super) run: RunArgs,
}

/// What is to be done to the access.
pub(super) enum GrantRequest {
    Set(AccessSpec),
    Adjust(AdjustArgs),
}

impl Args {
    /// The one account, where one is named.
    pub(super) fn name(&self) -> Option<&String> {
        self.names.first()
    }

    /// Whether it is about several accounts or companies.
    pub(super) fn is_bulk(&self) -> bool {
        several::is_several(&self.names) || self.companies.companies.is_some() || self.like.is_some()
    }

    /// Whether there is something to ask for.
    pub(super) fn is_incomplete(&self) -> bool {
        self.names.is_empty() || (self.rights.rights().is_none() && self.adjust.is_empty())
    }

    /// What was asked for; `None` when nothing was.
    pub(super) fn request(&self) -> Result<Option<GrantRequest>> {
        match (self.rights.rights(), self.adjust.is_empty()) {
            (Some(rights), true) => Ok(Some(GrantRequest::Set(rights))),
            (None, false) => Ok(Some(GrantRequest::Adjust(self.adjust.clone()))),
            (Some(_), false) => Err(CliError::usage(
                "--role and --permission replace the access, --add-permission and --remove-permission \
                 change it: use only one kind",
            )),
            (None, true) => Ok(None),
        }
    }
}
