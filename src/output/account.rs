//! Service accounts: the list with its two tables, and one account with everything about it.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::time::{ago, counted, moment};
use super::{Answer, Block, Cell, Row};
use crate::api;
use crate::domain::{Company, Ownership};

/// What somebody may do in one company.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Access")]
pub struct AccessView {
    /// Where.
    company: Company,
    /// The role held there; null where the permissions are an individual list.
    role: Option<String>,
    /// What is allowed there in effect, by role or one by one: sorted, each written category:action.
    permissions: Vec<Cow<'static, str>>,
}

impl From<api::Access> for AccessView {
    fn from(access: api::Access) -> Self {
        let api::Access { company, role, mut permissions } = access;
        permissions.sort_unstable();
        Self { company, role, permissions }
    }
}

impl AccessView {
    /// Where.
    pub(super) const fn company(&self) -> &Company {
        &self.company
    }

    /// The role, or the first permissions of an individual list.
    fn summary(&self) -> String {
        const SHOWN: usize = 2;
        if let Some(role) = &self.role {
            return role.clone();
        }
        let text = self.permissions.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        match self.permissions.len().saturating_sub(SHOWN) {
            0 => text,
            more => format!("{text} and {more} more"),
        }
    }

    /// Everything: a role with the number of its permissions, or the individual list.
    pub(super) fn in_full(&self) -> String {
        match &self.role {
            Some(role) => format!("{role} ({})", counted(self.permissions.len() as u64, "permission")),
            None => self.permissions.join(", "),
        }
    }
}

/// A service account as one company sees it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub struct AccountView {
    /// The number; that of a deleted account is never used again.
    id: crate::domain::AccountId,
    /// The name, unique over all companies; it never changes.
    name: String,
    /// What the account is for; null for none.
    description: Option<String>,
    /// How the account stands to the company that looks.
    ownership: Ownership,
    /// The company that owns it.
    owner: Company,
    /// What it may do in the company that looks; null for nothing.
    access: Option<AccessView>,
    /// In how many companies it has access; null but for the owner.
    company_count: Option<u64>,
    /// When it was made.
    created_at: Timestamp,
    /// When its password was last set.
    password_changed_at: Timestamp,
    /// When it last signed in; null for never, and but for the owner.
    last_used_at: Option<Timestamp>,
}

impl From<api::Account> for AccountView {
    fn from(account: api::Account) -> Self {
        Self {
            id: account.id,
            name: account.name,
            description: account.description,
            ownership: account.ownership,
            owner: account.owner,
            access: account.access.map(AccessView::from),
            company_count: account.company_count,
            created_at: account.created_at,
            password_changed_at: account.password_changed_at,
            last_used_at: account.last_used_at,
        }
    }
}

impl AccountView {
    /// Whether the company that looks owns the account.
    pub fn is_owned(&self) -> bool {
        self.ownership == Ownership::Owned
    }

    fn access_cell(&self) -> Cell {
        Cell::or(self.access.as_ref().map(AccessView::summary), "none")
    }

    fn description_cell(&self) -> Cell {
        Cell::new(self.description.clone().unwrap_or_default())
    }

    fn owned_cells(&self, now: Timestamp) -> Vec<Cell> {
        vec![
            Cell::strong(&self.name),
            self.access_cell(),
            Cell::or(self.company_count.map(|count| count.to_string()), "?"),
            Cell::or(self.last_used_at.map(|then| ago(then, now)), "never"),
            self.description_cell(),
        ]
    }

    fn external_cells(&self) -> Vec<Cell> {
        vec![
            Cell::strong(&self.name),
            self.access_cell(),
            Cell::new(self.owner.to_string()),
            self.description_cell(),
        ]
    }

