//! Several service accounts in full.
//!
//! Responsible for one document and one row for each. Refuses to sort them: they are in the order of the request.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Company;
use crate::output::{AccountDetailView, Answer, Block, Row};

/// Several service accounts; for the owner of each, with every company where it has access.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountDetails")]
pub struct AccountDetailsView {
    /// The company that looks.
    company: Company,
    /// The accounts, in the order in which they were named.
    accounts: Vec<AccountDetailView>,
}

impl AccountDetailsView {
    /// The accounts as `company` sees them.
    pub const fn new(company: Company, accounts: Vec<AccountDetailView>) -> Self {
        Self { company, accounts }
    }
}

impl Answer for AccountDetailsView {
    type Row = AccountDetailView;

    fn rows(&self) -> Vec<&AccountDetailView> {
        self.accounts.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let each = self
            .accounts
            .iter()
            .map(|account| std::iter::once(Block::Title(account.name())).chain(account.blocks()));
        each.flatten().collect()
    }
}
