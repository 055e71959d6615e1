//! A document of the platform as it was received, for requests that have no command of their own.
//!
//! Responsible for printing it in every format. Refuses to change it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::output::view::written;
use crate::output::{Answer, Block, Cell, Cells, Row};

/// A document of the platform, always one row.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Raw")]
#[serde(transparent)]
pub struct RawView(pub serde_json::Value);

impl Row for RawView {
    const COLUMNS: &'static [&'static str] = &["document"];

    fn cells(&self) -> Cells<'_> {
        vec![self.0.to_string().into()]
    }

    fn name(&self) -> String {
        self.0.to_string()
    }
}

impl Answer for RawView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        vec![Block::Document(self.0.to_string())]
    }
}

/// A bearer token.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "BearerToken")]
pub struct TokenView {
    /// The token: anyone who has it can act as you.
    #[schemars(with = "String")]
    #[serde(serialize_with = "crate::domain::Token::serialize_exposed")]
    token: crate::domain::Token,
    /// When it expires; null if unknown.
    expires_at: Option<Timestamp>,
}

impl TokenView {
    /// The token and when it ends, where that is known.
    pub const fn new(token: crate::domain::Token, expires_at: Option<Timestamp>) -> Self {
        Self { token, expires_at }
    }
}

impl Row for TokenView {
    const COLUMNS: &'static [&'static str] = &["token", "expires_at"];

    fn cells(&self) -> Cells<'_> {
        vec![(&self.token).into(), written(self.expires_at)]
    }

    fn piped(&self) -> Cells<'_> {
        vec![(&self.token).into()]
    }

    fn name(&self) -> String {
        self.token.expose().to_owned()
    }
}

impl Answer for TokenView {
    type Row = Self;

    fn rows(&self) -> Vec<&Self> {
        vec![self]
    }

    fn blocks(&self) -> Vec<Block> {
        vec![
            Block::Title("Bearer token".to_owned()),
            Block::Verbatim(self.token.expose().to_owned()),
            Block::Pairs(vec![("Expires", Cell::future(self.expires_at, "unknown"))]),
        ]
    }
}
