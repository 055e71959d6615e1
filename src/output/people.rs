//! Tables, titles and labels for people.

use std::io::{self, Write};

use comfy_table::{Attribute, ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::{Block, Cell, Surroundings, Tone};
use crate::domain::visible::sanitise;

/// Spaces between two columns.
const GAP: u16 = 2;

/// Writes the blocks in their order; an empty line stands before each title but the first.
pub(super) fn write(blocks: &[Block], out: &mut dyn Write, surroundings: &Surroundings) -> io::Result<()> {
    for (place, block) in blocks.iter().enumerate() {
        match block {
            Block::Title(text) => {
                if place > 0 {
                    writeln!(out)?;
                }
                line(&Cell::strong(text), out, surroundings)?;
            }
            Block::Note(text) => line(&Cell::faint(text), out, surroundings)?,
            Block::Verbatim(text) => line(&Cell::strong(text), out, surroundings)?,
            Block::Table { columns, rows } => table(columns, rows, out, surroundings)?,
            Block::Pairs(pairs) => labels(pairs, out, surroundings)?,
        }
    }
    Ok(())
}

fn line(cell: &Cell, out: &mut dyn Write, surroundings: &Surroundings) -> io::Result<()> {
    let text = sanitise(&cell.text);
    match cell.tone {
        Tone::Strong if surroundings.color => writeln!(out, "\u{1b}[1m{text}\u{1b}[0m"),
        Tone::Faint if surroundings.color => writeln!(out, "\u{1b}[2m{text}\u{1b}[0m"),
        _ => writeln!(out, "{text}"),
    }
}

fn table(
    columns: &[&str],
    rows: &[Vec<Cell>],
    out: &mut dyn Write,
    surroundings: &Surroundings,
) -> io::Result<()> {
    let mut table = empty(surroundings);
    table.set_header(columns.iter().map(|column| styled(&Cell::faint(*column))));
    for row in rows {
        table.add_row(row.iter().map(styled));
    }
    pad(&mut table);
    if let Some(width) = surroundings.width {
        constrain(&mut table, columns, width);
    }
    finish(&table, out)
}

/// No header is broken, and the first column, which names the thing, stays whole where there is room.
fn constrain(table: &mut Table, columns: &[&str], width: u16) {
    let names = table.column_max_content_widths().first().copied().unwrap_or_default();
    for (place, column) in table.column_iter_mut().enumerate() {
        let header = columns.get(place).map_or(0, |header| header.chars().count());
        column.set_constraint(if place == 0 && names <= width / 2 {
            ColumnConstraint::ContentWidth
        } else {
            ColumnConstraint::LowerBoundary(Width::Fixed(u16::try_from(header).unwrap_or(u16::MAX) + GAP))
        });
    }
}

fn labels(
    pairs: &[(&'static str, Cell)],
    out: &mut dyn Write,
    surroundings: &Surroundings,
) -> io::Result<()> {
    let mut table = empty(surroundings);
    for (label, value) in pairs {
        table.add_row([styled(&Cell::faint(*label)), styled(value)]);
    }
    pad(&mut table);
    finish(&table, out)
}

/// A table without lines, two spaces between columns, as wide as the terminal at most.
fn empty(surroundings: &Surroundings) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    match surroundings.width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width.max(20));
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    if surroundings.color {
        table.enforce_styling();
        table.style_text_only();
    } else {
        table.force_no_tty();
    }
    table
}

fn styled(cell: &Cell) -> comfy_table::Cell {
    let styled = comfy_table::Cell::new(sanitise(&cell.text));
    match cell.tone {
        Tone::Plain => styled,
        Tone::Strong => styled.add_attribute(Attribute::Bold),
        Tone::Faint => styled.add_attribute(Attribute::Dim),
    }
}

fn pad(table: &mut Table) {
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
}

fn finish(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
