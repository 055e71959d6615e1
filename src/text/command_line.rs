//! A command in a message, and the target that it takes from the call.
//!
//! Responsible for quoting, and for `--profile`, `--server`, `--company` and the `--username` of a sign-in. Refuses a
//! command without the target of the call.

use std::fmt;

/// Flags that say which server, profile and company a call acts on: a command that a message of this call names
/// carries them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    place: Vec<(&'static str, Option<String>)>,
    company: Option<String>,
    account: Option<String>,
}

/// How much of the target concerns a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// It reads this machine alone.
    Nothing,
    /// It signs an account in to a server.
    SignIn,
    /// It talks to a server.
    Server,
    /// It acts in a company.
    Company,
}

/// A command of this program, for a POSIX shell. It is written out together with the target of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    reach: Reach,
    /// The words, quoted.
    words: Vec<String>,
    /// Operands that look like flags, quoted: they stand after `--`.
    behind_dashes: Vec<String>,
    /// Flags of the target that it does not take over.
    without: Vec<&'static str>,
}

impl Target {
    /// With a flag that names the server, the account or the connection of the call.
    #[must_use]
    pub fn place(mut self, flag: &'static str, value: Option<String>) -> Self {
        self.place.push((flag, value));
        self
    }

    /// In this company, by id or name.
    #[must_use]
    pub fn company(mut self, company: impl fmt::Display) -> Self {
        self.company = Some(company.to_string());
        self
    }

    /// With the account that a sign-in names.
    #[must_use]
    pub fn account(mut self, username: impl fmt::Display) -> Self {
        self.account = Some(username.to_string());
        self
    }

    /// Whether it names a company.
    pub const fn has_company(&self) -> bool {
        self.company.is_some()
    }

    fn flags(&self, reach: Reach) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        let place = self.place.iter().filter(move |_| reach != Reach::Nothing);
        let company = self.company.iter().filter(move |_| reach == Reach::Company);
        let account = self.account.iter().filter(move |_| reach == Reach::SignIn);
        place
            .map(|(flag, value)| (*flag, value.as_deref()))
            .chain(company.map(|company| ("--company", Some(company.as_str()))))
            .chain(account.map(|account| ("--username", Some(account.as_str()))))
    }
}

impl CommandLine {
    /// `sactl` with the words of `command`, which need no quotes.
    pub fn new(command: &str) -> Self {
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        Self {
            reach: reach(words.first().map_or("", String::as_str)),
            words,
            behind_dashes: Vec::new(),
            without: Vec::new(),
        }
    }

    /// With one more operand.
    #[must_use]
    pub fn operand(mut self, operand: impl fmt::Display) -> Self {
        let operand = operand.to_string();
        let words = if operand.starts_with('-') { &mut self.behind_dashes } else { &mut self.words };
        words.push(quoted(&operand));
        self
    }

    /// With a flag that takes no value.
    #[must_use]
    pub fn switch(mut self, flag: &str) -> Self {
        self.words.push(flag.to_owned());
        self
    }

    /// With a flag and its value, in one word where the value looks like a flag.
    #[must_use]
    pub fn flag(mut self, flag: &str, value: impl fmt::Display) -> Self {
        self.push_flag(flag, &value.to_string());
        self
    }

    /// Without this flag of the target.
    #[must_use]
    pub fn without(mut self, flag: &'static str) -> Self {
        self.without.push(flag);
        self
    }

    fn push_flag(&mut self, flag: &str, value: &str) {
        if value.starts_with('-') {
            self.words.push(format!("{flag}={}", quoted(value)));
        } else {
            self.words.extend([flag.to_owned(), quoted(value)]);
        }
    }

    fn has(&self, flag: &str) -> bool {
        let is_flag = |word: &String| {
            word.strip_prefix(flag).is_some_and(|rest| matches!(rest.chars().next(), None | Some('=')))
        };
        self.words.iter().any(is_flag)
    }

    /// The command as it is typed to act on `target`. A flag that the command already has is not changed.
    pub fn on(&self, target: &Target) -> String {
        self.words_on(target).join(" ")
    }

    /// The words of [`Self::on`], each as a shell takes it.
    pub(super) fn words_on(&self, target: &Target) -> Vec<String> {
        let mut line = self.clone();
        let is_taken = |flag: &&str| !self.has(flag) && !self.without.contains(flag);
        for (flag, value) in target.flags(self.reach).filter(|(flag, _)| is_taken(flag)) {
            match value {
                Some(value) => line.push_flag(flag, value),
                None => line.words.push(flag.to_owned()),
            }
        }
        let dashes = (!line.behind_dashes.is_empty()).then(|| "--".to_owned());
        let program = std::iter::once("sactl".to_owned());
        program.chain(line.words).chain(dashes).chain(line.behind_dashes).collect()
    }

    /// The command that acts on `target` wherever it is shown; `word` is applied to each of its words.
    pub(super) fn settled(&self, target: &Target, word: impl Fn(&str) -> String) -> Self {
        Self {
            reach: Reach::Nothing,
            words: self.words_on(target).iter().skip(1).map(|each| word(each)).collect(),
            behind_dashes: Vec::new(),
            without: Vec::new(),
        }
    }
}

/// What the command, named by its first word, acts on.
fn reach(command: &str) -> Reach {
    match command {
        "" | "completion" | "help" | "man" | "profile" | "sandbox" | "serve" => Reach::Nothing,
        "login" => Reach::SignIn,
        "api" | "company" | "doctor" | "logout" | "permission" | "token" => Reach::Server,
        _ => Reach::Company,
    }
}

/// The word, quoted for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%…".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn alone(line: &CommandLine) -> String {
        line.on(&Target::default())
    }

    #[test]
    fn only_what_needs_it_is_quoted() {
        let line = CommandLine::new("create").operand("ci").flag("--description", "it's a \"bot\" $HOME");
        assert_eq!(alone(&line), r#"sactl create ci --description 'it'\''s a "bot" $HOME'"#);
        let line = CommandLine::new("create").flag("--description", "--yes").switch("--dry-run");
        assert_eq!(alone(&line), "sactl create --description=--yes --dry-run");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("devices:view,alerts:view"), "devices:view,alerts:view");
    }

    #[test]
    fn an_operand_like_a_flag_stands_behind_every_flag() {
        let target = Target::default().company("-x");
        assert_eq!(
            CommandLine::new("show").operand("-it's").on(&target),
            r"sactl show --company=-x -- '-it'\''s'"
        );
    }

    #[test]
    fn a_command_carries_as_much_of_the_target_as_concerns_it() {
        let target = Target::default()
            .place("--profile", Some("north west".to_owned()))
            .place("--allow-http", None)
            .account("admin@acme.example")
            .company("O'Neill & Co");
        let on = |line: CommandLine| line.on(&target);
        assert_eq!(
            on(CommandLine::new("show").operand("ci")),
            r"sactl show ci --profile 'north west' --allow-http --company 'O'\''Neill & Co'"
        );
        assert_eq!(
            on(CommandLine::new("login").without("--profile")),
            "sactl login --allow-http --username admin@acme.example"
        );
        assert_eq!(
            on(CommandLine::new("company list")),
            "sactl company list --profile 'north west' --allow-http"
        );
        assert_eq!(on(CommandLine::new("profile list")), "sactl profile list");
        assert_eq!(
            on(CommandLine::new("list").flag("--company", 2)),
            "sactl list --company 2 --profile 'north west' --allow-http"
        );
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
