//! Service accounts: one account in full, and as a row of a list.
//!
//! Responsible for the members and columns of an account. Refuses to know the answer that contains it.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use crate::api::audit::Actor;
use crate::api::{self, Permissions};
use crate::domain::{Company, Ownership};
use crate::output::time::counted;
use crate::output::view::{Field, text, written};
use crate::output::{Answer, Block, Cell, Cells, Column, Fit, Row};
use crate::text::CommandLine;

/// Access in one company.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Access")]
struct AccessShape<'a> {
    /// The company.
    company: &'a Company,
    /// The role; null if the access is a list of individual permissions.
    role: Option<&'a str>,
    /// The effective permissions, from the role or the list: sorted, each written category:action.
    #[schemars(with = "Vec<String>")]
    permissions: &'a Permissions,
}

impl AccessShape<'_> {
    fn write<S: Serializer>(access: &api::Access, serializer: S) -> Result<S::Ok, S::Error> {
        let api::Access { company, role, permissions } = access;
        AccessShape { company, role: role.as_deref(), permissions }.serialize(serializer)
    }
}

/// Access in one company.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct AccessView(#[serde(serialize_with = "AccessShape::write")] api::Access);

impl JsonSchema for AccessView {
    fn schema_name() -> Cow<'static, str> {
        AccessShape::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        AccessShape::json_schema(generator)
    }
}

impl From<api::Access> for AccessView {
    fn from(access: api::Access) -> Self {
        Self(access)
    }
}

impl AccessView {
    /// The company.
    pub(in crate::output) fn company(&self) -> &Company {
        &self.0.company
    }

    /// The role, or the individual list.
    fn summary(&self) -> Cell {
        Cell::list(self.0.role.clone(), &self.0.permissions)
    }

    /// A role with the number of its permissions, or the individual list.
    pub(in crate::output) fn in_full(&self) -> Cell {
        let count = || counted(self.0.permissions.len() as u64, "permission");
        let brief = self.0.role.as_ref().map(|role| format!("{role} ({})", count()));
        Cell::list(brief, &self.0.permissions)
    }
}

/// A service account as one company sees it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub struct AccountView {
    /// The id; the id of a deleted account is never reused.
    id: crate::domain::AccountId,
    /// The name, unique over all companies; it never changes.
    name: String,
    /// The description; null if there is no description.
    description: Option<String>,
    /// Whether this company owns the account, or sees it as external.
    ownership: Ownership,
    /// The company that owns it.
    owner: Company,
    /// Its access in this company; null for no access.
    access: Option<AccessView>,
    /// The number of companies where it has access; null unless this company owns it.
    company_count: Option<u64>,
    /// When it was created; null if the server does not tell.
    created_at: Option<Timestamp>,
    /// When its password was last set; null if the server does not tell.
    password_changed_at: Option<Timestamp>,
    /// When it last signed in; null for never, and unless this company owns it.
    last_used_at: Option<Timestamp>,
    /// Whether the two fields about its use are known: only the owner sees use elsewhere.
    use_known: bool,
}

impl From<api::Account> for AccountView {
    fn from(account: api::Account) -> Self {
        Self {
            id: account.id,
            name: account.name,
            description: account.description,
            ownership: account.ownership,
            owner: account.owner,
            access: account.access.map(AccessView),
            company_count: account.company_count,
            created_at: account.created_at,
            password_changed_at: account.password_changed_at,
            last_used_at: account.last_used_at,
            use_known: account.ownership == Ownership::Owned,
        }
    }
}

impl AccountView {
    /// Whether this company owns the account.
    pub fn is_owned(&self) -> bool {
        self.ownership == Ownership::Owned
    }

    fn access_cell(&self, cell: fn(&AccessView) -> Cell) -> Cell {
        self.access.as_ref().map_or_else(|| Cell::faint("none"), cell)
    }

    fn companies_cell(&self) -> Cell {
        Cell::or(self.company_count.map(|count| count.to_string()), "unknown")
    }

    pub(in crate::output) fn owned_cells(&self) -> Vec<Cell> {
        vec![
            Cell::strong(&self.name),
            Cell::new(self.id.to_string()),
            self.access_cell(AccessView::summary),
            self.companies_cell(),
            Cell::past(self.last_used_at, "never"),
            Cell::past(self.password_changed_at, "unknown"),
            Cell::past(self.created_at, "unknown"),
            Cell::new(self.description.clone().unwrap_or_default()),
        ]
    }

    pub(in crate::output) fn external_cells(&self) -> Vec<Cell> {
        vec![
            Cell::strong(&self.name),
            Cell::new(self.id.to_string()),
            self.access_cell(AccessView::summary),
            Cell::company(&self.owner),
            Cell::past(self.password_changed_at, "unknown"),
            Cell::past(self.created_at, "unknown"),
            Cell::new(self.description.clone().unwrap_or_default()),
        ]
    }

    /// Everything about the account, a label a line.
    pub(in crate::output) fn pairs(&self) -> Vec<(&'static str, Cell)> {
        let mut pairs = vec![
            ("Name", Cell::strong(&self.name)),
            ("Id", Cell::new(self.id.to_string())),
            ("Owner", Cell::company(&self.owner)),
            ("Description", Cell::or(self.description.as_ref(), "none")),
            ("Access here", self.access_cell(AccessView::in_full)),
        ];
        if self.is_owned() {
            pairs.push(("Companies", self.companies_cell()));
        }
        pairs.push(("Created", Cell::past(self.created_at, "unknown")));
        pairs.push(("Password set", Cell::past(self.password_changed_at, "unknown")));
        if self.is_owned() {
            pairs.push(("Last used", Cell::past(self.last_used_at, "never")));
        }
        pairs
    }
}

