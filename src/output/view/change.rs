//! The answers to changes of service accounts.
//!
//! Responsible for their documents and their tables. Refuses to show a password that was written to a file.

use schemars::JsonSchema;
use serde::Serialize;

use crate::api;
use crate::api::account::Before;
use crate::domain::{AccountId, Company, Ownership, Password};
use crate::output::view::account::{ACCOUNT_COLUMNS, account_columns_and};
use crate::output::view::{told, written};
use crate::output::{AccessView, AccountDetailView, AccountView, Answer, Block, Cell, Cells, Field, Row};

const WITH_PASSWORD: &[&str] = &account_columns_and::<{ ACCOUNT_COLUMNS.len() + 1 }>(&["password"]);
const WITH_CHANGED: &[&str] = &account_columns_and::<{ ACCOUNT_COLUMNS.len() + 1 }>(&["changed"]);

/// The account's cells, with one more at the end.
fn cells_with<'a>(account: &'a AccountView, last: impl Into<Field<'a>>) -> Cells<'a> {
    let mut cells = account.cells();
    cells.push(last.into());
    cells
}

/// The password alone, for `PASSWORD=$(sactl create … --generate)`.
fn password_or<'a>(password: Option<&'a Password>, cells: Cells<'a>) -> Cells<'a> {
    password.map_or(cells, |password| vec![password.into()])
}

/// The cell of a generated password; empty where the answer does not show it.
fn password_cell(password: Option<&Password>) -> Field<'_> {
    password.map_or_else(|| "".into(), Field::from)
}

/// The part of an answer that shows a generated password, once.
fn password_blocks(password: Option<&Password>) -> Vec<Block> {
    let Some(password) = password else { return Vec::new() };
    vec![Block::Title("Password (shown only once)".to_owned()), Block::Verbatim(password.expose().to_owned())]
}

/// A new account. It contains the password only if it was generated and must be shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Created")]
pub struct CreatedView {
    #[serde(flatten)]
    detail: AccountDetailView,
    /// The generated password; present only with --generate and without --password-out.
    #[schemars(with = "String")]
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "Password::serialize_exposed_option")]
    password: Option<Password>,
}

impl CreatedView {
    /// The account, and the password if it is to be shown.
    pub fn new(detail: api::AccountDetail, password: Option<Password>) -> Self {
        Self { detail: detail.into(), password }
    }
}

impl Row for CreatedView {
    const COLUMNS: &'static [&'static str] = WITH_PASSWORD;

    fn cells(&self) -> Cells<'_> {
        cells_with(self.detail.account(), password_cell(self.password.as_ref()))
    }

    fn piped(&self) -> Cells<'_> {
        password_or(self.password.as_ref(), self.cells())
    }

    fn name(&self) -> String {
        self.detail.name()
    }
}

impl Answer for CreatedView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = self.detail.blocks();
        blocks.extend(password_blocks(self.password.as_ref()));
        blocks
    }
}

/// An account with a new password, which it contains only if it was generated and must be shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasswordReset")]
pub struct PasswordView {
    /// The account.
    account: AccountView,
    /// The generated password; present only with --generate and without --password-out.
    #[schemars(with = "String")]
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "Password::serialize_exposed_option")]
    password: Option<Password>,
}

impl PasswordView {
    /// The account, and the password if it is to be shown.
    pub fn new(account: api::Account, password: Option<Password>) -> Self {
        Self { account: account.into(), password }
    }
}

impl Row for PasswordView {
    const COLUMNS: &'static [&'static str] = WITH_PASSWORD;

    fn cells(&self) -> Cells<'_> {
        cells_with(&self.account, password_cell(self.password.as_ref()))
    }

    fn piped(&self) -> Cells<'_> {
        password_or(self.password.as_ref(), self.cells())
    }

    fn name(&self) -> String {
        self.account.name()
    }
}

impl Answer for PasswordView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = self.account.blocks();
        blocks.extend(password_blocks(self.password.as_ref()));
        blocks
    }
}

/// Access that was given or changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Grant")]
pub struct GrantView {
    /// The account.
    account: AccountView,
    /// Its new access, and the company.
    access: AccessView,
    /// The access before; null for no access, and where the server does not say it.
    before: Option<AccessView>,
    /// Whether the access changed.
    changed: bool,
    #[serde(skip)]
    is_before_known: bool,
}

