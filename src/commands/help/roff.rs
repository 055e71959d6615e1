//! Topics as man pages: plain macros of man(7), which every formatter knows.

use std::fmt::Write as _;

use super::text::title;
use super::topic::{Block, Topic};
use super::topics::{CONFIG, CREDENTIALS, ENVIRONMENT, EXIT_CODES, FORMATTING, SCHEMAS, SCRIPTING};

/// A man page that is made of topics.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The name of the page.
    pub name: &'static str,
    /// The section of the manual.
    pub section: u8,
    /// One line, small letters, no full stop.
    pub about: &'static str,
    /// What it consists of.
    topics: &'static [Topic],
}

/// Every man page that is about no command.
pub const PAGES: &[Page] = &[
    Page {
        name: "sactl-config",
        section: 5,
        about: CONFIG.about,
        topics: &[CONFIG, ENVIRONMENT, CREDENTIALS],
    },
    Page { name: "sactl-exit-codes", section: 7, about: EXIT_CODES.about, topics: &[EXIT_CODES] },
    Page { name: "sactl-formatting", section: 7, about: FORMATTING.about, topics: &[FORMATTING, SCHEMAS] },
    Page { name: "sactl-scripting", section: 7, about: SCRIPTING.about, topics: &[SCRIPTING] },
];

impl Page {
    /// The page as `man` reads it. `date` is that of the last change, as it shall stand below.
    pub fn to_roff(&self, date: &str) -> String {
        let (name, section) = (self.name.to_uppercase(), self.section);
        let version = env!("CARGO_PKG_VERSION");
        let mut page = format!(
            ".TH {} {section} \"{}\" \"sactl {version}\" \"sactl manual\"\n.SH NAME\n{} \\- {}\n",
            escaped(&name),
            date.replace(['\\', '"'], ""),
            escaped(self.name),
            escaped(self.about)
        );
        for topic in self.topics {
            let heading = if self.topics.len() == 1 { "description" } else { topic.about };
            let _ = writeln!(page, ".SH {}", quoted(&heading.to_uppercase()));
            let mut after_heading = true;
            for block in (topic.blocks)() {
                self::block(&block, after_heading, &mut page);
                after_heading = matches!(block, Block::Heading(_));
            }
        }
        page.push_str(".SH SEE ALSO\n");
        page.push_str(&self.neighbours());
        page
    }

    /// The other pages, each on its line.
    fn neighbours(&self) -> String {
        let others = PAGES.iter().filter(|page| page.name != self.name);
        let others = others.map(|page| format!(".BR {} ({})", escaped(page.name), page.section));
        let all: Vec<String> = std::iter::once(".BR sactl (1)".to_owned()).chain(others).collect();
        format!("{}\n", all.join(" ,\n"))
    }
}

/// Writes a block. `after_heading`: a heading stands right before it, which begins a paragraph by itself.
fn block(block: &Block, after_heading: bool, page: &mut String) {
    let begin = if after_heading { "" } else { ".PP\n" };
    match block {
        Block::Heading(heading) => {
            let _ = writeln!(page, ".SS {}", quoted(&title(heading)));
        }
        Block::Paragraph(text) => {
            let _ = writeln!(page, "{begin}{}", marked(text));
        }
        Block::Definitions(pairs) => {
            for (term, meaning) in pairs {
                let _ =
                    writeln!(page, ".TP\n\\fB{}\\fR\n{}", escaped(&term.replace('`', "")), marked(meaning));
            }
        }
        Block::Code(code) => {
            let _ = write!(page, "{begin}.RS 4\n.nf\n");
            code.lines().for_each(|line| {
                let _ = writeln!(page, "{}", protected(&escaped(line)));
            });
            page.push_str(".fi\n.RE\n");
        }
    }
}

/// Text with what stands between backticks bold.
fn marked(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = words.split('`').enumerate();
    let parts = parts.map(|(place, part)| match place % 2 {
        1 => format!("\\fB{}\\fR", escaped(part)),
        _ => escaped(part),
    });
    filled(&parts.collect::<String>())
}

/// Longest line of the source of a page.
const WIDTH: usize = 80;

/// The words of `text` in lines of the source.
fn filled(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| protected(line)).collect::<Vec<_>>().join("\n")
}

/// An argument of a macro.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(&text.replace('`', "")).replace('"', "\\(dq"))
}

/// A line that looks neither like a request nor like the end of a paragraph.
fn protected(line: &str) -> String {
    if line.is_empty() || line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() }
}

/// Text without anything that means something to roff, and in ASCII alone.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '\\' => safe.push_str("\\e"),
            '-' => safe.push_str("\\-"),
            '\'' => safe.push_str("\\(aq"),
            '^' => safe.push_str("\\(ha"),
            '~' => safe.push_str("\\(ti"),
            '`' => safe.push_str("\\(ga"),
            letter if letter.is_ascii() => safe.push(letter),
            letter => {
                let _ = write!(safe, "\\[u{:04X}]", u32::from(letter));
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_request() {
        assert_eq!(marked(".so `a\\b`"), "\\&.so \\fBa\\eb\\fR");
        assert_eq!(marked("'x' – don't"), "\\(aqx\\(aq \\[u2013] don\\(aqt");
    }

    #[test]
    fn every_page_is_complete() {
        for page in PAGES {
            let roff = page.to_roff("2026-11-22");
            assert!(roff.starts_with(".TH SACTL\\-"), "{roff}");
            assert!(roff.is_ascii(), "{}", page.name);
            assert!(roff.contains(".SH NAME") && roff.contains(".SH SEE ALSO"), "{roff}");
            assert!(!roff.contains("\n\n"), "an empty line: {roff}");
        }
    }
}
