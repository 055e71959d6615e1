//! The one function that commands print an answer with, and its sibling for rows without end.

use std::borrow::Cow;
use std::io::{self, Write};

use jiff::Timestamp;

use super::{Answer, Block, Cells, Field, Format, Row, Selection, csv, json, people, spoken, yaml};
use crate::domain::visible::{count_strange, sanitise};

/// Where an answer goes.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of the terminal")]
pub struct Surroundings {
    /// The format that was asked for; `None` where nobody asked.
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
}

/// The form that an answer takes: a format, or the rows of a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As asked for, or a table because a person looks.
    As(Format),
    /// Tab-separated rows without header, because a program reads and nobody asked for a format.
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

impl Surroundings {
    /// The form that an answer takes here: the format asked for; else a table on a terminal and tab-separated
    /// rows in a pipe.
    pub const fn shape(&self) -> Shape {
        match self.format {
            Some(format) => Shape::As(format),
            None if self.is_terminal => Shape::As(Format::Table),
            None => Shape::Piped,
        }
    }

    /// Whether rows can be written one by one, without the whole answer at hand.
    pub const fn streams(&self) -> bool {
        matches!(self.shape(), Shape::Piped | Shape::As(Format::Jsonl | Format::Csv | Format::Name))
    }
}

/// Writes an answer in the form that the surroundings ask for.
///
/// # Errors
/// Those of `out`.
pub fn write<A: Answer>(answer: &A, out: &mut dyn Write, surroundings: &Surroundings) -> io::Result<Shown> {
    match surroundings.shape() {
        Shape::As(Format::Table) => return blocks(&answer.blocks(), out, surroundings),
        Shape::As(Format::Json) => json::pretty(answer, out),
        Shape::As(Format::Yaml) => yaml::write(answer, out),
        Shape::Piped | Shape::As(Format::Jsonl | Format::Csv | Format::Name) => {
            let rows = RowWriter::selecting(surroundings, &Selection::Whole);
            rows.begin::<A::Row>(out)?;
            answer.rows().into_iter().try_for_each(|row| rows.write(row, out))
        }
    }
    .map(|()| Shown::Whole)
}

/// Writes blocks for people.
///
/// # Errors
/// Those of `out`.
pub(super) fn blocks(
    blocks: &[Block],
    out: &mut dyn Write,
    surroundings: &Surroundings,
) -> io::Result<Shown> {
    let write = if surroundings.accessible { spoken::write } else { people::write };
    write(blocks, out, surroundings)
}

/// Writes rows one by one, in the forms that need nothing but the row at hand.
#[derive(Clone, Copy, Debug)]
pub struct RowWriter<'a> {
    shape: Shape,
    selection: &'a Selection,
}

impl<'a> RowWriter<'a> {
    /// A writer of what is selected of each row for these surroundings, which should say that they
    /// [stream](Surroundings::streams); in the forms that do not, rows are written as they would be in a pipe.
    pub const fn selecting(surroundings: &Surroundings, selection: &'a Selection) -> Self {
        Self { shape: surroundings.shape(), selection }
    }

    /// The chosen ones of `cells`; `whole` where none were chosen.
    fn chosen<'c, R: Row>(
        self,
        cells: impl FnOnce() -> Cells<'c>,
        whole: impl FnOnce() -> Cells<'c>,
    ) -> Cells<'c> {
        match self.selection.places::<R>() {
            Some(places) => {
                let cells = cells();
                places.into_iter().filter_map(|place| cells.get(place).cloned()).collect()
            }
            None => whole(),
        }
    }

    /// What stands before the first row: the header of `csv`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin<R: Row>(self, out: &mut dyn Write) -> io::Result<()> {
        match self.shape {
            Shape::As(Format::Csv) => {
                let names = || R::COLUMNS.iter().map(|name| (*name).into()).collect();
                csv::write(&texts(&self.chosen::<R>(names, names)), out)
            }
            _ => Ok(()),
        }
    }

    /// Several rows.
    ///
    /// # Errors
    /// Those of `out`; one that carries a [`JqError`](super::JqError) where an expression fails.
    pub fn write_each<R: Row>(self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        match (self.shape, self.selection) {
            (Shape::As(Format::Jsonl), Selection::Jq(jq)) => jq.write_each(rows, out),
            _ => rows.iter().try_for_each(|row| self.write(row, out)),
        }
    }

    /// One row.
    ///
    /// # Errors
    /// As [`Self::write_each`].
    pub fn write<R: Row>(self, row: &R, out: &mut dyn Write) -> io::Result<()> {
        let whole = || row.cells();
        match self.shape {
            Shape::As(Format::Jsonl) => match self.selection {
                Selection::Jq(jq) => jq.write(row, out),
                _ => json::line(row, out),
            },
            Shape::As(Format::Csv) => csv::write(&texts(&self.chosen::<R>(whole, whole)), out),
            Shape::As(Format::Name) => writeln!(out, "{}", sanitise(&row.name())),
            Shape::Piped | Shape::As(Format::Table | Format::Json | Format::Yaml) => {
                piped(&self.chosen::<R>(whole, || row.piped()), out)
            }
        }
    }
}