impl From<api::account::AccessChange> for GrantView {
    fn from(change: api::account::AccessChange) -> Self {
        let (before, is_before_known) = match change.before {
            Before::Unknown => (None, false),
            Before::Known(before) => (before.map(AccessView::from), true),
        };
        Self {
            account: change.account.into(),
            access: change.access.into(),
            before,
            changed: change.changed,
            is_before_known,
        }
    }
}

impl Row for GrantView {
    const COLUMNS: &'static [&'static str] = WITH_CHANGED;

    fn cells(&self) -> Cells<'_> {
        cells_with(&self.account, told(self.changed))
    }

    fn name(&self) -> String {
        self.account.name()
    }
}

impl Answer for GrantView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        let mut pairs = vec![
            ("Name", Cell::strong(self.account.name())),
            ("Company", Cell::company(self.access.company())),
            ("Access", self.access.in_full()),
        ];
        let none = self.is_before_known.then(|| Cell::faint("none"));
        pairs.extend(what_changed(self.changed, self.before.as_ref().map(AccessView::in_full).or(none)));
        vec![Block::Pairs(pairs)]
    }
}

/// Access that was removed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Revoke")]
pub struct RevokeView {
    /// The account; null when the company no longer sees it.
    account: Option<AccountView>,
    /// Where the access was removed.
    company: Company,
    /// The access before; null for no access, and where the server does not say it.
    before: Option<AccessView>,
    /// Whether the account had access.
    changed: bool,
    #[serde(skip)]
    name: String,
}

impl RevokeView {
    /// The answer about the account that was called `name`, which the company may no longer see.
    pub fn new(removal: api::account::AccessRemoval, name: &str) -> Self {
        let account = removal.account.map(AccountView::from);
        let name = account.as_ref().map_or_else(|| name.to_owned(), Row::name);
        let before = removal.before.map(AccessView::from);
        Self { account, company: removal.company, before, changed: removal.changed, name }
    }
}

impl Row for RevokeView {
    const COLUMNS: &'static [&'static str] = &["ownership", "name", "company_id", "company", "changed"];

    /// An account that is no longer seen is external: its owner would still see it.
    fn cells(&self) -> Cells<'_> {
        let is_owned = self.account.as_ref().is_some_and(AccountView::is_owned);
        let ownership = if is_owned { Ownership::Owned } else { Ownership::External };
        vec![
            ownership.as_str().into(),
            self.name.as_str().into(),
            self.company.id.into(),
            self.company.name.as_str().into(),
            told(self.changed),
        ]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Answer for RevokeView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        let mut pairs = vec![
            ("Name", Cell::strong(&self.name)),
            ("Company", Cell::company(&self.company)),
            ("Access", Cell::faint("none")),
        ];
        pairs.extend(what_changed(self.changed, self.before.as_ref().map(AccessView::in_full)));
        vec![Block::Pairs(pairs)]
    }
}

/// A deleted account.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Deleted")]
pub struct DeletedView {
    /// The id; null when a repeated request found that the account was already deleted.
    id: Option<AccountId>,
    /// The name, which is available again.
    name: String,
    /// Always true.
    deleted: bool,
}

impl From<api::account::Deletion> for DeletedView {
    fn from(deletion: api::account::Deletion) -> Self {
        Self { id: Some(deletion.id), name: deletion.name, deleted: true }
    }
}

impl DeletedView {
    /// The account was gone when a deletion whose outcome was unknown was repeated; its number is not known.
    pub fn gone(name: &str) -> Self {
        Self { id: None, name: name.to_owned(), deleted: true }
    }
}

impl Row for DeletedView {
    const COLUMNS: &'static [&'static str] = &["ownership", "name", "id", "deleted"];

    fn cells(&self) -> Cells<'_> {
        let ownership = Ownership::Owned.as_str();
        vec![ownership.into(), self.name.as_str().into(), written(self.id), told(self.deleted)]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Answer for DeletedView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        vec![Block::Pairs(vec![("Name", Cell::strong(&self.name)), ("Deleted", Cell::new("yes"))])]
    }
}

/// The access before, if it changed and is known.
fn what_changed(changed: bool, before: Option<Cell>) -> Vec<(&'static str, Cell)> {
    if !changed {
        return vec![("Changed", Cell::new("no (already set)"))];
    }
    let before = before.map(|before| ("Before", before));
    before.into_iter().chain([("Changed", Cell::new("yes"))]).collect()
}

#[cfg(test)]
mod tests;
