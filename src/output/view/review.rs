//! An access review: one row for each account and company, to be decided.
//!
//! Responsible for its document and its CSV rows. Refuses to decide.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Cells, Row};
use crate::api::Access;
use crate::domain::Company;
use crate::output::{Answer, Block, Cell, Column, Fit};

/// Access of one account in one company, to be decided.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "ReviewRow")]
pub struct ReviewRow {
    /// The account.
    pub account: String,
    /// The company that owns it.
    pub owner: Company,
    /// The company.
    pub company: Company,
    /// The role; null for a list of permissions.
    pub role: Option<String>,
    /// The permissions.
    pub permissions: Vec<String>,
    /// To be filled in: keep or revoke.
    pub decision: String,
    /// To be filled in: why.
    pub note: String,
}

impl ReviewRow {
    /// Access that is not decided yet.
    pub fn new(account: &str, owner: &Company, access: &Access) -> Self {
        Self {
            account: account.to_owned(),
            owner: owner.clone(),
            company: access.company.clone(),
            role: access.role.clone(),
            permissions: access.permissions.iter().map(str::to_owned).collect(),
            decision: String::new(),
            note: String::new(),
        }
    }
}

impl Row for ReviewRow {
    const COLUMNS: &'static [&'static str] =
        &["account", "owner_id", "owner", "company_id", "company", "role", "permissions", "decision", "note"];

    fn cells(&self) -> Cells<'_> {
        vec![
            self.account.as_str().into(),
            self.owner.id.into(),
            self.owner.name.as_str().into(),
            self.company.id.into(),
            self.company.name.as_str().into(),
            super::text(self.role.as_ref()),
            self.permissions.join(",").into(),
            self.decision.as_str().into(),
            self.note.as_str().into(),
        ]
    }

    fn name(&self) -> String {
        self.account.clone()
    }
}

/// An access review.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Review")]
#[serde(transparent)]
pub struct ReviewView(pub Vec<ReviewRow>);

const COLUMNS: &[Column] = &[
    Column::new("Account", Fit::Name),
    Column::new("Owner", Fit::Text),
    Column::new("Company", Fit::Text),
    Column::new("Access", Fit::Text),
    Column::new("Decision", Fit::Fact),
];

impl Answer for ReviewView {
    type Row = ReviewRow;

    fn rows(&self) -> Vec<&ReviewRow> {
        self.0.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let row = |row: &ReviewRow| {
            vec![
                Cell::strong(&row.account),
                Cell::company(&row.owner),
                Cell::company(&row.company),
                Cell::new(row.role.clone().unwrap_or_else(|| row.permissions.join(", "))),
                Cell::new(&row.decision),
            ]
        };
        let title = format!("{} accesses to review", self.0.len());
        vec![Block::Title(title), Block::table(COLUMNS, self.0.iter().map(row).collect())]
    }
}