/// Room for a row of ordinary length.
pub(super) const LINE: usize = 1024;

fn texts<'a>(cells: &'a [Field<'_>]) -> Vec<Cow<'a, str>> {
    cells.iter().map(Field::text).collect()
}

/// Cells between tabs; tabs and line ends inside a cell are written out, so that a row is always one line.
fn piped(cells: &[Field<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut line = String::with_capacity(LINE);
    for (index, cell) in cells.iter().enumerate() {
        line.push_str(if index > 0 { "\t" } else { "" });
        line.push_str(&cell.text());
    }
    // Where nothing but the tabs between cells is out of the ordinary, no cell has to be looked at.
    let tabs = cells.len().saturating_sub(1);
    if count_strange(line.as_bytes()) > tabs {
        line = cells.iter().map(|cell| sanitise(&cell.text()).into_owned()).collect::<Vec<_>>().join("\t");
    }
    line.push('\n');
    out.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::CompanyId;
    use crate::domain::visible::is_hidden;
    use crate::domain::visible::tests::any_text;

    fn at(format: Option<Format>, is_terminal: bool) -> Surroundings {
        Surroundings { format, is_terminal, ..Surroundings::default() }
    }

    #[test]
    fn nobody_asked_a_terminal_gets_tables_and_a_pipe_rows() {
        assert_eq!(at(None, true).shape(), Shape::As(Format::Table));
        assert_eq!(at(None, false).shape(), Shape::Piped);
        assert_eq!(at(Some(Format::Table), false).shape(), Shape::As(Format::Table));
        assert_eq!(at(Some(Format::Json), true).shape(), Shape::As(Format::Json));
    }

    /// P6, also of what is no text: a spreadsheet takes a negative number for a formula.
    #[test]
    fn numbers_and_times_are_written_as_they_are_and_disarmed_in_csv() {
        let cells: [Field<'_>; 3] = [CompanyId(-5).into(), u64::MAX.into(), Timestamp::MIN.into()];
        let mut out = Vec::new();
        piped(&cells, &mut out).unwrap();
        csv::write(&texts(&cells), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap().replace('\t', "|"), @r"
        -5|18446744073709551615|-009999-01-02T01:59:59Z
        '-5,18446744073709551615,'-009999-01-02T01:59:59Z
        ");
    }

    /// P5: one character out of the ordinary is seen, wherever it stands among the tabs between cells.
    #[test]
    fn nothing_hides_among_the_tabs() {
        let rows: [&[&str]; 7] =
            [&[], &["", ""], &["a\tb"], &["a\t", ""], &["", "\t"], &["\u{7f}"], &["é", "\u{202e}", "a\n"]];
        let mut out = Vec::new();
        for row in rows {
            let cells: Vec<Field<'_>> = row.iter().map(|cell| (*cell).into()).collect();
            piped(&cells, &mut out).unwrap();
        }
        insta::assert_snapshot!(String::from_utf8(out).unwrap().replace('\t', "|"), @r"

        |
        a\tb
        a\t|
        |\t
        \u{7f}
        é|\u{202e}|a\n
        ");
    }

    proptest! {
        /// A row is one line with as many fields as cells, whatever a server put into them.
        #[test]
        fn piped_rows_keep_their_shape(cells in prop::collection::vec(any_text(), 1..6)) {
            let mut out = Vec::new();
            let cells: Vec<Field<'_>> = cells.iter().map(|cell| cell.as_str().into()).collect();
            piped(&cells, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let row = text.strip_suffix('\n').unwrap();
            prop_assert!(!row.contains('\n'));
            prop_assert_eq!(row.split('\t').count(), cells.len());
            prop_assert!(!row.contains(|one: char| one != '\t' && is_hidden(one)));
        }
    }
}
