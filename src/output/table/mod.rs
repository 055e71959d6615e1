//! Tables, titles and labels for people who read on a terminal, or what a pipe has written.
//!
//! Responsible for their layout. Refuses to cut anything in a pipe or in a whole table.
//!
//! On a terminal that is too narrow the columns become narrower one after the other, and where no table fits, each row
//! becomes a group of labelled lines.

pub(super) mod cell;
pub(super) mod layout;
pub(super) mod screen_reader;

use std::io::{self, Write};

use comfy_table::{Attribute, Color, ColumnConstraint, ContentArrangement, Table, Width, presets};

use crate::output::output_context::{OutputContext, Shown};
use crate::output::table::cell::Reading;
use crate::output::table::layout::{Fit, GAP, Measure};
use crate::output::{Block, Cell, Column, Tone};
use crate::text::Hint;
use crate::text::sanitize::sanitise;
use crate::text::wrap::{width, wrap};

/// Room for a folded list in a table.
const FOLD: usize = 40;

/// Rows that are laid out at a time: a long table takes hardly more memory than a short one.
const ROWS: usize = 256;

/// A longer name is a line of its own in a table that it would make too wide.
const LONG_NAME: usize = 32;

/// No terminal is taken for narrower than this.
const NARROWEST: usize = 20;

/// Writes the blocks in their order; an empty line stands before each title but the first.
pub(in crate::output) fn write(
    blocks: &[Block],
    out: &mut dyn Write,
    output_context: &OutputContext,
) -> io::Result<Shown> {
    let room = output_context.width.map(|width| usize::from(width).max(NARROWEST));
    let mut page = Page { out, output_context, room, shown: Shown::Whole };
    for (place, block) in blocks.iter().enumerate() {
        if place > 0 && block.is_title() {
            page.end_line()?;
        }
        page.block(block)?;
    }
    Ok(page.shown)
}

struct Page<'a> {
    out: &'a mut dyn Write,
    output_context: &'a OutputContext,
    /// Columns of the terminal; `None` without limit.
    room: Option<usize>,
    shown: Shown,
}

