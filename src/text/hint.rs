//! A line that says what to do next.

use std::borrow::Cow;

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

    /// The hint with its commands as they are typed to act on `target`.
    pub fn on(&self, target: &Target) -> String {
        let text = |part: &Part| match part {
            Part::Words(words) => words.to_string(),
            Part::Command(command) => command.on(target),
        };
        self.0.iter().map(text).collect()
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
    }
}
