//! Topics for a terminal: wrapped to its width, with bold headings and commands where there is colour.
//!
//! Responsible for layout. Refuses to know the topics.

use std::fmt::Write as _;

use super::topic::{Block, Topic};

/// Where text goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Columns.
    pub(super) width: usize,
    /// Whether it may have colours.
    pub(super) colour: bool,
}

/// Longest line: what is wider is hard to read.
const WIDEST: usize = 100;
/// Shortest line: what is narrower cannot be read either.
const NARROWEST: usize = 30;
/// A term that is wider stands on a line of its own.
const WIDEST_TERM: usize = 24;
/// Columns before terms and lines for copying.
const INDENT: usize = 2;
/// Columns between a term and its meaning.
const GAP: usize = 2;

impl Style {
    /// The style for so many columns; `None` where the width is unknown.
    pub(super) fn new(columns: Option<u16>, colour: bool) -> Self {
        let columns = columns.map_or(WIDEST, usize::from);
        Self { width: columns.clamp(NARROWEST, WIDEST), colour }
    }

    /// `text`, bold where there is colour.
    pub(super) fn strong(self, text: &str) -> String {
        if self.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// `text` wrapped, each line after `indent` columns.
    pub(super) fn wrapped(self, text: &str, indent: usize) -> String {
        let mut shown = String::new();
        let mut inside = false;
        for line in lines(text, self.width.saturating_sub(indent)) {
            let _ = writeln!(shown, "{:indent$}{}", "", self.marked(&line, &mut inside));
        }
        shown
    }

    /// One line with the text between backticks in bold; `inside` says whether it begins between two.
    fn marked(self, line: &str, inside: &mut bool) -> String {
        let mut shown = String::new();
        for (place, part) in line.split('`').enumerate() {
            *inside ^= place > 0;
            shown.push_str(&if *inside && !part.is_empty() { self.strong(part) } else { part.to_owned() });
        }
        shown
    }
}

/// The whole topic.
pub(super) fn topic(topic: &Topic, style: Style) -> String {
    let mut text = format!("{}\n", style.strong(&title(topic.about)));
    for block in (topic.blocks)() {
        text.push('\n');
        self::block(&block, style, &mut text);
    }
    text
}

/// A line of small letters as a title.
pub(super) fn title(about: &str) -> String {
    let mut letters = about.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn block(block: &Block, style: Style, text: &mut String) {
    match block {
        Block::Heading(heading) => {
            let _ = writeln!(text, "{}", style.strong(heading));
        }
        Block::Paragraph(paragraph) => text.push_str(&style.wrapped(paragraph, 0)),
        Block::Definitions(pairs) => definitions(pairs, style, text),
        Block::Code(code) => {
            for line in code.lines() {
                let _ = writeln!(text, "{}", format!("{:INDENT$}{line}", "").trim_end());
            }
        }
    }
}

/// Terms in one column, meanings in the next.
pub(super) fn definitions(pairs: &[(String, String)], style: Style, text: &mut String) {
    let widths = pairs.iter().map(|(term, _)| visible_width(term)).filter(|width| *width <= WIDEST_TERM);
    let column = INDENT + widths.max().unwrap_or(WIDEST_TERM) + GAP;
    for (term, meaning) in pairs {
        let width = visible_width(term);
        let mut inside = false;
        let term = style.marked(term, &mut inside);
        let meaning = style.wrapped(meaning, column);
        if meaning.is_empty() {
            let _ = writeln!(text, "{:INDENT$}{term}", "");
        } else if width <= WIDEST_TERM {
            let pad = column - INDENT - width;
            let _ = write!(text, "{:INDENT$}{term}{:pad$}{}", "", "", meaning.trim_start_matches(' '));
        } else {
            let _ = write!(text, "{:INDENT$}{term}\n{meaning}", "");
        }
    }
}

/// Columns that a text takes: those of its letters, less the backticks.
fn visible_width(text: &str) -> usize {
    text.chars().filter(|letter| *letter != '`').count()
}

/// The words of `text` in lines of at most `width` columns; a word that is wider has its own.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if visible_width(line) + 1 + visible_width(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_typed_is_bold_across_lines_and_bare_without_colour() {
        let text = "type `sactl list` now";
        let style = |colour| Style { width: 11, colour };
        assert_eq!(style(false).wrapped(text, 0), "type sactl\nlist now\n");
        assert_eq!(
            style(true).wrapped(text, 0),
            "type \u{1b}[1msactl\u{1b}[0m\n\u{1b}[1mlist\u{1b}[0m now\n"
        );
    }

    #[test]
    fn terms_stand_beside_their_meaning_or_above_it() {
        let pairs = [("a".to_owned(), "one two".to_owned()), ("b".repeat(30), "three".to_owned())];
        let mut text = String::new();
        definitions(&pairs, Style { width: 9, colour: false }, &mut text);
        assert_eq!(text, format!("  a  one\n     two\n  {}\n     three\n", "b".repeat(30)));
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_too_wide(words in prop::collection::vec("[a-z`]{1,12}", 0..30), width in 12usize..80) {
            let text = words.join(" ");
            let lines = lines(&text, width);
            prop_assert!(lines.iter().all(|line| visible_width(line) <= width));
            prop_assert_eq!(lines.join(" "), text);
        }
    }
}
