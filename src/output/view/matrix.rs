//! The matrix: accounts in rows, companies in columns.
//!
//! Responsible for its document, its rows and its table, with the deviations. Refuses to read accounts:
//! [`crate::fleet`] does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step::held;
use super::{Cells, Row, told};
use crate::api::Access;
use crate::domain::{Company, CompanyId};
use crate::output::time::counted;
use crate::output::{AccessView, Answer, Block, Cell, Column, Fit, Step, Tone};

/// An account and its access in the companies of a matrix.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MatrixAccount")]
pub struct MatrixAccount {
    /// The name.
    pub name: String,
    /// The company that owns it.
    pub owner: Company,
    /// Its access in the companies of the matrix, by company id.
    #[schemars(with = "Vec<AccessView>")]
    pub access: Vec<Access>,
}

/// Access that differs from what the account has in most companies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Deviation")]
pub struct Deviation {
    /// The account.
    pub account: String,
    /// The company.
    pub company: Company,
    /// What it has there: the role, or the permissions with commas between them.
    pub access: String,
    /// What it has in most companies.
    pub usual: String,
}

/// Who has what where.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Matrix")]
pub struct MatrixView {
    /// The companies, in their order.
    pub companies: Vec<Company>,
    /// The accounts, by name.
    pub accounts: Vec<MatrixAccount>,
    /// Access that differs from what the account has in most companies.
    pub deviations: Vec<Deviation>,
    #[serde(skip)]
    rows: Vec<MatrixRow>,
}

/// Access of one account in one company.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "MatrixRow")]
pub struct MatrixRow {
    /// The account.
    account: String,
    /// The company that owns it.
    owner: Company,
    /// The company.
    company: Company,
    /// The role; null for a list of permissions.
    role: Option<String>,
    /// The permissions.
    permissions: Vec<String>,
    /// Whether it differs from what the account has in most companies.
    deviates: bool,
}

impl MatrixView {
    /// The matrix of these accounts in these companies.
    pub fn new(companies: Vec<Company>, mut accounts: Vec<MatrixAccount>) -> Self {
        accounts.sort_by_key(|account| account.name.to_lowercase());
        let deviations: Vec<Deviation> = accounts.iter().flat_map(deviations).collect();
        let mut view = Self { companies, accounts, deviations, rows: Vec::new() };
        view.rows = view.accounts.iter().flat_map(|account| view.rows_of(account)).collect();
        view
    }

    fn rows_of<'a>(&'a self, account: &'a MatrixAccount) -> impl Iterator<Item = MatrixRow> + 'a {
        account.access.iter().map(|access| MatrixRow {
            account: account.name.clone(),
            owner: account.owner.clone(),
            company: access.company.clone(),
            role: access.role.clone(),
            permissions: access.permissions.iter().map(str::to_owned).collect(),
            deviates: self.deviates(account, access.company.id),
        })
    }

    fn deviates(&self, account: &MatrixAccount, company: CompanyId) -> bool {
        self.deviations.iter().any(|one| one.account == account.name && one.company.id == company)
    }

    fn cell(&self, account: &MatrixAccount, company: CompanyId) -> Cell {
        let Some(access) = account.access.iter().find(|access| access.company.id == company) else {
            return Cell::faint("");
        };
        let count = access.permissions.len();
        let text = access.role.clone().unwrap_or_else(|| {
            if count == 1 { "1 permission".to_owned() } else { format!("{count} permissions") }
        });
        if self.deviates(account, company) {
            // A sign as well as a colour.
            return Cell::new(format!("{text} *")).toned(Tone::Caution);
        }
        Cell::new(text)
    }
}

/// The access that is not the most common one of the account; none where no access is more common than another.
fn deviations(account: &MatrixAccount) -> Vec<Deviation> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for access in &account.access {
        let text = held(Some(access));
        match counts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => counts.push((text, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let usual: Vec<&String> =
        counts.iter().filter(|(_, count)| *count == most).map(|(text, _)| text).collect();
    let [usual] = usual.as_slice() else { return Vec::new() };
    let others = account.access.iter().filter(|access| held(Some(access)) != **usual);
    others
        .map(|access| Deviation {
            account: account.name.clone(),
            company: access.company.clone(),
            access: held(Some(access)),
            usual: (*usual).clone(),
        })
        .collect()
}

impl Row for MatrixRow {
    const COLUMNS: &'static [&'static str] =
        &["account", "owner_id", "owner", "company_id", "company", "role", "permissions", "deviates"];

    fn cells(&self) -> Cells<'_> {
        vec![
            self.account.as_str().into(),
            self.owner.id.into(),
            self.owner.name.as_str().into(),
            self.company.id.into(),
            self.company.name.as_str().into(),
            super::text(self.role.as_ref()),
            self.permissions.join(",").into(),
            told(self.deviates),
        ]
    }

    fn name(&self) -> String {
        self.account.clone()
    }
}

impl Answer for MatrixView {
    type Row = MatrixRow;

    fn rows(&self) -> Vec<&MatrixRow> {
        self.rows.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let mut columns = vec![Column::new("Account", Fit::Name)];
        columns.extend(self.companies.iter().map(|company| Column::named(company.to_string(), Fit::Fact)));
        let row = |account: &MatrixAccount| {
            let cells = self.companies.iter().map(|company| self.cell(account, company.id));
            std::iter::once(Cell::strong(&account.name)).chain(cells).collect()
        };
        let accounts = counted(self.accounts.len() as u64, "account");
        let title = match self.companies.len() {
            1 => format!("{accounts} in 1 company"),
            count => format!("{accounts} in {count} companies"),
        };
        let mut blocks = vec![
            Block::Title(title),
            Block::Table { columns: columns.into(), rows: self.accounts.iter().map(row).collect() },
        ];
        if !self.deviations.is_empty() {
            blocks
                .push(Block::Note("* differs from what the account has in most of these companies.".into()));
        }
        blocks
    }
}

/// What has changed between two matrices.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "MatrixChanges")]
pub struct MatrixChangesView {
    /// Access that came, changed or went, as steps from the earlier to the present matrix.
    pub changes: Vec<Step>,
}

impl Answer for MatrixChangesView {
    type Row = Step;

    fn rows(&self) -> Vec<&Step> {
        self.changes.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = super::plan::grouped_steps(&self.changes, false);
        let count = self.changes.len();
        blocks.push(Block::Title(if count == 0 {
            "No differences".to_owned()
        } else {
            format!("{count} differences since the earlier matrix")
        }));
        blocks
    }
}
