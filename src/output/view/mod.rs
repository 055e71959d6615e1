//! What a view tells about itself, so that one function can print it in every format.
//!
//! Responsible for the traits of views and rows, and their columns. Refuses to write: the formats do.

pub(super) mod account;
pub(super) mod account_details;
pub(super) mod account_list;
pub(super) mod audit;
pub(super) mod change;
pub(super) mod company;
pub(super) mod doctor;
pub(super) mod dry_run;
pub(super) mod error;
pub(super) mod help;
pub(super) mod identity;
pub(super) mod manifest;
pub(super) mod matrix;
pub(super) mod plan;
pub(super) mod profile;
pub(super) mod raw;
pub(super) mod review;
pub(super) mod role;
pub(super) mod run;
pub(super) mod step;

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{AccountId, CompanyId, Password, Token};
use crate::output::Cell;
use crate::output::table::layout::Fit;
use crate::text::Hint;

/// A cell of a row as programs read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// Raw text; empty for an absent value.
    Text(Cow<'a, str>),
    /// How many there are of something.
    Count(u64),
    /// The number of a thing.
    Id(i64),
    /// A time, in RFC 3339.
    Time(Timestamp),
    /// Nothing, for programs; for people this word.
    Absent(&'static str),
    /// A secret, which no format changes.
    Secret(SecretText<'a>),
}

/// The text of a secret that is the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretText<'a>(&'a str);

impl fmt::Debug for SecretText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The cells of a row, one for each column.
pub type Cells<'a> = Vec<Field<'a>>;

impl Field<'_> {
    /// The cell as it is written, before it is sanitised.
    pub(in crate::output) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Absent(_) => Cow::Borrowed(""),
            Self::Time(time) => Cow::Owned(time.to_string()),
            Self::Count(count) => Cow::Owned(count.to_string()),
            Self::Id(id) => Cow::Owned(id.to_string()),
            Self::Secret(SecretText(secret)) => Cow::Borrowed(secret),
        }
    }
}

impl<'a> From<&'a str> for Field<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Field<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a Password> for Field<'a> {
    fn from(password: &'a Password) -> Self {
        Self::Secret(SecretText(password.expose()))
    }
}

impl<'a> From<&'a Token> for Field<'a> {
    fn from(token: &'a Token) -> Self {
        Self::Secret(SecretText(token.expose()))
    }
}

impl From<u64> for Field<'_> {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<CompanyId> for Field<'_> {
    fn from(id: CompanyId) -> Self {
        Self::Id(id.0)
    }
}

impl From<AccountId> for Field<'_> {
    fn from(id: AccountId) -> Self {
        Self::Id(id.0)
    }
}

impl From<Timestamp> for Field<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

/// The cell of a text that may be absent.
pub(in crate::output) fn text(value: Option<&String>) -> Field<'_> {
    value.map(String::as_str).unwrap_or_default().into()
}

/// The cell of a boolean.
pub(in crate::output) fn told(value: bool) -> Field<'static> {
    if value { "true" } else { "false" }.into()
}

/// The cell of any other value that may be absent.
pub(in crate::output) fn written(value: Option<impl Into<Field<'static>>>) -> Field<'static> {
    value.map_or_else(|| "".into(), Into::into)
}

/// One row of an answer: a line in `jsonl`, `csv`, `name` and in a pipe.
///
/// The JSON shape is what `Serialize` gives; the other methods are its shape in rows.
pub trait Row: Serialize {
    /// The header of the cells, in `csv` only.
    const COLUMNS: &'static [&'static str];

    /// The cells; absent values are empty.
    fn cells(&self) -> Cells<'_>;

    /// The cells in a pipe without a chosen format: the same, unless something else is more useful.
    fn piped(&self) -> Cells<'_> {
        self.cells()
    }

    /// The name alone, for `-o name`.
    fn name(&self) -> String;
}

/// A whole answer. The JSON and YAML document is what `Serialize` gives.
pub trait Answer: Serialize {
    /// What its rows are; an answer that is one thing is its own row.
    type Row: Row;

    /// The rows, in their order.
    fn rows(&self) -> Vec<&Self::Row>;

    /// How a person sees it.
    fn blocks(&self) -> Vec<Block>;
}

/// One column of a table for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub(in crate::output) label: Cow<'static, str>,
    pub(in crate::output) fit: Fit,
    has_header: bool,
}

impl Column {
    /// A column with its label, such as `Last used`.
    pub const fn new(label: &'static str, fit: Fit) -> Self {
        Self { label: Cow::Borrowed(label), fit, has_header: true }
    }

    /// A column whose label is known only when there is an answer.
    pub fn named(label: String, fit: Fit) -> Self {
        Self { label: Cow::Owned(label), fit, has_header: true }
    }

    /// The text above the cells, as it is written in a document.
    pub(in crate::output) fn title(&self) -> String {
        if self.has_header { self.label.to_string() } else { String::new() }
    }

    /// A column that marks some rows with a word that needs no header.
    pub const fn mark(label: &'static str) -> Self {
        Self { label: Cow::Borrowed(label), fit: Fit::Fact, has_header: false }
    }

    /// The text above the cells.
    pub(in crate::output) fn header(&self) -> String {
        if self.has_header { self.label.to_uppercase() } else { String::new() }
    }
}

/// A part of an answer for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A line above what belongs to it.
    Title(String),
    /// A title, and how much belongs to it.
    Counted(String, String),
    /// A sentence, faint.
    Note(Hint),
    /// A line that is never broken, for copying.
    Verbatim(String),
    /// Text as it was received, which is never wrapped.
    Document(String),
    /// A table.
    Table {
        /// The columns.
        columns: Cow<'static, [Column]>,
        /// The rows, each with a cell for each column.
        rows: Vec<Vec<Cell>>,
    },
    /// Labels with values, one a line.
    Pairs(Vec<(&'static str, Cell)>),
}

impl Block {
    /// A table with columns that are always the same.
    pub const fn table(columns: &'static [Column], rows: Vec<Vec<Cell>>) -> Self {
        Self::Table { columns: Cow::Borrowed(columns), rows }
    }

    /// Whether it begins a new part of the answer.
    pub(in crate::output) const fn is_title(&self) -> bool {
        matches!(self, Self::Title(_) | Self::Counted(..))
    }
}
