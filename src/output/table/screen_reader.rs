//! The blocks of a table for a screen reader: a sentence for each title, a labelled line for each value.
//!
//! Responsible for plain lines. Refuses alignment, cut lines, and meaning by position or colour.

use std::io::{self, Write};

use crate::output::output_context::{OutputContext, Shown};
use crate::output::table::cell::Reading;
use crate::output::table::layout::Fit;
use crate::output::{Block, Cell};
use crate::text::sanitize::sanitise;

/// Most columns of a list that is read in one line.
const FOLD: usize = 40;

/// Writes the blocks in their order, an empty line between titles, rows and the rest.
pub(in crate::output) fn write(
    blocks: &[Block],
    out: &mut dyn Write,
    output_context: &OutputContext,
) -> io::Result<Shown> {
    let mut shown = Shown::Whole;
    let now = output_context.is_terminal.then_some(output_context.now);
    let reading = Reading { now, wide: output_context.wide, dates: false, fold: None };
    let folds = output_context.is_terminal && !output_context.wide;
    let mut tell = |label: &str, cell: &Cell, reading: &Reading, out: &mut dyn Write| {
        let (text, folded) = cell.read(reading);
        if folded {
            shown = Shown::Cut;
        }
        if text.is_empty() { Ok(()) } else { writeln!(out, "{label}: {text}") }
    };
    for (place, block) in blocks.iter().enumerate() {
        if place > 0 && block.is_title() {
            writeln!(out)?;
        }
        match block {
            Block::Title(title) => writeln!(out, "{}.", sanitise(title))?,
            Block::Counted(title, count) => writeln!(out, "{}: {count}.", sanitise(title))?,
            Block::Note(note) => writeln!(out, "{}", sanitise(&note.on(&output_context.target)))?,
            Block::Verbatim(text) | Block::Document(text) => {
                writeln!(out, "{}", sanitise(text))?;
            }
            Block::Pairs(pairs) => {
                let reading = Reading { dates: true, ..reading };
                pairs.iter().try_for_each(|(label, cell)| tell(label, cell, &reading, out))?;
            }
            Block::Table { columns, rows } => {
                for (place, row) in rows.iter().enumerate() {
                    if place > 0 {
                        writeln!(out)?;
                    }
                    for (column, cell) in columns.iter().zip(row) {
                        let fold = (folds && column.fit == Fit::List).then_some(FOLD);
                        if output_context.wide || column.fit != Fit::Wide {
                            tell(&column.label, cell, &Reading { fold, ..reading }, out)?;
                        }
                    }
                }
            }
        }
    }
    Ok(shown)
}
