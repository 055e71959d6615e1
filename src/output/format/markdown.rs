//! Markdown, for a pull request.
//!
//! Responsible for headings and tables. Refuses to let the text of an answer act as markup.

use std::io::{self, Write};

use crate::output::table::cell::Reading;
use crate::output::view::Block;
use crate::output::{OutputContext, Tone};
use crate::text::sanitize::sanitise;

/// How cells are read: nothing is cut, and times are exact.
pub(in crate::output) const WHOLE: Reading = Reading { now: None, wide: false, dates: false, fold: None };

/// Writes the blocks of an answer.
///
/// # Errors
/// Those of `out`.
pub(in crate::output) fn write(
    blocks: &[Block],
    out: &mut dyn Write,
    output_context: &OutputContext,
) -> io::Result<()> {
    for (place, block) in blocks.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        match block {
            Block::Title(title) => writeln!(out, "### {}", escaped(title))?,
            Block::Counted(title, count) => writeln!(out, "### {} ({})", escaped(title), escaped(count))?,
            Block::Note(note) => writeln!(out, "{}", escaped(&note.on(&output_context.target)))?,
            Block::Verbatim(text) | Block::Document(text) => {
                for line in text.lines() {
                    writeln!(out, "    {}", sanitise(line))?;
                }
            }
            Block::Pairs(pairs) => {
                for (label, cell) in pairs {
                    writeln!(out, "- **{}**: {}", escaped(label), escaped(&cell.read(&WHOLE).0))?;
                }
            }
            Block::Table { columns, rows } => {
                let head: Vec<String> = columns.iter().map(|column| escaped(&column.title())).collect();
                writeln!(out, "| {} |", head.join(" | "))?;
                writeln!(out, "|{}", " --- |".repeat(columns.len()))?;
                for row in rows {
                    let cells = row.iter().map(|cell| {
                        let text = escaped(&cell.read(&WHOLE).0);
                        match cell.tone() {
                            Tone::Strong | Tone::Caution | Tone::Bad if !text.is_empty() => {
                                format!("**{text}**")
                            }
                            _ => text,
                        }
                    });
                    writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
                }
            }
        }
    }
    Ok(())
}

/// The text with everything escaped that Markdown or HTML would take for more than text.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in sanitise(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' => {
                safe.extend(['\\', character]);
            }
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            escaped("a|b <img src=x> [x](y) `c` *d*\n"),
            "a\\|b &lt;img src=x&gt; \\[x\\](y) \\`c\\` \\*d\\*\\n".replace("\\n", "\\\\n")
        );
    }
}
