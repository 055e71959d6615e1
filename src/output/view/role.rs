//! Roles of a company, and the catalogue of permissions.
//!
//! Responsible for their documents and rows. Refuses to decide what a caller may do.

use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{self, Permissions};
use crate::domain::Company;
use crate::output::time::counted;
use crate::output::view::{told, written};
use crate::output::{Answer, Block, Cell, Cells, Column, Fit, Row};
use crate::text::CommandLine;

/// A role of a company.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Role")]
pub struct RoleView {
    /// The name, unique in its company.
    name: String,
    /// Whether it is a default role, which every company has.
    default: bool,
    /// Its permissions: sorted, each written category:action.
    #[schemars(with = "Vec<String>")]
    permissions: Permissions,
    /// How many users and service accounts have it; null if unknown.
    holders: Option<u64>,
}

impl From<api::role::Role> for RoleView {
    fn from(role: api::role::Role) -> Self {
        let api::role::Role { name, default, permissions, holders } = role;
        Self { name, default, permissions, holders }
    }
}

impl RoleView {
    const fn kind(&self) -> &'static str {
        if self.default { "default" } else { "custom" }
    }

    fn holders_cell(&self) -> Cell {
        Cell::or(self.holders.map(|count| count.to_string()), "unknown")
    }
}

impl Row for RoleView {
    const COLUMNS: &'static [&'static str] = &["name", "kind", "permissions", "holders"];

    fn cells(&self) -> Cells<'_> {
        vec![
            self.name.as_str().into(),
            self.kind().into(),
            self.permissions.joined().into(),
            written(self.holders),
        ]
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

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = vec![
            Block::Pairs(vec![
                ("Name", Cell::strong(&self.name)),
                ("Kind", Cell::new(self.kind())),
                ("Holders", self.holders_cell()),
            ]),
            Block::Title(counted(self.permissions.len() as u64, "permission")),
        ];
        blocks.push(by_category(self.permissions.iter()));
        blocks
    }
}

const ROLES: &[Column] = &[
    Column::new("Name", Fit::Name),
    Column::new("Kind", Fit::Fact),
    Column::new("Permissions", Fit::List),
    Column::new("Holders", Fit::Fact),
];

const CATEGORIES: &[Column] = &[Column::new("Category", Fit::Name), Column::new("Actions", Fit::Prose)];

/// The roles of a company.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Roles")]
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

    fn blocks(&self) -> Vec<Block> {
        let count = counted(self.roles.len() as u64, "role");
        let title = match &self.company {
            Some(company) => Block::Counted(format!("Roles of {company}"), count),
            None => Block::Title(count),
        };
        if self.roles.is_empty() {
            let create = CommandLine::new("role create NAME --permission devices:view");
            return vec![title, Block::Note(create.after("Create one with: "))];
        }
        let cells = |role: &RoleView| {
            vec![
                Cell::strong(&role.name),
                Cell::new(role.kind()),
                Cell::list(Some(role.permissions.len().to_string()), &role.permissions),
                role.holders_cell(),
            ]
        };
        vec![title, Block::table(ROLES, self.roles.iter().map(cells).collect())]
    }
}

/// A deleted role.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "RoleDeleted")]
pub struct RoleDeletedView {
    /// The name, which is available again.
    name: String,
    /// Always true.
    deleted: bool,
}

impl RoleDeletedView {
    /// The document of the deletion of this role.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), deleted: true }
    }
}

impl Row for RoleDeletedView {
    const COLUMNS: &'static [&'static str] = &["name", "deleted"];

    fn cells(&self) -> Cells<'_> {
        vec![self.name.as_str().into(), told(self.deleted)]
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

    fn blocks(&self) -> Vec<Block> {
        vec![Block::Pairs(vec![("Role", Cell::strong(&self.name)), ("Deleted", Cell::new("yes"))])]
    }
}

/// One permission of the catalogue.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Permission")]
pub struct PermissionView {
    /// The permission, written category:action.
    name: String,
    /// The category.
    category: String,
    /// The action.
    action: String,
}

