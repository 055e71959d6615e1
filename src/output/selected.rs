//! Writes the selected part of an answer: all of it, some columns, or the result of an expression.
//!
//! Responsible for choosing the writer. Refuses to change the answer.

use std::io::{self, Write};

use super::format::{html, markdown};
use super::output_context::{OutputContext, Shape, Shown};
use super::write::{self, RowWriter};
use super::{Answer, Block, Cell, Cells, Column, Field, Fit, Format, Row, Selection};

/// The answer with tables of the chosen columns alone. A list keeps its titles, and what it says where it is empty;
/// of anything else the row is left.
fn tables<A: Answer>(answer: &A, columns: &[&'static str], selection: &Selection) -> Vec<Block> {
    let places = selection.places::<A::Row>().unwrap_or_default();
    let mut rows = answer.rows().into_iter();
    let mut next = |count: usize| table(columns, &places, rows.by_ref().take(count));
    let blocks = answer.blocks();
    let shown = blocks.iter().map(|block| match block {
        Block::Table { rows, .. } => Some(rows.len()),
        Block::Title(_) | Block::Counted(..) | Block::Note(_) => Some(0),
        Block::Verbatim(_) | Block::Document(_) | Block::Pairs(_) => None,
    });
    let count = answer.rows().len();
    if shown.sum::<Option<usize>>() != Some(count) {
        return vec![next(count)];
    }
    let chosen = |block| match block {
        Block::Table { rows, .. } => next(rows.len()),
        other => other,
    };
    blocks.into_iter().map(chosen).collect()
}

/// What was asked for by its name is not cut.
fn table<'a, R: Row + 'a>(
    columns: &[&'static str],
    places: &[usize],
    rows: impl Iterator<Item = &'a R>,
) -> Block {
    let rows: Vec<_> = rows.map(Row::cells).collect();
    let fit = |place: &usize| match rows.first().and_then(|fields| fields.get(*place)) {
        // Broken over two lines, a secret cannot be copied.
        Some(Field::Secret(_)) => Fit::Name,
        _ => Fit::Prose,
    };
    let columns = columns.iter().zip(places);
    let cells = |fields: &Cells<'_>| {
        let read = |(column, place): (&&'static str, &usize)| Some(cell(column, fields.get(*place)?));
        columns.clone().filter_map(read).collect()
    };
    Block::Table {
        columns: columns.clone().map(|(column, place)| Column::new(column, fit(place))).collect(),
        rows: rows.iter().map(cells).collect(),
    }
}

/// A time reads as in every other table: on a terminal by how far it is away.
fn cell(column: &str, field: &Field<'_>) -> Cell {
    if let Field::Time(time) = field {
        return if column.ends_with("expires_at") {
            Cell::future(Some(*time), "")
        } else {
            Cell::past(Some(*time), "")
        };
    }
    if let Field::Absent(word) = field {
        return Cell::faint(*word);
    }
    let text = field.text();
    match column {
        "name" => Cell::strong(text),
        _ if text.is_empty() => Cell::faint("-"),
        // So that a long list is broken between its words.
        "permissions" => Cell::new(text.replace(',', ", ")),
        _ => Cell::new(text),
    }
}

/// Writes the selected part of an answer in the form of `output_context`.
///
/// # Errors
/// Those of `out`; one that carries a [`JqError`](super::JqError) where an expression fails.
pub fn write_selected<A: Answer>(
    answer: &A,
    out: &mut dyn Write,
    output_context: &OutputContext,
    selection: &Selection,
) -> io::Result<Shown> {
    match (selection, output_context.shape()) {
        (Selection::Whole, _) => return write::write(answer, out, output_context),
        (Selection::Jq(jq), shape) if shape != Shape::As(Format::Jsonl) => jq.write(answer, out),
        (Selection::Columns(columns), Shape::As(Format::Markdown)) => {
            markdown::write(&tables(answer, columns, selection), out, output_context)
        }
        (Selection::Columns(columns), Shape::As(Format::Html)) => {
            html::write(&tables(answer, columns, selection), out, output_context)
        }
        (Selection::Columns(columns), Shape::As(Format::Table)) => {
            return write::blocks(&tables(answer, columns, selection), out, output_context);
        }
        _ => {
            let rows = RowWriter::selecting(output_context, selection);
            rows.begin::<A::Row>(out)?;
            answer.rows().into_iter().try_for_each(|row| rows.write(row, out))
        }
    }
    .map(|()| Shown::Whole)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_time_is_one_only_in_a_column_of_times() {
        let time = "2026-11-22T12:00:00Z";
        let then: Timestamp = time.parse().unwrap();
        assert_eq!(cell("created_at", &Field::Time(then)), Cell::past(Some(then), ""));
        assert_eq!(cell("token_expires_at", &Field::Time(then)), Cell::future(Some(then), ""));
        assert_eq!(cell("description", &time.into()), Cell::new(time));
        assert_eq!(cell("last_used_at", &"".into()), Cell::faint("-"));
        assert_eq!(cell("last_used_at", &Field::Absent("never")), Cell::faint("never"));
    }

    #[test]
    fn a_list_can_be_broken_between_its_words() {
        let list = "alerts:view,devices:view";
        assert_eq!(cell("permissions", &list.into()), Cell::new("alerts:view, devices:view"));
        assert_eq!(cell("description", &list.into()), Cell::new(list));
        assert_eq!(cell("permissions", &"".into()), Cell::faint("-"));
    }
}
