//! The service accounts of a company, as two tables: owned and external.
//!
//! Responsible for the documents and rows of lists. Refuses to show the use of external accounts.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::domain::{Company, CompanyId, Ownership};
use crate::output::time::{counted, grouped};
use crate::output::view::account::{EXTERNAL, LIST_COLUMNS, OWNED};
use crate::output::{AccountView, Answer, Block, Cell, Cells, Column, Row};
use crate::text::{CommandLine, Hint};

/// The service accounts of a company: those that it owns, and external ones with access.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Accounts")]
pub struct AccountListView {
    /// The company whose accounts are listed.
    company: Company,
    /// The accounts that it owns, by name.
    #[serde(serialize_with = "without_company")]
    #[schemars(with = "Vec<AccountView>")]
    owned: Vec<AccountRow>,
    /// The accounts of other companies that have access to it, by name.
    #[serde(serialize_with = "without_company")]
    #[schemars(with = "Vec<AccountView>")]
    external: Vec<AccountRow>,
    #[serde(skip)]
    asked: Asked,
}

/// The accounts alone: the document names the company once.
fn without_company<S: Serializer>(rows: &[AccountRow], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(rows.iter().map(|row| &row.account))
}

/// A service account as a row of a list, with the company that looks, so that rows of several companies can be put
/// together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountRow")]
pub struct AccountRow {
    #[serde(flatten)]
    account: AccountView,
    /// The number of the company that looks.
    company_id: CompanyId,
    /// The company that looks.
    company: Company,
}

impl AccountRow {
    /// An account as `company` sees it.
    pub fn new(account: impl Into<AccountView>, company: Company) -> Self {
        Self { account: account.into(), company_id: company.id, company }
    }

    /// Whether the company that looks owns the account.
    pub fn is_owned(&self) -> bool {
        self.account.is_owned()
    }
}

impl Row for AccountRow {
    const COLUMNS: &'static [&'static str] = LIST_COLUMNS;

    fn cells(&self) -> Cells<'_> {
        let mut cells = self.account.cells();
        cells.push(self.company_id.into());
        cells.push(self.company.name.as_str().into());
        cells
    }

    fn name(&self) -> String {
        self.account.name()
    }
}

/// What of the list was asked for, for the words around the tables.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only one of the two tables.
    pub only: Option<Ownership>,
    /// What the accounts must be like, in words, for example `has the role viewer`.
    pub conditions: Vec<String>,
    /// How the limit has cut the accounts that the company owns.
    pub owned_cut: Option<Cut>,
    /// How the limit has cut the external accounts.
    pub external_cut: Option<Cut>,
    /// What the caller may do where nothing is found; `None` where that is not known.
    pub may: Option<May>,
}

/// A table that is not whole, because a limit was given and there are more rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many there are in all, where that is known.
    pub total: Option<u64>,
}

/// What the caller may do about an empty list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct May {
    /// Make an account.
    pub create: bool,
    /// Give an account access.
    pub edit: bool,
}

impl Asked {
    /// What the accounts must be like, in words; `None` when they need not be like anything.
    fn filter(&self) -> Option<String> {
        let (last, others) = self.conditions.split_last()?;
        if others.is_empty() {
            return Some(last.clone());
        }
        Some(format!("{} and {last}", others.join(", ")))
    }

    /// How many there are, or how many of them are shown.
    fn count(&self, shown: usize, cut: Option<Cut>) -> String {
        let shown = shown as u64;
        let noun = if self.filter().is_some() { "matching account" } else { "account" };
        match cut {
            Some(Cut { total: Some(total) }) => format!("{} of {}", grouped(shown), counted(total, noun)),
            Some(Cut { total: None }) => format!("{} shown", counted(shown, noun)),
            None => counted(shown, noun),
        }
    }
}

/// The service accounts of several companies.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountsOfCompanies")]
pub struct AccountListsView {
    /// The accounts of each company.
    companies: Vec<AccountListView>,
}

impl From<Vec<AccountListView>> for AccountListsView {
    fn from(companies: Vec<AccountListView>) -> Self {
        Self { companies }
    }
}

impl Answer for AccountListsView {
    type Row = AccountRow;

    fn rows(&self) -> Vec<&AccountRow> {
        self.companies.iter().flat_map(AccountListView::accounts).collect()
    }

    fn blocks(&self) -> Vec<Block> {
        self.companies.iter().flat_map(Answer::blocks).collect()
    }
}

impl AccountListView {
    /// The accounts, those that the company owns first.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountRow> {
        self.owned.iter().chain(&self.external)
    }

    /// The accounts that `company` sees, in the order given.
    pub fn new(company: Company, accounts: Vec<AccountRow>, asked: Asked) -> Self {
        let (owned, external) = accounts.into_iter().partition(AccountRow::is_owned);
        Self { company, owned, external, asked }
    }

    fn part(
        &self,
        title: String,
        (accounts, cut): (&[AccountRow], Option<Cut>),
        columns: &'static [Column],
        cells: fn(&AccountView) -> Vec<Cell>,
        none: impl FnOnce() -> Hint,
    ) -> [Block; 2] {
        let body = if accounts.is_empty() {
            Block::Note(match self.asked.filter() {
                Some(filter) => CommandLine::new("list").after(format!("None {filter}. See all with: ")),
                None => none(),
            })
        } else {
            Block::table(columns, accounts.iter().map(|row| cells(&row.account)).collect())
        };
        [Block::Counted(title, self.asked.count(accounts.len(), cut)), body]
    }

    fn owned_blocks(&self) -> [Block; 2] {
        let here = &self.company;
        let none = || match self.asked.may {
            Some(May { create: false, .. }) => format!(
                "{here} owns no service account yet. An admin with service-accounts:create can create one."
            )
            .into(),
            _ => CommandLine::new("create NAME --role viewer --generate")
                .after(format!("{here} owns no service account yet. Create one with: ")),
        };
        let accounts = (self.owned.as_slice(), self.asked.owned_cut);
        self.part(format!("Owned by {here}"), accounts, OWNED, AccountView::owned_cells, none)
    }

    fn external_blocks(&self) -> [Block; 2] {
        let here = &self.company;
        let none = || match self.asked.may {
            Some(May { edit: false, .. }) => format!(
                "No other company's account has access to {here}. An admin with service-accounts:edit can \
                 give one access."
            )
            .into(),
            _ => CommandLine::new("grant NAME --role viewer")
                .after(format!("No other company's account has access to {here}. Give one access with: ")),
        };
        let title = format!("External, with access to {here}");
        let accounts = (self.external.as_slice(), self.asked.external_cut);
        self.part(title, accounts, EXTERNAL, AccountView::external_cells, none)
    }
}

impl Answer for AccountListView {
    type Row = AccountRow;

    fn rows(&self) -> Vec<&AccountRow> {
        self.owned.iter().chain(&self.external).collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::with_capacity(4);
        if self.asked.only != Some(Ownership::External) {
            blocks.extend(self.owned_blocks());
        }
        if self.asked.only != Some(Ownership::Owned) {
            blocks.extend(self.external_blocks());
        }
        blocks
    }
}

#[cfg(test)]
mod tests;
