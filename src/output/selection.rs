//! What of an answer was asked for: all of it, some columns of its rows, or what an expression makes of it.

use std::io::{self, Write};
use std::sync::Arc;

use super::{
    Answer, Block, Cell, Column, Fit, Format, Jq, Row, RowWriter, Shape, Shown, Surroundings, write,
};

/// What of an answer was asked for.
#[derive(Clone, Debug, Default)]
pub enum Selection {
    /// All of it.
    #[default]
    Whole,
    /// These columns of its rows, in this order.
    Columns(Arc<[&'static str]>),
    /// What an expression makes of its JSON document; of each row, where rows are documents of their own.
    Jq(Arc<Jq>),
}

impl Selection {
    /// Whether single columns were asked for.
    pub const fn is_columns(&self) -> bool {
        matches!(self, Self::Columns(_))
    }

    /// Whether columns were asked for, and this one is not among them.
    pub fn leaves_out(&self, column: &str) -> bool {
        matches!(self, Self::Columns(columns) if !columns.contains(&column))
    }

    /// The places of the columns among those of `R`; `None` for all.
    pub(super) fn places<R: Row>(&self) -> Option<Vec<usize>> {
        let Self::Columns(columns) = self else { return None };
        let place = |column: &&'static str| R::COLUMNS.iter().position(|known| known == column);
        Some(columns.iter().filter_map(place).collect())
    }
}

/// The rows with the chosen columns alone, as a table. What was asked for by its name is not cut.
fn table<R: Row>(columns: &[&'static str], rows: &[&R], selection: &Selection) -> Block {
    let places = selection.places::<R>().unwrap_or_default();
    let cells = |row: &&R| {
        let cells = row.cells();
        places.iter().map(|place| Cell::new(cells.get(*place).cloned().unwrap_or_default())).collect()
    };
    Block::Table {
        columns: columns.iter().map(|column| Column::new(column, Fit::Prose)).collect(),
        rows: rows.iter().map(cells).collect(),
    }
}

/// Writes what was asked for of an answer, in the form that the surroundings ask for.
///
/// # Errors
/// Those of `out`; one that carries a [`JqError`](super::JqError) where an expression fails.
pub fn write_selected<A: Answer>(
    answer: &A,
    out: &mut dyn Write,
    surroundings: &Surroundings,
    selection: &Selection,
) -> io::Result<Shown> {
    match (selection, surroundings.shape()) {
        (Selection::Whole, _) => return super::write(answer, out, surroundings),
        (Selection::Jq(jq), shape) if shape != Shape::As(Format::Jsonl) => jq.write(answer, out),
        (Selection::Columns(columns), Shape::As(Format::Table)) => {
            return write::blocks(&[table(columns, &answer.rows(), selection)], out, surroundings);
        }
        _ => {
            let rows = RowWriter::selecting(surroundings, selection);
            rows.begin::<A::Row>(out)?;
            answer.rows().into_iter().try_for_each(|row| rows.write(row, out))
        }
    }
    .map(|()| Shown::Whole)
}
