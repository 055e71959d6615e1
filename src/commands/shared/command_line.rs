//! A command written out as somebody would type it in a shell.

use std::fmt;

/// A line for a POSIX shell.
#[derive(Clone, Debug)]
pub(in crate::commands) struct CommandLine(String);

impl CommandLine {
    /// `sactl` with the words of `command`.
    pub(in crate::commands) fn new(command: &str) -> Self {
        Self(format!("sactl {command}"))
    }

    /// With one more word.
    pub(in crate::commands) fn word(mut self, word: impl fmt::Display) -> Self {
        self.0.push(' ');
        self.0.push_str(&quoted(&word.to_string()));
        self
    }

    /// With a flag and its value, in one word where the value looks like a flag.
    pub(in crate::commands) fn flag(self, flag: &str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        if value.starts_with('-') {
            self.word(format!("{flag}={value}"))
        } else {
            self.word(flag).word(value)
        }
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The word so that a shell takes it as it is.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_needs_it_is_quoted() {
        let line = CommandLine::new("create").word("ci").flag("--description", "it's a \"bot\" $HOME");
        assert_eq!(line.to_string(), r#"sactl create ci --description 'it'\''s a "bot" $HOME'"#);
        let line = CommandLine::new("create").flag("--description", "--yes");
        assert_eq!(line.to_string(), "sactl create --description=--yes");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("devices:view,alerts:view"), "devices:view,alerts:view");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        /// A real shell reads the word back.
        #[test]
        fn a_shell_takes_it_as_it_is(word in "[^\\x00-\\x1f\\x7f]{0,12}") {
            let script = format!("printf %s {}", quoted(&word));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}