impl From<api::role::CatalogueEntry> for PermissionView {
    fn from(entry: api::role::CatalogueEntry) -> Self {
        Self { name: entry.name, category: entry.category, action: entry.action }
    }
}

impl Row for PermissionView {
    const COLUMNS: &'static [&'static str] = &["name", "category", "action"];

    fn cells(&self) -> Cells<'_> {
        vec![self.name.as_str().into(), self.category.as_str().into(), self.action.as_str().into()]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

/// The catalogue of permissions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Permissions")]
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

    fn blocks(&self) -> Vec<Block> {
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
    Block::table(CATEGORIES, rows.into_iter().map(cells).collect())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{CompanyId, DefaultRole, Permission};
    use crate::output::{Format, OutputContext, write};

    fn role(name: &str, default: bool, permissions: &[&str], holders: u64) -> api::role::Role {
        let permissions = permissions.iter().copied().collect();
        api::role::Role { name: name.to_owned(), default, permissions, holders: Some(holders) }
    }

    fn shown(answer: &impl Answer, format: Option<Format>) -> String {
        let now = Timestamp::UNIX_EPOCH;
        let output_context = OutputContext { format, width: Some(80), now, ..OutputContext::default() };
        let mut out = Vec::new();
        write(answer, &mut out, &output_context).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn list() -> RoleListView {
        let viewer = role("viewer", true, &["devices:view"], 2);
        let company = Company { id: CompanyId(1), name: "Acme MSP".to_owned() };
        RoleListView::new(
            Some(company),
            [role("router-fixer", false, &["devices:view", "devices:edit"], 0), viewer],
        )
    }

    #[test]
    fn roles_are_a_titled_table_and_a_json_list() {
        insta::assert_snapshot!(shown(&list(), Some(Format::Table)), @r"
        Roles of Acme MSP (1) — 2 roles
        NAME          KIND     PERMISSIONS  HOLDERS
        router-fixer  custom   2            0
        viewer        default  1            2
        ");
        insta::assert_snapshot!(shown(&list(), Some(Format::Jsonl)), @r#"
        {"name":"router-fixer","default":false,"permissions":["devices:edit","devices:view"],"holders":0}
        {"name":"viewer","default":true,"permissions":["devices:view"],"holders":2}
        "#);
        insta::assert_snapshot!(shown(&list(), None).replace('\t', "|"), @r"
        router-fixer|custom|devices:edit,devices:view|0
        viewer|default|devices:view|2
        ");
    }

    #[test]
    fn a_role_shows_its_permissions_by_category() {
        let permissions = DefaultRole::Viewer.permissions().names();
        let names: Vec<_> = permissions.iter().map(String::as_str).collect();
        let view = RoleView::from(role("viewer", true, &names, 2));
        insta::assert_snapshot!(shown(&view, Some(Format::Table)), @r"
        Name     viewer
        Kind     default
        Holders  2

        10 permissions
        CATEGORY          ACTIONS
        alerts            view
        auditing          view
        devices           view
        proxy-links       view
        roles             view
        service-accounts  view
        users             view
        vpn-networks      view
        vpn-roadwarriors  view
        vpn-settings      view
        ");
    }

    #[test]
    fn the_catalogue_fits_on_a_screen() {
        let catalogue: PermissionListView = Permission::all()
            .map(|one| api::role::CatalogueEntry {
                name: one.to_string(),
                category: one.category().to_owned(),
                action: one.action().to_owned(),
            })
            .collect();
        insta::assert_snapshot!(shown(&catalogue, Some(Format::Table)), @r"
        37 permissions, written category:action
        CATEGORY          ACTIONS
        users             view create edit delete
        companies         create edit
        devices           view create edit delete
        alerts            view create edit delete
        vpn-networks      view create edit delete
        vpn-roadwarriors  view create edit delete
        vpn-settings      view manage
        auditing          view
        fields            manage
        views             manage
        app-store         manage
        billing           manage
        service-accounts  view create edit delete
        roles             view manage
        proxy-links       view manage
        ");
        assert_eq!(shown(&catalogue, Some(Format::Name)).lines().count(), Permission::all().len());
    }
}
