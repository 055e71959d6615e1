//! Text in the language of `man`: macros of man(7) that every formatter knows, in ASCII only.
//!
//! Responsible for escaping. Refuses macros of a single formatter.

use std::fmt::Write as _;

/// Longest line of the source, which some readers insist on.
const WIDTH: usize = 78;

/// A page that grows section by section.
#[derive(Debug)]
pub(super) struct Roff {
    text: String,
    /// A paragraph would be the first of its section, which begins without a mark.
    is_first: bool,
}

impl Roff {
    /// A page of the manual that is called `name`.
    pub(super) fn new(name: &str, section: u8, date: &str, about: &str) -> Self {
        let text = format!(
            ".TH {} {section} {} {} {}\n",
            quoted(&name.to_uppercase()),
            quoted(date),
            quoted(concat!("sactl ", env!("CARGO_PKG_VERSION"))),
            quoted("sactl manual")
        );
        let mut page = Self { text, is_first: true };
        page.section("name");
        page.line(&format!("{} \\- {}", escaped(name), escaped(about)));
        page
    }

    /// A section, whose heading is shown in capitals.
    pub(super) fn section(&mut self, heading: &str) {
        let _ = writeln!(self.text, ".SH {}", quoted(&heading.to_uppercase()));
        self.is_first = true;
    }

    /// A heading inside a section.
    pub(super) fn heading(&mut self, heading: &str) {
        let mut letters = heading.chars();
        let title: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let _ = writeln!(self.text, ".SS {}", quoted(&title));
        self.is_first = true;
    }

    /// Sentences. Text between backticks is bold.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.begin_paragraph();
        self.line(&marked(text));
    }

    /// A paragraph that is roff already.
    pub(super) fn raw_paragraph(&mut self, roff: &str) {
        self.begin_paragraph();
        self.line(roff);
    }

    fn begin_paragraph(&mut self) {
        if !std::mem::take(&mut self.is_first) {
            self.text.push_str(".PP\n");
        }
    }

    /// A term that is roff already, with its meaning in paragraphs of its own.
    pub(super) fn definition(&mut self, term: &str, meaning: &[String]) {
        self.is_first = false;
        let _ = writeln!(self.text, ".TP\n{}", protected(term));
        for (place, paragraph) in meaning.iter().enumerate() {
            if place > 0 {
                self.text.push_str(".IP\n");
            }
            self.line(&marked(paragraph));
        }
    }

    /// Definitions that belong to the one before.
    pub(super) fn within(&mut self, write: impl FnOnce(&mut Self)) {
        self.text.push_str(".RS\n");
        write(self);
        self.text.push_str(".RE\n");
    }

    /// Lines for copying, which are never broken.
    pub(super) fn code<'a>(&mut self, lines: impl IntoIterator<Item = &'a str>) {
        self.begin_paragraph();
        self.text.push_str(".RS 4\n.nf\n");
        for line in lines {
            let _ = writeln!(self.text, "{}", protected(&escaped(line)));
        }
        self.text.push_str(".fi\n.RE\n");
    }

    /// Other pages, in their order.
    pub(super) fn references(&mut self, pages: &[(String, u8)]) {
        let last = pages.len().saturating_sub(1);
        for (place, (name, section)) in pages.iter().enumerate() {
            let comma = if place == last { "" } else { "," };
            let _ = writeln!(self.text, ".BR {} ({section}){comma}", escaped(name));
        }
    }

    /// The page.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// One line of words, broken where it is too long: a formatter fills the lines again.
    fn line(&mut self, roff: &str) {
        let mut line = String::new();
        for word in roff.split(' ') {
            if !line.is_empty() && line.len() + 1 + word.len() > WIDTH {
                let _ = writeln!(self.text, "{}", protected(&line));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        let _ = writeln!(self.text, "{}", protected(&line));
    }
}

/// Bold.
pub(super) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

/// Italic.
pub(super) fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escaped(text))
}

/// Text with single spaces, and with the text between backticks in bold.
pub(super) fn marked(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = words.split('`').enumerate();
    parts.map(|(place, part)| if place % 2 == 1 { bold(part) } else { escaped(part) }).collect()
}

/// An argument of a macro.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('"', "\\(dq").replace("\\-", "-"))
}

/// A line that is no request, whatever it begins with, and not empty.
fn protected(line: &str) -> String {
    if line.is_empty() || line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() }
}

/// Text without anything that means something to roff.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
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
        let mut page = Roff::new("sactl-x", 1, "2026-01-02", "does");
        page.section("description");
        page.paragraph(".so `a\\b`, 'x' … don't");
        page.code(["'quoted' --flag", "", ".x"]);
        let expected = ".TH \"SACTL-X\" 1 \"2026-01-02\" \"sactl VERSION\" \"sactl manual\"\n\
            .SH \"NAME\"\nsactl\\-x \\- does\n.SH \"DESCRIPTION\"\n\
            \\&.so \\fBa\\eb\\fR, \\(aqx\\(aq \\[u2026] don\\(aqt\n\
            .PP\n.RS 4\n.nf\n\\(aqquoted\\(aq \\-\\-flag\n\\&\n\\&.x\n.fi\n.RE\n";
        assert_eq!(page.finish(), expected.replace("VERSION", env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn long_lines_are_broken_and_still_no_request() {
        let mut page = Roff { text: String::new(), is_first: true };
        page.line(&"word . ".repeat(40));
        assert!(
            page.text.lines().all(|line| line.len() <= WIDTH + 2 && !line.starts_with('.')),
            "{}",
            page.text
        );
    }
}
