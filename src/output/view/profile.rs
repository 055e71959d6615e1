//! Profiles: stored sets of server, user and active company.
//!
//! Responsible for their documents and rows. Refuses to show credentials.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Company;
use crate::output::time::counted;
use crate::output::view::{text, told, written};
use crate::output::{Answer, Block, Cell, Cells, Column, Fit, Row};
use crate::text::CommandLine;

/// A profile.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Profile")]
pub struct ProfileView {
    /// Its name.
    pub name: String,
    /// Whether it is the current profile, used by default.
    pub current: bool,
    /// The server.
    pub server: Option<String>,
    /// The user or service account.
    pub username: Option<String>,
    /// The active company.
    pub company: Option<Company>,
    /// The file with the routes of its server; null for those of the platform.
    pub routes: Option<String>,
    /// Where new passwords are checked: local or server.
    pub policy: String,
    /// Where the credentials are stored.
    pub credential_store: Option<String>,
    /// Whether what is stored for it signs in, as far as this machine knows; null where the keyring is locked or does
    /// not answer.
    pub signed_in: Option<bool>,
}

impl ProfileView {
    fn state(&self) -> Cell {
        match self.signed_in {
            Some(true) => Cell::new("signed in"),
            Some(false) => Cell::faint("signed out"),
            None => Cell::faint("unknown"),
        }
    }
}

impl Row for ProfileView {
    const COLUMNS: &'static [&'static str] =
        &["name", "current", "server", "username", "company_id", "company", "credential_store", "signed_in"];

    fn cells(&self) -> Cells<'_> {
        vec![
            self.name.as_str().into(),
            told(self.current),
            text(self.server.as_ref()),
            text(self.username.as_ref()),
            written(self.company.as_ref().map(|company| company.id)),
            text(self.company.as_ref().map(|company| &company.name)),
            text(self.credential_store.as_ref()),
            self.signed_in.map_or_else(|| "".into(), told),
        ]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Answer for ProfileView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        vec![Block::Pairs(vec![
            ("Name", Cell::strong(&self.name)),
            ("Current", Cell::new(if self.current { "yes" } else { "no" })),
            ("Server", Cell::or(self.server.as_ref(), "none")),
            ("Username", Cell::or(self.username.as_ref(), "none")),
            ("Company", company_cell(self.company.as_ref())),
            ("Routes", Cell::or(self.routes.as_ref(), "those of the platform")),
            ("Password policy", Cell::new(&self.policy)),
            ("Credentials", Cell::or(self.credential_store.as_ref(), "none")),
            ("State", self.state()),
        ])]
    }
}

fn company_cell(company: Option<&Company>) -> Cell {
    company.map_or_else(|| Cell::faint("none chosen"), Cell::company)
}

const COLUMNS: &[Column] = &[
    Column::new("Name", Fit::Name),
    Column::new("Server", Fit::Text),
    Column::new("Username", Fit::Text),
    Column::new("Company", Fit::Text),
    Column::new("Credentials", Fit::Wide),
    Column::new("State", Fit::Fact),
    Column::mark("Current"),
];

/// Every profile.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Profiles")]
#[serde(transparent)]
pub struct ProfileListView(Vec<ProfileView>);

impl FromIterator<ProfileView> for ProfileListView {
    fn from_iter<I: IntoIterator<Item = ProfileView>>(profiles: I) -> Self {
        Self(profiles.into_iter().collect())
    }
}

impl Answer for ProfileListView {
    type Row = ProfileView;

    fn rows(&self) -> Vec<&ProfileView> {
        self.0.iter().collect()
    }

    fn blocks(&self) -> Vec<Block> {
        if self.0.is_empty() {
            return vec![
                Block::Title("No profile yet".to_owned()),
                Block::Note(
                    CommandLine::new("login --server https://gateway.example")
                        .after("Create one by signing in: "),
                ),
            ];
        }
        let cells = |profile: &ProfileView| {
            vec![
                Cell::strong(&profile.name),
                Cell::or(profile.server.as_ref(), "none"),
                Cell::or(profile.username.as_ref(), "none"),
                company_cell(profile.company.as_ref()),
                Cell::or(profile.credential_store.as_ref(), "none"),
                profile.state(),
                if profile.current { Cell::new("current") } else { Cell::faint("") },
            ]
        };
        vec![
            Block::Title(counted(self.0.len() as u64, "profile")),
            Block::table(COLUMNS, self.0.iter().map(cells).collect()),
        ]
    }
}

/// What a command changed about the stored state of this machine.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "SignedOut")]
pub struct SignedOutView {
    /// The server.
    pub server: String,
    /// The user or service account that was signed in.
    pub username: String,
    /// Whether anything was stored.
    pub changed: bool,
}

impl Row for SignedOutView {
    const COLUMNS: &'static [&'static str] = &["server", "username", "changed"];

    fn cells(&self) -> Cells<'_> {
        vec![self.server.as_str().into(), self.username.as_str().into(), told(self.changed)]
    }

    fn name(&self) -> String {
        self.username.clone()
    }
}

impl Answer for SignedOutView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        vec![]
    }
}
