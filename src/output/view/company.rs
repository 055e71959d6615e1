//! The companies of the signed-in identity.
//!
//! Responsible for their documents and rows. Refuses to show access: other views do.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{Company, CompanyId};
use crate::output::view::told;
use crate::output::{Answer, Block, Cell, Cells, Column, Fit, Row};
use crate::text::CommandLine;

/// A company.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Membership")]
pub struct CompanyView {
    /// The id, unique on the platform.
    id: CompanyId,
    /// The name; another company may have the same one.
    name: String,
    /// Whether it is the active company.
    active: bool,
}

impl CompanyView {
    /// A company; `active` says whether commands act in it.
    pub fn new(company: Company, active: bool) -> Self {
        Self { id: company.id, name: company.name, active }
    }
}

impl Row for CompanyView {
    const COLUMNS: &'static [&'static str] = &["id", "name", "active"];

    fn cells(&self) -> Cells<'_> {
        vec![self.id.into(), self.name.as_str().into(), told(self.active)]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Answer for CompanyView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        vec![Block::Pairs(vec![
            ("Id", Cell::new(self.id.to_string())),
            ("Name", Cell::strong(&self.name)),
            ("Active", Cell::new(if self.active { "yes" } else { "no" })),
        ])]
    }
}

const COLUMNS: &[Column] =
    &[Column::new("Id", Fit::Fact), Column::new("Name", Fit::Text), Column::mark("State")];

/// The companies of the caller.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Companies")]
#[serde(transparent)]
pub struct CompanyListView(Vec<CompanyView>);

impl FromIterator<CompanyView> for CompanyListView {
    fn from_iter<I: IntoIterator<Item = CompanyView>>(companies: I) -> Self {
        Self(companies.into_iter().collect())
    }
}

impl Answer for CompanyListView {
    type Row = CompanyView;

    fn rows(&self) -> Vec<&CompanyView> {
        self.0.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        if self.0.is_empty() {
            return vec![
                Block::Title("You belong to no company".to_owned()),
                Block::Note(
                    CommandLine::new("company list")
                        .after("Ask an admin of a company to add you; then list your companies with: "),
                ),
            ];
        }
        let cells = |company: &CompanyView| {
            vec![
                Cell::new(company.id.to_string()),
                Cell::strong(&company.name),
                if company.active { Cell::new("active") } else { Cell::faint("") },
            ]
        };
        let count = self.0.len() as u64;
        let title = if count == 1 { "1 company".to_owned() } else { format!("{count} companies") };
        vec![Block::Title(title), Block::table(COLUMNS, self.0.iter().map(cells).collect())]
    }
}
