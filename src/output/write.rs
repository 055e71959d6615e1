//! The function with which commands print an answer, and its counterpart for rows without end.
//!
//! Responsible for choosing the format. Refuses to know what an answer is about.

use std::io::{self, Write};

use super::format::json::{self, LINE};
use super::format::{csv, html, markdown, yaml};
use super::output_context::{OutputContext, Shape, Shown};
use super::table::{self, screen_reader};
use super::{Answer, Block, Cells, Field, Format, Row, Selection};
use crate::text::sanitize::{count_strange, sanitise};

/// Writes an answer in the form that `output_context` asks for.
///
/// # Errors
/// Those of `out`.
pub fn write<A: Answer>(
    answer: &A,
    out: &mut dyn Write,
    output_context: &OutputContext,
) -> io::Result<Shown> {
    match output_context.shape() {
        Shape::As(Format::Table) => return blocks(&answer.blocks(), out, output_context),
        Shape::As(Format::Markdown) => markdown::write(&answer.blocks(), out, output_context),
        Shape::As(Format::Html) => html::write(&answer.blocks(), out, output_context),
        Shape::As(Format::Json) => json::pretty(answer, out),
        Shape::As(Format::Yaml) => yaml::write(answer, out),
        Shape::Piped | Shape::As(Format::Jsonl | Format::Csv | Format::Name) => {
            let rows = RowWriter::selecting(output_context, &Selection::Whole);
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
    output_context: &OutputContext,
) -> io::Result<Shown> {
    let write = if output_context.accessible { screen_reader::write } else { table::write };
    write(blocks, out, output_context)
}

/// Writes rows one by one, in the formats that need only one row at a time.
#[derive(Clone, Copy, Debug)]
pub struct RowWriter<'a> {
    shape: Shape,
    selection: &'a Selection,
}

impl<'a> RowWriter<'a> {
    /// A writer of what is selected of each row for this context, which should say that they
    /// [stream](OutputContext::streams); in the forms that do not, rows are written as they would be in a pipe.
    pub const fn selecting(output_context: &OutputContext, selection: &'a Selection) -> Self {
        Self { shape: output_context.shape(), selection }
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

    /// What is written before the first row: the header of `csv`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin<R: Row>(self, out: &mut dyn Write) -> io::Result<()> {
        match self.shape {
            Shape::As(Format::Csv) => {
                let names = || R::COLUMNS.iter().map(|name| (*name).into()).collect();
                csv::write(&self.chosen::<R>(names, names), out)
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
            Shape::As(Format::Csv) => csv::write(&self.chosen::<R>(whole, whole), out),
            Shape::As(Format::Name) => writeln!(out, "{}", sanitise(&row.name())),
            Shape::Piped | Shape::As(_) => piped(&self.chosen::<R>(whole, || row.piped()), out),
        }
    }
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
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::CompanyId;
    use crate::text::sanitize::is_hidden;
    use crate::text::sanitize::tests::any_text;

    /// P6, also of what is no text: a spreadsheet takes a negative number for a formula.
    #[test]
    fn numbers_and_times_are_written_as_they_are_and_disarmed_in_csv() {
        let cells: [Field<'_>; 3] = [CompanyId(-5).into(), u64::MAX.into(), Timestamp::MIN.into()];
        let mut out = Vec::new();
        piped(&cells, &mut out).unwrap();
        csv::write(&cells, &mut out).unwrap();
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
