//! A hint: a line that says what to do next.
//!
//! Responsible for its text and the commands in it. Refuses a command as plain text, because it would lose the target
//! of the call.

use std::borrow::Cow;

use super::wrap::width;
use super::{CommandLine, Target};

/// What to do next, in words and commands. The commands are written out where the hint is shown, for the target of
/// the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Words(Cow<'static, str>),
    Command(CommandLine),
}

impl Hint {
    /// With more words.
    #[must_use]
    pub fn then(mut self, words: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Part::Words(words.into()));
        self
    }

    /// With a command.
    #[must_use]
    pub fn run(mut self, command: CommandLine) -> Self {
        self.0.push(Part::Command(command));
        self
    }

    /// Several hints as one; `None` when there is none.
    pub fn joined(hints: impl IntoIterator<Item = Self>) -> Option<Self> {
        hints.into_iter().reduce(|mut all, next| {
            all.0.push(Part::Words("; ".into()));
            all.0.extend(next.0);
            all
        })
    }

    /// The hint whose commands act on `target` wherever it is shown; `word` is applied to all of its text.
    #[must_use]
    pub fn settled(&self, target: &Target, word: impl Fn(&str) -> String) -> Self {
        let settled = |part: &Part| match part {
            Part::Words(words) => Part::Words(word(words).into()),
            Part::Command(command) => Part::Command(command.settled(target, &word)),
        };
        Self(self.0.iter().map(settled).collect())
    }

    /// The hint in lines of `room` columns, of which `taken` are used on the first. Lines are wrapped between words,
    /// and a word that is longer than a line is not broken. A command that does not fit after the words begins on a
    /// line of its own, and is wrapped so that a shell reads the copied lines as one command.
    pub fn lines(&self, target: &Target, room: usize, taken: usize) -> Vec<String> {
        let atoms = self.atoms(target, room);
        let (mut lines, mut line, mut used) = (Vec::new(), String::new(), taken);
        for (at, Atom { text, before }) in atoms.iter().enumerate() {
            let goes_on = atoms.get(at + 1).is_some_and(|next| next.before == Before::Command);
            let end = if goes_on { GO_ON.len() } else { 0 };
            let is_full = used + 1 + width(text) + end > room || *before == Before::LineEnd;
            if at > 0 && is_full {
                let (last, next) = if *before == Before::Command { (GO_ON, INDENT) } else { ("", "") };
                lines.push(std::mem::replace(&mut line, next.to_owned()) + last);
                used = next.len();
            } else if at > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(text);
            used += width(text);
        }
        lines.push(line);
        lines
    }

    fn atoms(&self, target: &Target, room: usize) -> Vec<Atom> {
        let mut atoms: Vec<Atom> = Vec::new();
        let mut is_apart = false;
        for part in &self.0 {
            match part {
                Part::Words(words) => {
                    let ends_apart = words.ends_with(' ');
                    let mut words = words.split(' ');
                    let first = words.next().unwrap_or_default();
                    // What follows without a blank stays with what is before it.
                    match atoms.last_mut().filter(|_| !is_apart) {
                        Some(last) => last.text.push_str(first),
                        None => atoms.extend(Atom::word(first)),
                    }
                    is_apart = ends_apart;
                    atoms.extend(words.filter_map(Atom::word));
                }
                Part::Command(command) => {
                    is_apart = false;
                    atoms.extend(Atom::command(&command.words_on(target), room));
                }
            }
        }
        atoms
    }

    /// The hint with its commands as they are typed to act on `target`.
    pub fn on(&self, target: &Target) -> String {
        let text = |part: &Part| match part {
            Part::Words(words) => words.to_string(),
            Part::Command(command) => command.on(target),
        };
        self.0.iter().map(text).collect()
    }
}

/// The end of a line of a command that continues, and the beginning of the next.
const GO_ON: &str = " \\";
const INDENT: &str = "  ";

/// What no line end parts.
struct Atom {
    text: String,
    before: Before,
}

/// What separates an atom from the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A blank, or a line end where the line is full.
    Blank,
    /// A line end.
    LineEnd,
    /// The word before it in the same command.
    Command,
}

impl Atom {
    fn word(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self { text: text.to_owned(), before: Before::Blank })
    }

    /// A command is one atom if it fits into a line of `room` columns.
    fn command(words: &[String], room: usize) -> Vec<Self> {
        let whole = words.join(" ");
        if width(&whole) <= room {
            return vec![Self { text: whole, before: Before::Blank }];
        }
        let before = |at| if at == 0 { Before::LineEnd } else { Before::Command };
        words.iter().enumerate().map(|(at, word)| Self { text: word.clone(), before: before(at) }).collect()
    }
}

impl CommandLine {
    /// A hint that ends with this command.
    pub fn after(self, words: impl Into<Cow<'static, str>>) -> Hint {
        Hint::from(words.into()).run(self)
    }
}

impl From<Cow<'static, str>> for Hint {
    fn from(words: Cow<'static, str>) -> Self {
        Self(vec![Part::Words(words)])
    }
}

impl From<&'static str> for Hint {
    fn from(words: &'static str) -> Self {
        Cow::from(words).into()
    }
}

impl From<String> for Hint {
    fn from(words: String) -> Self {
        Cow::<'static, str>::from(words).into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_written_out_for_the_target() {
        let hint = CommandLine::new("company use ID").after("choose one with: ").then(", or give its name");
        let both = Hint::joined([hint, Hint::from("try again")]).unwrap();
        let target = Target::default().place("--profile", Some("staging".to_owned()));
        assert_eq!(
            both.on(&target),
            "choose one with: sactl company use ID --profile staging, or give its name; try again"
        );
        assert_eq!(Hint::joined([]), None);
        let words = Hint::joined([Hint::from("use a file"), Hint::from("or a variable")]).unwrap();
        assert_eq!(words.lines(&target, 80, 6), ["use a file; or a variable"]);
    }

    #[test]
    fn lines_end_between_words_and_a_command_can_be_copied() {
        let command = CommandLine::new("grant").operand("ci").flag("--role", "viewer");
        let hint = command.after("give it access with: ").then(", or ask an admin");
        let target = Target::default().company(5);
        let lines = |room, taken| hint.lines(&target, room, taken);
        assert_eq!(
            lines(80, 6),
            ["give it access with: sactl grant ci --role viewer --company 5, or ask an", "admin"]
        );
        assert_eq!(
            lines(44, 6),
            ["give it access with:", "sactl grant ci --role viewer --company 5, or", "ask an admin"]
        );
        assert_eq!(
            lines(24, 6),
            [
                "give it access",
                "with:",
                "sactl grant ci --role \\",
                "  viewer --company 5, or",
                "ask an admin",
            ]
        );
        assert_eq!(hint.lines(&target, 400, 0), [hint.on(&target)]);
    }

    proptest! {
        /// A shell reads what is copied as the command, however narrow the terminal is.
        #[test]
        fn a_broken_command_is_the_same_command(
            words in prop::collection::vec("[ -~]{0,9}", 1..6),
            room in 4..60usize,
        ) {
            let command = words.iter().fold(CommandLine::new("show"), |line, word| line.flag("--x", word));
            let target = Target::default();
            let lines = Hint::from("").run(command.clone()).lines(&target, room, 0);
            let read = |text: &str| {
                let script = format!("sactl() {{ printf '%s\\n' \"$@\"; }}; {text}");
                std::process::Command::new("sh").args(["-c", &script]).output().unwrap().stdout
            };
            prop_assert_eq!(read(&lines.join("\n")), read(&command.on(&target)), "{:?}", lines);
        }
    }
}