/// The table of accounts that a company owns.
pub(in crate::output) const OWNED: &[Column] = &[
    Column::new("Name", Fit::Name),
    Column::new("Id", Fit::Wide),
    Column::new("Access", Fit::List),
    Column::new("Companies", Fit::Fact),
    Column::new("Last used", Fit::Fact),
    Column::new("Password set", Fit::Wide),
    Column::new("Created", Fit::Wide),
    Column::new("Description", Fit::Extra),
];

/// The table of the companies where an account has access.
const COMPANIES: &[Column] = &[Column::new("Company", Fit::Text), Column::new("Access", Fit::Prose)];

/// The table of external accounts that have access.
pub(in crate::output) const EXTERNAL: &[Column] = &[
    Column::new("Name", Fit::Name),
    Column::new("Id", Fit::Wide),
    Column::new("Access", Fit::List),
    Column::new("Owner", Fit::Text),
    Column::new("Password set", Fit::Wide),
    Column::new("Created", Fit::Wide),
    Column::new("Description", Fit::Extra),
];

/// The columns of an account in `csv` and in a pipe.
pub(in crate::output) const ACCOUNT_COLUMNS: &[&str] = &[
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

/// The same columns, followed by the company that sees the account.
pub(in crate::output) const LIST_COLUMNS: &[&str] =
    &account_columns_and::<{ ACCOUNT_COLUMNS.len() + 2 }>(&["company_id", "company"]);

/// The columns of an account, followed by `more`; `N` is the length of both.
pub(in crate::output) const fn account_columns_and<const N: usize>(
    more: &[&'static str],
) -> [&'static str; N] {
    let mut columns = [""; N];
    let mut place = 0;
    while place < N {
        columns[place] = if place < ACCOUNT_COLUMNS.len() {
            ACCOUNT_COLUMNS[place]
        } else {
            more[place - ACCOUNT_COLUMNS.len()]
        };
        place += 1;
    }
    columns
}

impl Row for AccountView {
    const COLUMNS: &'static [&'static str] = ACCOUNT_COLUMNS;

    fn cells(&self) -> Cells<'_> {
        let access = self.access.as_ref().map(|AccessView(access)| access);
        vec![
            self.ownership.as_str().into(),
            self.name.as_str().into(),
            self.id.into(),
            self.owner.id.into(),
            self.owner.name.as_str().into(),
            text(access.and_then(|access| access.role.as_ref())),
            access.map(|access| access.permissions.joined()).unwrap_or_default().into(),
            written(self.company_count),
            written(self.created_at),
            written(self.password_changed_at),
            match self.last_used_at {
                None if self.use_known => Field::Absent("never"),
                last_used_at => written(last_used_at),
            },
            text(self.description.as_ref()),
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

    fn blocks(&self) -> Vec<Block> {
        vec![Block::Pairs(self.pairs())]
    }
}

/// One account; for its owner also every company where it has access.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountDetail")]
pub struct AccountDetailView {
    #[serde(flatten)]
    account: AccountView,
    /// Every company where it has access; null unless this company owns it.
    companies: Option<Vec<AccessView>>,
    /// Who created it; null if unknown, and unless this company owns it.
    created_by: Option<Actor>,
    /// Who last set its password; null if unknown, and unless this company owns it.
    password_changed_by: Option<Actor>,
}

impl From<api::AccountDetail> for AccountDetailView {
    fn from(detail: api::AccountDetail) -> Self {
        let companies = detail.companies.map(|all| all.into_iter().map(AccessView::from).collect());
        let api::AccountDetail { account, created_by, password_changed_by, .. } = detail;
        Self { account: account.into(), companies, created_by, password_changed_by }
    }
}

impl AccountDetailView {
    /// The account without its companies.
    pub(in crate::output) const fn account(&self) -> &AccountView {
        &self.account
    }

    /// Everything about the account, and who made it what it is as far as that is known.
    fn pairs(&self) -> Vec<(&'static str, Cell)> {
        let mut pairs = self.account.pairs();
        let authors = [("Created by", &self.created_by), ("Password set by", &self.password_changed_by)];
        let known = authors.into_iter().filter_map(|(label, author)| Some((label, author.as_ref()?)));
        pairs.extend(known.map(|(label, author)| (label, Cell::new(&author.name))));
        pairs
    }

    /// The table of companies for the owner; for other companies, what they can do.
    fn companies_blocks(&self) -> Vec<Block> {
        let name = &self.account.name;
        let grant = |role| CommandLine::new("grant").operand(name).flag("--role", role);
        match self.companies.as_deref() {
            None => vec![
                Block::Title("External account".to_owned()),
                Block::Note(
                    "Only its owner can change its description, reset its password or delete it.".into(),
                ),
                Block::Note(grant("ROLE").after("Change its access here with: ")),
                Block::Note(CommandLine::new("revoke").operand(name).after("Remove its access here with: ")),
            ],
            Some([]) => vec![
                Block::Title("Access in no company".to_owned()),
                Block::Note(grant("viewer").after("Give it access with: ")),
            ],
            Some(companies) => vec![
                Block::Title(match companies.len() {
                    1 => "Access in 1 company".to_owned(),
                    count => format!("Access in {count} companies"),
                }),
                Block::table(
                    COMPANIES,
                    companies
                        .iter()
                        .map(|access| vec![Cell::company(access.company()), access.in_full()])
                        .collect(),
                ),
            ],
        }
    }
}

impl Row for AccountDetailView {
    const COLUMNS: &'static [&'static str] = ACCOUNT_COLUMNS;

    fn cells(&self) -> Cells<'_> {
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

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = vec![Block::Pairs(self.pairs())];
        blocks.extend(self.companies_blocks());
        blocks
    }
}
