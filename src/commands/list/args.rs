//! The arguments of `sactl list`, and the query that they mean.
//!
//! Responsible for both. Refuses contradictory arguments.

use jiff::Timestamp;

use super::filter::{FilterArgs, SortKey};
use crate::api::account::AccountQuery;
use crate::commands::shared::values::at_least_one;
use crate::domain::{Ownership, page};
use crate::fleet::selectors::CompaniesArgs;
use crate::output::Asked;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl list\n  sactl list --owned --search firmware --limit 10\n  \
                  sactl list --external --owner \"Northwind Logistics\"\n  \
                  sactl list --role operator -o name\n  \
                  sactl list --permission devices:edit --sort companies\n  \
                  sactl list --unused-for 90d --sort last-used\n  sactl list --never-used --no-access\n  \
                  sactl list --password-older-than 180d -o csv\n  \
                  sactl list --companies all --never-used -o csv")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// List only accounts that the company owns; with --external, both tables
    #[arg(long)]
    pub(super) owned: bool,

    /// List only accounts of other companies
    #[arg(long)]
    pub(super) external: bool,

    #[command(flatten)]
    pub(super) filter: FilterArgs,

    /// Sort by this key
    #[arg(long, value_name = "KEY", default_value = "name", hide_default_value = true)]
    pub(super) sort: SortKey,

    #[command(flatten)]
    pub(super) companies: CompaniesArgs,

    /// List at most this many accounts in each table
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub(super) limit: Option<u64>,
}

impl Args {
    /// The one table that was asked for; both flags together ask for both.
    const fn only(&self) -> Option<Ownership> {
        match (self.owned, self.external) {
            (true, false) => Some(Ownership::Owned),
            (false, true) => Some(Ownership::External),
            _ if self.filter.is_for_owned() => Some(Ownership::Owned),
            _ => None,
        }
    }

    /// The tables to ask for one by one; both at once where nothing is cut on the way.
    pub(super) fn parts(&self) -> Vec<Option<Ownership>> {
        match (self.only(), self.limit) {
            (None, Some(_)) => vec![Some(Ownership::Owned), Some(Ownership::External)],
            (only, _) => vec![only],
        }
    }

    pub(super) fn query(&self, ownership: Option<Ownership>, now: Timestamp) -> AccountQuery {
        let is_whole = self.is_sorted() || self.filter.is_local();
        let most = self.limit.filter(|_| !is_whole).unwrap_or(page::MAX_SIZE);
        AccountQuery { ownership, page_size: Some(most.min(page::MAX_SIZE)), ..self.filter.query(now) }
    }

    /// Whether the rows come in another order than that of the platform.
    pub(super) fn is_sorted(&self) -> bool {
        self.sort != SortKey::Name
    }

    pub(super) fn asked(&self) -> Asked {
        Asked { only: self.only(), conditions: self.filter.conditions(), ..Asked::default() }
    }
}
