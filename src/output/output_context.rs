//! The context of an output: where it goes, in which format, and how much of it is shown.
//!
//! Responsible for these choices in one value. Refuses to read settings or the terminal.

use jiff::Timestamp;

use super::Format;
use crate::text::Target;

/// Where an answer goes.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of the terminal")]
pub struct OutputContext {
    /// The format that was asked for; `None` for the default.
    pub format: Option<Format>,
    /// Whether standard output is a terminal.
    pub is_terminal: bool,
    /// Columns of the terminal; `None` for tables as wide as they need.
    pub width: Option<u16>,
    /// Whether tables are shown whole: every column, nothing cut or folded.
    pub wide: bool,
    /// Whether a screen reader reads: lines with labels in place of tables.
    pub accessible: bool,
    /// Whether tables may use colours.
    pub color: bool,
    /// What relative times count from.
    pub now: Timestamp,
    /// What the commands in notes act on.
    pub target: Target,
}

/// The form that an answer takes: a format, or the rows of a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As asked for, or a table because a person looks.
    As(Format),
    /// Tab-separated rows without header, because a program reads and no format was chosen.
    Piped,
}

/// How much of an answer was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// All that the form has.
    Whole,
    /// Something was cut or folded, because there was no room for it.
    Cut,
}

impl OutputContext {
    /// The form that an answer takes here: the format asked for; else a table on a terminal and tab-separated
    /// rows in a pipe.
    pub const fn shape(&self) -> Shape {
        match self.format {
            Some(format) => Shape::As(format),
            None if self.is_terminal => Shape::As(Format::Table),
            None => Shape::Piped,
        }
    }

    /// Whether rows can be written one by one, before the answer is complete.
    pub const fn streams(&self) -> bool {
        matches!(self.shape(), Shape::Piped | Shape::As(Format::Jsonl | Format::Csv | Format::Name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(format: Option<Format>, is_terminal: bool) -> OutputContext {
        OutputContext { format, is_terminal, ..OutputContext::default() }
    }

    #[test]
    fn nobody_asked_a_terminal_gets_tables_and_a_pipe_rows() {
        assert_eq!(at(None, true).shape(), Shape::As(Format::Table));
        assert_eq!(at(None, false).shape(), Shape::Piped);
        assert_eq!(at(Some(Format::Table), false).shape(), Shape::As(Format::Table));
        assert_eq!(at(Some(Format::Json), true).shape(), Shape::As(Format::Json));
    }
}
