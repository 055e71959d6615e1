//! An HTML page: one file, readable on a phone, on a screen and on paper.
//!
//! Responsible for escaping all text. Refuses scripts and anything from the network.

use std::io::{self, Write};
use std::ops::Range;

use super::markdown::WHOLE;
use crate::output::view::Block;
use crate::output::{Cell, Column, Fit, OutputContext, Tone};
use crate::text::sanitize::sanitise;

/// The look of the page, light and dark.
const STYLE: &str = include_str!("page.css");

/// A table with more columns has its headers upright.
const NARROW: usize = 8;

/// How many columns fit on a sheet of paper, the first one included.
const SHEET: usize = 12;

/// Writes the blocks of an answer.
///
/// # Errors
/// Those of `out`.
pub(in crate::output) fn write(
    blocks: &[Block],
    out: &mut dyn Write,
    output_context: &OutputContext,
) -> io::Result<()> {
    let title = blocks.iter().find_map(|block| match block {
        Block::Title(title) | Block::Counted(title, _) => Some(escaped(title)),
        _ => None,
    });
    let title = title.unwrap_or_else(|| "sactl".to_owned());
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(out, "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>")?;
    for block in blocks {
        write_block(block, out, output_context)?;
    }
    let made = output_context.now.strftime("%Y-%m-%d %H:%M UTC");
    writeln!(out, "<footer>Made by sactl at {made}</footer>\n</body>\n</html>")
}

fn write_block(block: &Block, out: &mut dyn Write, output_context: &OutputContext) -> io::Result<()> {
    match block {
        Block::Title(title) => writeln!(out, "<h2>{}</h2>", escaped(title)),
        Block::Counted(title, count) => {
            writeln!(out, "<h2>{} <small>{}</small></h2>", escaped(title), escaped(count))
        }
        Block::Note(note) => writeln!(out, "<p>{}</p>", escaped(&note.on(&output_context.target))),
        Block::Verbatim(text) | Block::Document(text) => writeln!(out, "<pre>{}</pre>", escaped(text)),
        Block::Pairs(pairs) => {
            writeln!(out, "<dl>")?;
            for (label, cell) in pairs {
                writeln!(out, "<dt>{}</dt><dd>{}</dd>", escaped(label), text(cell))?;
            }
            writeln!(out, "</dl>")
        }
        Block::Table { columns, rows } => write_table(columns, rows, out),
    }
}

/// The table; one that is too wide for a sheet of paper is there a second time, in slices that fit on one.
fn write_table(columns: &[Column], rows: &[Vec<Cell>], out: &mut dyn Write) -> io::Result<()> {
    if columns.len() <= SHEET {
        return write_slice(columns, rows, 1..columns.len(), "scroll", out);
    }
    write_slice(columns, rows, 1..columns.len(), "scroll screen", out)?;
    for first in (1..columns.len()).step_by(SHEET - 1) {
        let end = columns.len().min(first + SHEET - 1);
        write_slice(columns, rows, first..end, "scroll paper", out)?;
    }
    Ok(())
}

/// The first column and those of `range`.
fn write_slice(
    columns: &[Column],
    rows: &[Vec<Cell>],
    range: Range<usize>,
    class: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_grid = columns.iter().skip(1).all(|column| column.fit == Fit::Fact);
    let names = [(is_grid, "grid"), (columns.len() > NARROW, "wide")];
    let names: Vec<&str> = names.into_iter().filter(|(is_on, _)| *is_on).map(|(_, name)| name).collect();
    writeln!(out, "<div class=\"{class}\"><table class=\"{}\">\n<thead><tr>", names.join(" "))?;
    for column in columns.iter().take(1).chain(columns.get(range.clone()).into_iter().flatten()) {
        writeln!(out, "<th scope=\"col\"><span>{}</span></th>", escaped(&column.title()))?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in rows {
        write!(out, "<tr>")?;
        if let Some(cell) = row.first() {
            write!(out, "<th scope=\"row\"{}>{}</th>", class_of(cell.tone()), text(cell))?;
        }
        for cell in row.get(range.clone()).into_iter().flatten() {
            write!(out, "<td{}>{}</td>", class_of(cell.tone()), text(cell))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table></div>")
}

const fn class_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain | Tone::Strong => "",
        Tone::Faint => " class=\"faint\"",
        Tone::Caution => " class=\"caution\"",
        Tone::Gain => " class=\"gain\"",
        Tone::Bad => " class=\"bad\"",
    }
}

fn text(cell: &Cell) -> String {
    escaped(&cell.read(&WHOLE).0)
}

/// The text with everything escaped that HTML would take for more than text.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in sanitise(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::sanitize::tests::any_text;

    proptest! {
        /// Whatever a server says, it is text on the page: no value opens or closes an element.
        #[test]
        fn every_value_is_escaped(value in any_text()) {
            let hostile = format!("<script>alert(1)</script>\" onload='x' {value}");
            let page = |value: &str| {
                let blocks = [
                    Block::Title(value.to_owned()),
                    Block::Pairs(vec![("Name", Cell::new(value))]),
                    Block::Table {
                        columns: vec![Column::named(value.to_owned(), Fit::Name)].into(),
                        rows: vec![vec![Cell::strong(value)]],
                    },
                ];
                let mut out = Vec::new();
                write(&blocks, &mut out, &OutputContext::default()).unwrap();
                String::from_utf8(out).unwrap()
            };
            let elements = |page: &str| (page.matches('<').count(), page.matches('>').count());
            prop_assert_eq!(elements(&page(&hostile)), elements(&page("x")));
            prop_assert!(!page(&hostile).contains("<script"));
        }
    }
}
