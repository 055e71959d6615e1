//! A command line as bash reads it, up to the cursor: its words, and the quoting of the last one.
//!
//! Responsible for splitting and quoting words. Refuses to expand variables and patterns.

use super::question::{Form, Question};

/// The words of `line`, which ends at the cursor; `None` where the name of a file follows a redirection.
/// `breaks` are the characters behind which bash lets a new word begin that it completes.
pub(super) fn read(line: &str, breaks: &str) -> Option<Question> {
    let mut reader = Reader { breaks, ..Reader::default() };
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        reader.take(character, &mut characters);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader<'a> {
    breaks: &'a str,
    words: Vec<String>,
    /// The word that is being read.
    word: String,
    has_begun: bool,
    quote: Option<char>,
    /// Where the open quote began.
    quoted_from: usize,
    /// Where the last break of the word is.
    kept: usize,
    /// The word names the file of a redirection.
    redirects: bool,
}

impl Reader<'_> {
    fn take(&mut self, character: char, rest: &mut std::str::Chars<'_>) {
        match (self.quote, character) {
            (Some(quote), _) if quote == character => self.quote = None,
            (Some('"'), '\\') => match rest.clone().next() {
                Some(next @ ('$' | '`' | '"' | '\\')) => {
                    rest.next();
                    self.push(next);
                }
                _ => self.push('\\'),
            },
            (Some(_), _) => self.push(character),
            (None, '\'' | '"') => {
                self.quote = Some(character);
                self.quoted_from = self.word.len();
                self.has_begun = true;
            }
            (None, '\\') => {
                self.has_begun = true;
                if let Some(next) = rest.next() {
                    self.push(next);
                }
            }
            (None, ' ' | '\t' | '\n') => self.end_word(),
            (None, '<' | '>') => {
                self.end_word();
                self.redirects = true;
            }
            (None, _) => {
                self.push(character);
                if self.breaks.contains(character) {
                    self.kept = self.word.len();
                }
            }
        }
    }

    fn push(&mut self, character: char) {
        self.has_begun = true;
        self.word.push(character);
    }

    fn end_word(&mut self) {
        if std::mem::take(&mut self.has_begun) {
            let word = std::mem::take(&mut self.word);
            if !std::mem::take(&mut self.redirects) {
                self.words.push(word);
            }
        }
        self.kept = 0;
    }

    fn finish(mut self) -> Option<Question> {
        if self.redirects {
            return None;
        }
        let kept = if self.quote.is_some() { self.quoted_from } else { self.kept };
        self.words.push(self.word);
        Some(Question { words: self.words, form: Form { quote: self.quote, kept, listing: false } })
    }
}

/// `value` from `form.kept` on, written so that bash takes it for itself, wherever it stands. `None` for what
/// cannot be written there.
pub(super) fn written(value: &str, form: Form) -> Option<String> {
    let value = value.get(form.kept..)?;
    let mut text = String::with_capacity(value.len() + 8);
    match form.quote {
        Some('\'') => text.push_str(&value.replace('\'', "'\\''")),
        Some(_) => {
            // Nothing keeps bash from looking into its history there.
            if value.contains('!') {
                return None;
            }
            for character in value.chars() {
                if matches!(character, '$' | '`' | '"' | '\\') {
                    text.push('\\');
                }
                text.push(character);
            }
        }
        None => {
            for character in value.chars() {
                if !is_plain(character) {
                    text.push('\\');
                }
                text.push(character);
            }
        }
    }
    Some(text)
}

