//! What a view says about itself, so that one function can print it in every format.

use jiff::Timestamp;
use serde::Serialize;

/// One row of an answer: a line in `jsonl`, `csv`, `name` and in a pipe.
///
/// The JSON shape is what `Serialize` gives; the other methods are its shape in rows.
pub trait Row: Serialize {
    /// The header of the cells, in `csv` only.
    const COLUMNS: &'static [&'static str];

    /// The cells, one for each column: raw text, times in RFC 3339, absent values empty.
    fn cells(&self) -> Vec<String>;

    /// The cells in a pipe where nobody asked for a format: the same, unless something else is more useful.
    fn piped(&self) -> Vec<String> {
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

    /// How a person sees it. `now` is what relative times count from.
    fn blocks(&self, now: Timestamp) -> Vec<Block>;
}

/// How a cell stands out on a terminal with colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    #[default]
    Plain,
    /// What the eye looks for first.
    Strong,
    /// What the eye may skip.
    Faint,
}

/// One cell of a table for people. Its text may come from a server: it is made safe when it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// How it stands out.
    pub tone: Tone,
}

impl Cell {
    /// A plain cell.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Plain }
    }

    /// A cell that catches the eye: the name of the thing.
    pub fn strong(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Strong }
    }

    /// A cell that steps back: none, never, unknown.
    pub fn faint(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Faint }
    }

    /// The text, or the word for its absence, faint.
    pub fn or(text: Option<impl Into<String>>, absent: &str) -> Self {
        text.map_or_else(|| Self::faint(absent), Self::new)
    }
}

/// A part of an answer for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A line above what belongs to it.
    Title(String),
    /// A sentence, faint.
    Note(String),
    /// A line that is never broken, for copying.
    Verbatim(String),
    /// A table.
    Table {
        /// The header.
        columns: &'static [&'static str],
        /// The rows, each with a cell for each column.
        rows: Vec<Vec<Cell>>,
    },
    /// Labels with values, one a line.
    Pairs(Vec<(&'static str, Cell)>),
}