    /// Everything about the account, a label a line.
    pub(super) fn pairs(&self, now: Timestamp) -> Vec<(&'static str, Cell)> {
        let access = self.access.as_ref().map(AccessView::in_full);
        let mut pairs = vec![
            ("Name", Cell::strong(&self.name)),
            ("Id", Cell::new(self.id.to_string())),
            ("Owner", Cell::new(self.owner.to_string())),
            ("Description", Cell::or(self.description.as_ref(), "none")),
            ("Access here", Cell::or(access, "none")),
        ];
        if self.is_owned() {
            pairs.push(("Companies", Cell::or(self.company_count.map(|count| count.to_string()), "?")));
        }
        pairs.push(("Created", Cell::new(moment(self.created_at, now))));
        pairs.push(("Password set", Cell::new(moment(self.password_changed_at, now))));
        if self.is_owned() {
            pairs.push(("Last used", Cell::or(self.last_used_at.map(|then| moment(then, now)), "never")));
        }
        pairs
    }
}

/// The columns of an account in `csv` and in a pipe.
pub(super) const ACCOUNT_COLUMNS: &[&str] = &[
    "ownership",
    "name",
    "id",
    "owner_id",
    "owner",
    "role",
    "permissions",
    "company_count",
    "created_at",
    "password_changed_at",
    "last_used_at",
    "description",
];

impl Row for AccountView {
    const COLUMNS: &'static [&'static str] = ACCOUNT_COLUMNS;

    fn cells(&self) -> Vec<String> {
        let text = |value: Option<String>| value.unwrap_or_default();
        let access = self.access.as_ref();
        vec![
            self.ownership.to_string(),
            self.name.clone(),
            self.id.to_string(),
            self.owner.id.to_string(),
            self.owner.name.clone(),
            text(access.and_then(|access| access.role.clone())),
            text(access.map(|access| access.permissions.join(","))),
            text(self.company_count.map(|count| count.to_string())),
            self.created_at.to_string(),
            self.password_changed_at.to_string(),
            text(self.last_used_at.map(|then| then.to_string())),
            text(self.description.clone()),
        ]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Answer for AccountView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self, now: Timestamp) -> Vec<Block> {
        vec![Block::Pairs(self.pairs(now))]
    }
}

/// The service accounts of a company: what it owns, and what it has let in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Accounts")]
pub struct AccountListView {
    /// The company that looks.
    company: Company,
    /// The accounts that it owns, by name.
    owned: Vec<AccountView>,
    /// The accounts of other companies that have access to it, by name.
    external: Vec<AccountView>,
    #[serde(skip)]
    asked: Asked,
}

/// What of the list was asked for, for the words around the tables.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// Only one of the two tables.
    pub only: Option<Ownership>,
    /// Only accounts that match a search or hold a role.
    pub filtered: bool,
    /// Not all that there are: a limit was given, and there are more.
    pub cut: bool,
}

/// What an empty table says when there may be accounts behind the limit.
const CUT: &str = "None among those shown; leave out --limit to see all.";

impl AccountListView {
    /// The accounts that `company` sees, in the order given.
    pub fn new(company: Company, accounts: Vec<AccountView>, asked: Asked) -> Self {
        let (owned, external) = accounts.into_iter().partition(AccountView::is_owned);
        Self { company, owned, external, asked }
    }

    /// How many there are, or how many of them are shown.
    fn count(&self, accounts: &[AccountView]) -> String {
        let count = counted(accounts.len() as u64, "account");
        if self.asked.cut { format!("{count} shown") } else { count }
    }

    fn owned_blocks(&self, now: Timestamp) -> [Block; 2] {
        let here = &self.company;
        let title = format!("Owned by {here} — {}", self.count(&self.owned));
        let body = match self.owned.as_slice() {
            [] if self.asked.cut => Block::Note(CUT.to_owned()),
            [] if self.asked.filtered => Block::Note("No owned account matches.".to_owned()),
            [] => Block::Note(format!(
                "{here} owns no service account yet. Create one with: sactl create NAME --role viewer --generate"
            )),
            owned => Block::Table {
                columns: &["NAME", "ACCESS", "COMPANIES", "LAST USED", "DESCRIPTION"],
                rows: owned.iter().map(|account| account.owned_cells(now)).collect(),
            },
        };
        [Block::Title(title), body]
    }