impl Page<'_> {
    fn block(&mut self, block: &Block) -> io::Result<()> {
        match block {
            Block::Title(title) => self.sentence(title, Tone::Strong),
            Block::Counted(title, count) => self.counted(title, count),
            Block::Note(note) => self.note(note),
            Block::Verbatim(text) => self.line(&sanitise(text), Tone::Strong),
            Block::Document(text) => self.line(&sanitise(text), Tone::Plain),
            Block::Table { columns, rows } => self.table(columns, rows),
            Block::Pairs(pairs) => {
                let reading = self.reading(true);
                let pairs: Vec<_> = pairs.iter().map(|(label, cell)| (*label, cell)).collect();
                self.pairs(&pairs, |_| reading)
            }
        }
    }

    fn reading(&self, dates: bool) -> Reading {
        Reading {
            now: self.output_context.is_terminal.then_some(self.output_context.now),
            wide: self.output_context.wide,
            dates,
            fold: None,
        }
    }

    /// How a cell of a table is read: a list is folded where tables have a limit.
    fn reading_in(&self, column: &Column) -> Reading {
        let folds = column.fit == Fit::List && self.room.is_some() && !self.output_context.wide;
        Reading { fold: folds.then_some(FOLD), ..self.reading(false) }
    }

    fn note(&mut self, note: &Hint) -> io::Result<()> {
        let target = &self.output_context.target;
        let note = note.settled(target, |text| sanitise(text).into_owned());
        let lines = note.lines(target, self.room.unwrap_or(usize::MAX), 0);
        lines.iter().try_for_each(|line| self.line(line, Tone::Faint))
    }

    fn sentence(&mut self, text: &str, tone: Tone) -> io::Result<()> {
        let text = sanitise(text);
        let lines = self.room.map_or_else(|| vec![text.to_string()], |room| wrap(&text, room));
        lines.iter().try_for_each(|line| self.line(line, tone))
    }

    /// A title with the count behind it, faint, where both fit on a line.
    fn counted(&mut self, title: &str, count: &str) -> io::Result<()> {
        let (title, count) = (sanitise(title), format!(" — {count}"));
        if self.room.is_some_and(|room| width(&title) + width(&count) > room) {
            self.sentence(&title, Tone::Strong)?;
            return self.sentence(count.trim_start_matches(" — "), Tone::Faint);
        }
        self.put(&title, Tone::Strong)?;
        self.line(&count, Tone::Faint)
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<Cell>]) -> io::Result<()> {
        let shown: Vec<usize> = (0..columns.len())
            .filter(|at| self.output_context.wide || columns[*at].fit != Fit::Wide)
            .collect();
        let mut readings: Vec<Reading> = columns.iter().map(|column| self.reading_in(column)).collect();
        let mut measures: Vec<Measure> =
            shown.iter().map(|at| measure(&columns[*at], rows, *at, &readings[*at])).collect();
        let natural: usize = measures.iter().map(|one| one.natural + GAP).sum();
        if self.room.is_some_and(|room| natural > room + GAP) && !self.output_context.wide {
            for (place, at) in shown.iter().enumerate().filter(|(_, at)| columns[**at].fit == Fit::Name) {
                measures[place] = without_long_names(&columns[*at], rows, *at, &readings[*at]);
            }
        }
        let widths = match self.room {
            None => Some(measures.iter().map(|measure| measure.natural).collect()),
            Some(room) if self.output_context.wide => layout::whole_widths(&measures, room),
            Some(room) => layout::widths(&measures, room),
        };
        let Some(mut widths) = widths else { return self.stacked(columns, &shown, rows) };
        if !self.output_context.wide {
            let folded = |place: usize, room| folded_width(&readings[shown[place]], rows, shown[place], room);
            layout::tighten(&measures, &mut widths, folded);
            self.unfold(columns, &shown, rows, &mut widths, &mut readings);
        }
        if widths.contains(&0) {
            self.shown = Shown::Cut;
        }
        let places: Vec<(usize, usize)> =
            shown.into_iter().zip(widths).filter(|(_, width)| *width > 0).collect();
        self.grid(columns, &places, &readings, rows)
    }

    /// Gives the room that nothing needs to the lists, which are folded to a few words first.
    fn unfold(
        &self,
        columns: &[Column],
        shown: &[usize],
        rows: &[Vec<Cell>],
        widths: &mut [usize],
        readings: &mut [Reading],
    ) {
        let Some(room) = self.room else { return };
        let count = widths.iter().filter(|width| **width > 0).count();
        let used = widths.iter().sum::<usize>() + GAP * count.saturating_sub(1);
        let mut free = room.saturating_sub(used);
        for (at, width) in shown.iter().zip(widths).filter(|(at, _)| columns[**at].fit == Fit::List) {
            let most = *width + free;
            let used = folded_width(&Reading { fold: Some(most), ..readings[*at] }, rows, *at, most);
            let more = used.saturating_sub(*width);
            *width += more;
            free -= more;
            readings[*at].fold = Some(FOLD.max(*width));
        }
    }

    /// The rows in columns whose widths are settled.
    fn grid(
        &mut self,
        columns: &[Column],
        places: &[(usize, usize)],
        readings: &[Reading],
        rows: &[Vec<Cell>],
    ) -> io::Result<()> {
        let widths: Vec<usize> = places.iter().map(|(_, width)| *width).collect();
        let mut table = self.empty();
        table.add_row(places.iter().map(|(at, _)| styled(&columns[*at].header(), Tone::Faint)));
        for some in rows.chunks(ROWS) {
            for row in some {
                let alone = places.iter().find(|(at, room)| {
                    columns[*at].fit == Fit::Name && width(&row[*at].read(&readings[*at]).0) > *room
                });
                if let Some((at, _)) = alone {
                    self.finish(std::mem::replace(&mut table, self.empty()), &widths)?;
                    self.line(&row[*at].read(&readings[*at]).0, row[*at].tone())?;
                }
                let cells: Vec<_> = places
                    .iter()
                    .map(|place| match alone {
                        Some(alone) if alone.0 == place.0 => styled("", Tone::Plain),
                        _ => self.fitted(&row[place.0], columns[place.0].fit, &readings[place.0], place.1),
                    })
                    .collect();
                table.add_row(cells);
            }
            self.finish(std::mem::replace(&mut table, self.empty()), &widths)?;
        }
        // The header alone, where there are no rows.
        self.finish(table, &widths)
    }

    /// A cell in its column, which breaks what is longer.
    fn fitted(&mut self, cell: &Cell, fit: Fit, reading: &Reading, room: usize) -> comfy_table::Cell {
        let (text, folded) = cell.read(reading);
        let is_cut = width(&text) > room && fit != Fit::Prose && !reading.wide;
        if folded || is_cut {
            self.shown = Shown::Cut;
        }
        if is_cut { styled(&cell.squeezed(reading, room), cell.tone()) } else { styled(&text, cell.tone()) }
    }

    /// A table without lines and without rows.
    fn empty(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        if self.output_context.color {
            table.enforce_styling().style_text_only();
        } else {
            table.force_no_tty();
        }
        table
    }

    /// Writes a table with columns of these widths.
    fn finish(&mut self, mut table: Table, widths: &[usize]) -> io::Result<()> {
        for (column, width) in table.column_iter_mut().zip(widths) {
            let width = Width::Fixed(u16::try_from(width + GAP).unwrap_or(u16::MAX));
            column.set_padding((0, u16::try_from(GAP).unwrap_or_default()));
            column.set_constraint(ColumnConstraint::Absolute(width));
        }
        for line in table.lines() {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Each row as labelled lines, for a terminal on which no table makes sense.
    fn stacked(&mut self, columns: &[Column], shown: &[usize], rows: &[Vec<Cell>]) -> io::Result<()> {
        for (place, row) in rows.iter().enumerate() {
            if place > 0 {
                self.end_line()?;
            }
            let cells: Vec<Cell> = shown.iter().map(|at| self.shortened(&columns[*at], &row[*at])).collect();
            let labels = shown.iter().map(|at| &*columns[*at].label);
            let pairs: Vec<(&str, &Cell)> = labels.zip(&cells).collect();
            let readings: Vec<Reading> = shown.iter().map(|at| self.reading_in(&columns[*at])).collect();
            self.pairs(&pairs, |at| readings[at])?;
        }
        Ok(())
    }

    /// The cell; of what is not needed, as much as two lines hold.
    fn shortened(&mut self, column: &Column, cell: &Cell) -> Cell {
        let reading = self.reading_in(column);
        let room = self.room.map_or(usize::MAX, |room| room.saturating_mul(2));
        if column.fit != Fit::Extra || reading.wide || width(&cell.read(&reading).0) <= room {
            return cell.clone();
        }
        self.shown = Shown::Cut;
        Cell::new(cell.squeezed(&reading, room)).toned(cell.tone())
    }

    /// Labels with values, which are broken where there is a limit. A name is never broken.
    fn pairs(&mut self, pairs: &[(&str, &Cell)], reading: impl Fn(usize) -> Reading) -> io::Result<()> {
        let labels = pairs.iter().map(|(label, _)| width(label)).max().unwrap_or_default();
        let room =
            self.room.map_or(usize::from(u16::MAX) - GAP, |room| room.saturating_sub(labels + GAP).max(2));
        let mut table = self.empty();
        for (at, (label, cell)) in pairs.iter().enumerate() {
            let (text, folded) = cell.read(&reading(at));
            if text.is_empty() {
                continue;
            }
            if folded {
                self.shown = Shown::Cut;
            }
            let label = styled(label, Tone::Faint);
            if width(&text) > room && cell.tone() == Tone::Strong {
                table.add_row([label]);
                self.finish(std::mem::replace(&mut table, self.empty()), &[labels, room])?;
                self.line(&text, cell.tone())?;
            } else {
                table.add_row([label, styled(&text, cell.tone())]);
            }
        }
        self.finish(table, &[labels, room])
    }

    fn line(&mut self, text: &str, tone: Tone) -> io::Result<()> {
        self.put(text, tone)?;
        self.end_line()
    }

    fn put(&mut self, text: &str, tone: Tone) -> io::Result<()> {
        match tone {
            Tone::Strong if self.output_context.color => write!(self.out, "\u{1b}[1m{text}\u{1b}[0m"),
            Tone::Faint if self.output_context.color => write!(self.out, "\u{1b}[2m{text}\u{1b}[0m"),
            _ => self.out.write_all(text.as_bytes()),
        }
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }
}

/// Attributes, and colours that can be read on light and on dark: no yellow, no cyan, no grey.
fn styled(text: &str, tone: Tone) -> comfy_table::Cell {
    let cell = comfy_table::Cell::new(text);
    match tone {
        Tone::Plain => cell,
        Tone::Strong => cell.add_attribute(Attribute::Bold),
        Tone::Faint => cell.add_attribute(Attribute::Dim),
        Tone::Caution => cell.add_attribute(Attribute::Bold).fg(Color::DarkMagenta),
        Tone::Gain => cell.add_attribute(Attribute::Bold).fg(Color::DarkGreen),
        Tone::Bad => cell.add_attribute(Attribute::Bold).fg(Color::DarkRed),
    }
}

/// The widest of the lists that are folded into `room` columns.
fn folded_width(reading: &Reading, rows: &[Vec<Cell>], at: usize, room: usize) -> usize {
    let folded = |row: &Vec<Cell>| {
        let needed = width(&row[at].read(reading).0);
        if needed > room { width(&row[at].squeezed(reading, room)) } else { needed }
    };
    rows.iter().map(folded).max().unwrap_or_default()
}

/// What a column of names needs without those that are long, where these are few.
fn without_long_names(column: &Column, rows: &[Vec<Cell>], at: usize, reading: &Reading) -> Measure {
    let whole = measure(column, rows, at, reading);
    let widths = || rows.iter().map(|row| width(&row[at].read(reading).0));
    let long = widths().filter(|width| *width > LONG_NAME).count();
    if long * 4 > rows.len().max(4) {
        return whole;
    }
    let least = widths().filter(|width| *width <= LONG_NAME).max().unwrap_or_default();
    let natural = least.max(width(&column.header()));
    Measure { fit: column.fit, natural, least: natural }
}

/// What a column needs, and the least that makes sense.
fn measure(column: &Column, rows: &[Vec<Cell>], at: usize, reading: &Reading) -> Measure {
    let header = width(&column.header());
    let (mut natural, mut least) = (header, header);
    for row in rows {
        let needed = width(&row[at].read(reading).0);
        natural = natural.max(needed);
        least = least.max(match column.fit {
            Fit::Name | Fit::Fact | Fit::Wide => needed,
            Fit::List | Fit::Text | Fit::Extra => row[at].least(needed),
            Fit::Prose => needed.min(24),
        });
    }
    Measure { fit: column.fit, natural, least }
}
