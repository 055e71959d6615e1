//! The service accounts of a company: those that it owns and those that it has let in, as two tables.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{Company, Ownership};
use crate::output::time::{counted, grouped};
use crate::output::view::account::{EXTERNAL, OWNED};
use crate::output::{AccountView, Answer, Block, Cell, Column};
use crate::text::{CommandLine, Hint};

/// The service accounts of a company: those that it owns, and external ones with access.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Accounts")]
pub struct AccountListView {
    /// The company whose accounts are listed.
    company: Company,
    /// The accounts that it owns, by name.
    owned: Vec<AccountView>,
    /// The accounts of other companies that have access to it, by name.
    external: Vec<AccountView>,
    #[serde(skip)]
    asked: Asked,
}

/// What of the list was asked for, for the words around the tables.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only one of the two tables.
    pub only: Option<Ownership>,
    /// Only accounts whose name or description contains this.
    pub search: Option<String>,
    /// Only accounts that hold this role.
    pub role: Option<String>,
    /// Not all that there are: a limit was given, and there are more; how many there are in all, where that is
    /// known.
    pub cut: Option<Option<u64>>,
    /// What the caller may do where nothing is found; `None` where that is not known.
    pub may: Option<May>,
}

/// What the caller may do about an empty list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct May {
    /// Make an account.
    pub create: bool,
    /// Give an account access.
    pub edit: bool,
}

/// What an empty table says when there may be accounts behind the limit.
const CUT: &str = "None in the accounts shown; remove --limit to see all.";

impl Asked {
    /// What the accounts must be like, in words; `None` when they need not be like anything.
    fn filter(&self) -> Option<String> {
        let search = self.search.as_ref().map(|text| format!("contains {text:?}"));
        let role = self.role.as_ref().map(|role| format!("has the role {role}"));
        match (search, role) {
            (Some(search), Some(role)) => Some(format!("{search} and {role}")),
            (search, role) => search.or(role),
        }
    }

    /// How many there are, or how many of them are shown.
    fn count(&self, shown: usize) -> String {
        let shown = shown as u64;
        let noun = if self.filter().is_some() { "matching account" } else { "account" };
        match self.cut {
            // The total is that of one table only where only one was asked for.
            Some(Some(total)) if self.only.is_some() => {
                format!("{} of {}", grouped(shown), counted(total, noun))
            }
            Some(_) => format!("{} shown", counted(shown, noun)),
            None => counted(shown, noun),
        }
    }
}

impl AccountListView {
    /// The accounts that `company` sees, in the order given.
    pub fn new(company: Company, accounts: Vec<AccountView>, asked: Asked) -> Self {
        let (owned, external) = accounts.into_iter().partition(AccountView::is_owned);
        Self { company, owned, external, asked }
    }

    fn part(
        &self,
        title: String,
        accounts: &[AccountView],
        columns: &'static [Column],
        cells: fn(&AccountView) -> Vec<Cell>,
        none: impl FnOnce() -> Hint,
    ) -> [Block; 2] {
        let body = if accounts.is_empty() {
            Block::Note(match self.asked.filter() {
                _ if self.asked.cut.is_some() => CUT.into(),
                Some(filter) => CommandLine::new("list").after(format!("None {filter}. See all with: ")),
                None => none(),
            })
        } else {
            Block::table(columns, accounts.iter().map(cells).collect())
        };
        [Block::Counted(title, self.asked.count(accounts.len())), body]
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
        self.part(format!("Owned by {here}"), &self.owned, OWNED, AccountView::owned_cells, none)
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
        self.part(title, &self.external, EXTERNAL, AccountView::external_cells, none)
    }
}

impl Answer for AccountListView {
    type Row = AccountView;

    fn rows(&self) -> Vec<&AccountView> {
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