    fn external_blocks(&self) -> [Block; 2] {
        let here = &self.company;
        let title = format!("External, with access to {here} — {}", self.count(&self.external));
        let body = match self.external.as_slice() {
            [] if self.asked.cut => Block::Note(CUT.to_owned()),
            [] if self.asked.filtered => Block::Note("No external account matches.".to_owned()),
            [] => Block::Note(format!(
                "No other company's account has access to {here}. Let one in with: sactl grant NAME --role viewer"
            )),
            external => Block::Table {
                columns: &["NAME", "ACCESS", "OWNER", "DESCRIPTION"],
                rows: external.iter().map(AccountView::external_cells).collect(),
            },
        };
        [Block::Title(title), body]
    }
}

impl Answer for AccountListView {
    type Row = AccountView;

    fn rows(&self) -> Vec<&AccountView> {
        self.owned.iter().chain(&self.external).collect()
    }

    fn blocks(&self, now: Timestamp) -> Vec<Block> {
        let mut blocks = Vec::with_capacity(4);
        if self.asked.only != Some(Ownership::External) {
            blocks.extend(self.owned_blocks(now));
        }
        if self.asked.only != Some(Ownership::Owned) {
            blocks.extend(self.external_blocks());
        }
        blocks
    }
}

/// One account; for its owner also every company where it has access.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountDetail")]
pub struct AccountDetailView {
    #[serde(flatten)]
    account: AccountView,
    /// Every company where it has access; null but for the owner.
    companies: Option<Vec<AccessView>>,
}

impl From<api::AccountDetail> for AccountDetailView {
    fn from(detail: api::AccountDetail) -> Self {
        let companies = detail.companies.map(|all| all.into_iter().map(AccessView::from).collect());
        Self { account: detail.account.into(), companies }
    }
}

impl AccountDetailView {
    /// The account without its companies.
    pub(super) const fn account(&self) -> &AccountView {
        &self.account
    }

    /// The table of companies for the owner; for everybody else what they can do.
    fn companies_blocks(&self) -> Vec<Block> {
        let name = &self.account.name;
        match self.companies.as_deref() {
            None => vec![
                Block::Title("External account".to_owned()),
                Block::Note(
                    "Only its owner can change its description, reset its password or delete it.".to_owned(),
                ),
                Block::Note(format!("Change what it may do here with: sactl grant {name} --role ROLE")),
                Block::Note(format!("Remove its access here with: sactl revoke {name}")),
            ],
            Some([]) => vec![
                Block::Title("Access in no company".to_owned()),
                Block::Note(format!("Give it some with: sactl grant {name} --role viewer")),
            ],
            Some(companies) => vec![
                Block::Title(match companies.len() {
                    1 => "Access in 1 company".to_owned(),
                    count => format!("Access in {count} companies"),
                }),
                Block::Table {
                    columns: &["COMPANY", "ACCESS"],
                    rows: companies
                        .iter()
                        .map(|access| {
                            vec![Cell::new(access.company.to_string()), Cell::new(access.in_full())]
                        })
                        .collect(),
                },
            ],
        }
    }
}

impl Row for AccountDetailView {
    const COLUMNS: &'static [&'static str] = ACCOUNT_COLUMNS;

    fn cells(&self) -> Vec<String> {
        self.account.cells()
    }

    fn name(&self) -> String {
        self.account.name()
    }
}

impl Answer for AccountDetailView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self, now: Timestamp) -> Vec<Block> {
        let mut blocks = self.account.blocks(now);
        blocks.extend(self.companies_blocks());
        blocks
    }
}

#[cfg(test)]
mod tests;