/// Whether bash takes the character for itself anywhere in a word.
fn is_plain(character: char) -> bool {
    character.is_alphanumeric() || "-_./,:=@%+".contains(character) || !character.is_ascii()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What bash breaks words at by default.
    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    fn words(line: &str) -> Vec<String> {
        read(line, BREAKS).unwrap().words
    }

    fn form(line: &str) -> (Option<char>, String) {
        let Question { words, form } = read(line, BREAKS).unwrap();
        (form.quote, words.last().unwrap()[..form.kept].to_owned())
    }

    #[test]
    fn words_are_read_as_bash_reads_them() {
        assert_eq!(words("sactl "), ["sactl", ""]);
        assert_eq!(words("sactl sh"), ["sactl", "sh"]);
        assert_eq!(words("sactl  show\t'a b' \"c d\" e\\ f g"), ["sactl", "show", "a b", "c d", "e f", "g"]);
        assert_eq!(
            words("sactl grant x --permission devices:view,al"),
            ["sactl", "grant", "x", "--permission", "devices:view,al"]
        );
        assert_eq!(words("sactl '' \"\" x"), ["sactl", "", "", "x"]);
        assert_eq!(words("sactl \"a\\\"b\\x$y"), ["sactl", "a\"b\\x$y"]);
        assert_eq!(words("sactl 'it'\\''s"), ["sactl", "it's"]);
        assert_eq!(words("sactl x\\"), ["sactl", "x"]);
        assert_eq!(words("sactl list > out 2>err x"), ["sactl", "list", "2", "x"]);
        assert!(read("sactl list > o", BREAKS).is_none());
    }

    #[test]
    fn what_the_shell_leaves_alone_is_known() {
        assert_eq!(form("sactl --company=No"), (None, "--company=".into()));
        assert_eq!(form("sactl --grant 2=devices:v"), (None, "2=devices:".into()));
        assert_eq!(form("sactl --grant \"2=devices:v"), (Some('"'), String::new()));
        assert_eq!(form("sactl --grant 2='dev"), (Some('\''), "2=".into()));
        assert_eq!(form("sactl --grant 'A B'=dev"), (None, "A B=".into()));
        assert_eq!(form("sactl a:b c"), (None, String::new()));
    }

    #[test]
    fn what_is_written_is_harmless() {
        let plain = |value| written(value, Form::default());
        assert_eq!(plain("devices:view,alerts:view").unwrap(), "devices:view,alerts:view");
        assert_eq!(plain("Northwind Logistics").unwrap(), "Northwind\\ Logistics");
        assert_eq!(plain("$(touch x)`id`;~!*é").unwrap(), "\\$\\(touch\\ x\\)\\`id\\`\\;\\~\\!\\*é");
        let quoted = |value, quote| written(value, Form { quote: Some(quote), ..Form::default() });
        assert_eq!(quoted("it's $x", '\'').unwrap(), "it'\\''s $x");
        assert_eq!(quoted("a \"b\" $(c) `d` \\", '"').unwrap(), "a \\\"b\\\" \\$(c) \\`d\\` \\\\");
        assert_eq!(quoted("a!b", '"'), None);
        assert_eq!(written("2=viewer", Form { kept: 2, ..Form::default() }).unwrap(), "viewer");
        assert_eq!(written("é", Form { kept: 1, ..Form::default() }), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(line in "\\PC{0,40}", value in "\\PC{0,20}", kept in 0..10usize) {
            let _ = read(&line, BREAKS);
            let _ = written(&value, Form { kept, ..Form::default() });
        }

        /// Whatever a server calls things: put into the line, it is that one word again.
        #[test]
        fn what_is_written_is_read_as_it_was_meant(value in "[ -~é]{1,20}") {
            let line = format!("sactl {}", written(&value, Form::default()).unwrap());
            prop_assert_eq!(&words(&line)[1..], std::slice::from_ref(&value));
            let quoted = written(&value, Form { quote: Some('\''), ..Form::default() }).unwrap();
            prop_assert_eq!(&words(&format!("sactl '{quoted}'"))[1..], std::slice::from_ref(&value));
            if let Some(quoted) = written(&value, Form { quote: Some('"'), ..Form::default() }) {
                prop_assert_eq!(&words(&format!("sactl \"{quoted}\""))[1..], &[value]);
            }
        }
    }
}
