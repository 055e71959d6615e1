//! Roles of a company, and the catalogue of permissions.

use jiff::Timestamp;
use serde::Serialize;

use super::time::counted;
use super::{Answer, Block, Cell, Row};
use crate::api;
use crate::domain::Company;

/// A role of a company.
#[derive(Clone, Debug, Serialize)]
pub struct RoleView {
    name: String,
    default: bool,
    permissions: Vec<String>,
    holders: Option<u64>,
}

impl From<api::role::Role> for RoleView {
    fn from(role: api::role::Role) -> Self {
        let api::role::Role { name, default, mut permissions, holders } = role;
        permissions.sort_unstable();
        Self { name, default, permissions, holders }
    }
}

impl RoleView {
    const fn kind(&self) -> &'static str {
        if self.default { "default" } else { "custom" }
    }

    fn holders_cell(&self) -> Cell {
        Cell::or(self.holders.map(|count| count.to_string()), "?")
    }
}

impl Row for RoleView {
    const COLUMNS: &'static [&'static str] = &["name", "kind", "permissions", "holders"];

    fn cells(&self) -> Vec<String> {
        let holders = self.holders.map(|count| count.to_string()).unwrap_or_default();
        vec![self.name.clone(), self.kind().to_owned(), self.permissions.join(","), holders]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Answer for RoleView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self, _: Timestamp) -> Vec<Block> {
        let mut blocks = vec![
            Block::Pairs(vec![
                ("Name", Cell::strong(&self.name)),
                ("Kind", Cell::new(self.kind())),
                ("Holders", self.holders_cell()),
            ]),
            Block::Title(counted(self.permissions.len() as u64, "permission")),
        ];
        blocks.push(by_category(self.permissions.iter().map(String::as_str)));
        blocks
    }
}

/// The roles of a company.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct RoleListView {
    roles: Vec<RoleView>,
    #[serde(skip)]
    company: Option<Company>,
}

impl RoleListView {
    /// The roles in the order given; the title names the company where it is known.
    pub fn new(company: Option<Company>, roles: impl IntoIterator<Item = api::role::Role>) -> Self {
        Self { roles: roles.into_iter().map(RoleView::from).collect(), company }
    }
}

impl Answer for RoleListView {
    type Row = RoleView;

    fn rows(&self) -> Vec<&RoleView> {
        self.roles.iter().collect()
    }

    fn blocks(&self, _: Timestamp) -> Vec<Block> {
        let count = counted(self.roles.len() as u64, "role");
        let title = match &self.company {
            Some(company) => format!("Roles of {company} — {count}"),
            None => count,
        };
        let cells = |role: &RoleView| {
            vec![
                Cell::strong(&role.name),
                Cell::new(role.kind()),
                Cell::new(role.permissions.len().to_string()),
                role.holders_cell(),
            ]
        };
        vec![
            Block::Title(title),
            Block::Table {
                columns: &["NAME", "KIND", "PERMISSIONS", "HOLDERS"],
                rows: self.roles.iter().map(cells).collect(),
            },
        ]
    }
}

/// A role that is no more.
#[derive(Clone, Debug, Serialize)]
pub struct RoleDeletedView {
    name: String,
    deleted: bool,
}

impl RoleDeletedView {
    /// The role of this name is gone.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), deleted: true }
    }
}

impl Row for RoleDeletedView {
    const COLUMNS: &'static [&'static str] = &["name", "deleted"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.clone(), self.deleted.to_string()]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Answer for RoleDeletedView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self, _: Timestamp) -> Vec<Block> {
        vec![Block::Pairs(vec![("Role", Cell::strong(&self.name)), ("Deleted", Cell::new("yes"))])]
    }
}

/// One permission of the catalogue.
#[derive(Clone, Debug, Serialize)]
pub struct PermissionView {
    name: String,
    category: String,
    action: String,
}

impl From<api::role::CatalogueEntry> for PermissionView {
    fn from(entry: api::role::CatalogueEntry) -> Self {
        Self { name: entry.name, category: entry.category, action: entry.action }
    }
}

impl Row for PermissionView {
    const COLUMNS: &'static [&'static str] = &["name", "category", "action"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.clone(), self.category.clone(), self.action.clone()]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

/// The catalogue of permissions.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct PermissionListView(Vec<PermissionView>);

impl FromIterator<api::role::CatalogueEntry> for PermissionListView {
    fn from_iter<I: IntoIterator<Item = api::role::CatalogueEntry>>(entries: I) -> Self {
        Self(entries.into_iter().map(PermissionView::from).collect())
    }
}

impl Answer for PermissionListView {
    type Row = PermissionView;

    fn rows(&self) -> Vec<&PermissionView> {
        self.0.iter().collect()
    }

    fn blocks(&self, _: Timestamp) -> Vec<Block> {
        vec![
            Block::Title(format!("{}, written category:action", counted(self.0.len() as u64, "permission"))),
            by_category(self.0.iter().map(|permission| permission.name.as_str())),
        ]
    }
}

/// Permissions with one line for each category, both in the order in which they come.
fn by_category<'a>(names: impl Iterator<Item = &'a str>) -> Block {
    let mut rows: Vec<(&str, Vec<&str>)> = Vec::new();
    for name in names {
        let (category, action) = name.split_once(':').unwrap_or((name, ""));
        match rows.iter_mut().find(|(known, _)| *known == category) {
            Some((_, actions)) => actions.push(action),
            None => rows.push((category, vec![action])),
        }
    }
    let cells =
        |(category, actions): (&str, Vec<&str>)| vec![Cell::strong(category), Cell::new(actions.join(" "))];
    Block::Table { columns: &["CATEGORY", "ACTIONS"], rows: rows.into_iter().map(cells).collect() }
}
