//! Who the caller is, where, and what the caller may do there.
//!
//! Responsible for the document of `whoami`. Refuses to show credentials.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::Permissions;
use crate::api::session::Kind;
use crate::domain::Company;
use crate::output::time::{counted, grouped};
use crate::output::view::{text, written};
use crate::output::{AccessView, Answer, Block, Cell, Cells, Column, Fit, Row};
use crate::text::CommandLine;

/// Most companies that are shown to a person.
const SHOWN: usize = 10;

/// Who you are, where, and what you may do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Identity")]
pub struct IdentityView {
    /// The server.
    pub server: String,
    /// The profile in use.
    pub profile: Option<String>,
    /// The user or service account; null if only the server could tell, and does not.
    pub username: Option<String>,
    /// A user or a service account; null if the server does not tell.
    pub kind: Option<Kind>,
    /// The active company: the chosen one, or the only one; null otherwise.
    pub company: Option<Company>,
    /// Your permissions in the active company: sorted, each written category:action.
    #[schemars(with = "Vec<String>")]
    pub permissions: Permissions,
    /// Every company with your access there.
    pub companies: Vec<AccessView>,
    /// Where the credentials came from.
    pub credential_source: String,
    /// When the token expires; null if unknown.
    pub token_expires_at: Option<Timestamp>,
}

impl IdentityView {
    const fn kind(&self) -> &'static str {
        match self.kind {
            Some(Kind::User) => "user",
            Some(Kind::ServiceAccount) => "service account",
            None => "unknown",
        }
    }
}

const COLUMNS: &[Column] = &[
    Column::new("Id", Fit::Fact),
    Column::new("Company", Fit::Text),
    Column::new("Role", Fit::List),
    Column::mark("State"),
];

impl Row for IdentityView {
    const COLUMNS: &'static [&'static str] = &[
        "server",
        "profile",
        "username",
        "kind",
        "company_id",
        "company",
        "permissions",
        "credential_source",
        "token_expires_at",
    ];

    fn cells(&self) -> Cells<'_> {
        vec![
            self.server.as_str().into(),
            text(self.profile.as_ref()),
            text(self.username.as_ref()),
            self.kind.map_or_else(|| "".into(), |kind| kind.to_string().into()),
            written(self.company.as_ref().map(|company| company.id)),
            text(self.company.as_ref().map(|company| &company.name)),
            self.permissions.joined().into(),
            self.credential_source.as_str().into(),
            written(self.token_expires_at),
        ]
    }

    fn name(&self) -> String {
        self.username.clone().unwrap_or_default()
    }
}

impl Answer for IdentityView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        let is_active = |access: &AccessView| self.company.as_ref() == Some(access.company());
        let place = self.companies.iter().position(is_active);
        let count = self.companies.len();
        // The active company is among the first, wherever it stands.
        let active =
            place.filter(|place| *place >= SHOWN && count > SHOWN + 1).map(|place| &self.companies[place]);
        let shown = if count > SHOWN + 1 { SHOWN } else { count };
        let rows = active.into_iter().chain(&self.companies).take(shown).map(|access| {
            let active = is_active(access);
            vec![
                Cell::new(access.company().id.to_string()),
                Cell::strong(&access.company().name),
                access.in_full(),
                if active { Cell::new("active") } else { Cell::faint("") },
            ]
        });
        let mut blocks = vec![
            Block::Pairs(vec![
                ("Server", Cell::new(&self.server)),
                ("Profile", Cell::or(self.profile.as_ref(), "none")),
                ("Signed in as", Cell::or(self.username.as_ref(), "unknown")),
                ("Kind", Cell::new(self.kind())),
                ("Company", self.company.as_ref().map_or_else(|| Cell::faint("none chosen"), Cell::company)),
                ("Credentials", Cell::new(&self.credential_source)),
                ("Token expires", Cell::future(self.token_expires_at, "unknown")),
            ]),
            Block::Title(counted(self.companies.len() as u64, "membership")),
            Block::table(COLUMNS, rows.collect()),
        ];
        if count > shown {
            let more = format!("and {} more; list them with: ", grouped((count - shown) as u64));
            blocks.push(Block::Note(CommandLine::new("company list").after(more)));
        }
        blocks
    }
}
