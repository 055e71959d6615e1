//! Errors as a person or a script sees them, and the only place that chooses an exit code.
//!
//! Responsible for a stable code, a message, hints that name the next command, and a cause chain: shown as text or as
//! the error document. Refuses to know how an error occurred: each lower module has its own error type, which is
//! converted here.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use crate::api::Code;
use crate::domain::{Company, Origin, Violation};
use crate::output::{ErrorView, FailureView, JqError};
use crate::text::sanitize::{json_visible, sanitise};
use crate::text::{CommandLine, Hint, Target};

mod convert;
mod exit;

pub use exit::{EXITS, Exit, exit_code};

/// What every command gives back.
pub type Result<T> = std::result::Result<T, CliError>;

/// A failed command.
#[derive(Debug)]
pub struct CliError(Box<Details>);

#[derive(Debug)]
struct Details {
    code: Code,
    message: String,
    hints: Vec<Hint>,
    status: Option<u16>,
    request_id: Option<String>,
    errors: Vec<Violation>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    quiet: bool,
    leaves_doubt: bool,
}

impl CliError {
    /// An error that scripts know as `code`; `message` is for people, without a full stop.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            code,
            message: message.into(),
            hints: Vec::new(),
            status: None,
            request_id: None,
            errors: Vec::new(),
            source: None,
            quiet: false,
            leaves_doubt: false,
        }))
    }

    /// Wrong flags or arguments.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    /// A configuration file or variable that cannot be used.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Code::Config, message)
    }

    /// A fault of the program.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message)
    }

    /// A file or a stream of this machine that failed; `what` says what was being done.
    pub fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        Self::new(Code::Io, what).caused_by(source)
    }

    /// The command was carried out, and its answer could not be shown: `--jq` fails on it, or it cannot be written. A
    /// closed pipe is a quiet end: the reader has enough.
    pub fn answer(source: std::io::Error) -> Self {
        const DONE: &str = "the command succeeded; only its output could not be shown";
        if let Some(failed) = JqError::within(&source) {
            let failed_on = Self::new(Code::Output, format!("--jq failed on the output: {failed}"));
            return failed.advice().into_iter().fold(failed_on, Self::hint).hint(DONE);
        }
        let quiet = source.kind() == std::io::ErrorKind::BrokenPipe;
        let mut error = Self::new(Code::Output, "cannot write to standard output");
        error.0.quiet = quiet;
        error.caused_by(source).hint(DONE)
    }

    /// The same error, told even where only the reader of the answer went away: the secret in it is lost.
    #[must_use]
    pub fn told(mut self) -> Self {
        self.0.quiet = false;
        self
    }

    /// There are no credentials to sign in with.
    pub fn not_signed_in(message: impl Into<String>) -> Self {
        Self::new(Code::NotSignedIn, message)
    }

    /// The thing does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// A destructive command without confirmation; `what` is what it would do, as in `delete x`.
    pub fn confirmation_required(what: impl fmt::Display) -> Self {
        Self::new(
            Code::ConfirmationRequired,
            format!("not confirmed: this would {what}, and there is no terminal to ask on"),
        )
        .hint("add --yes to confirm")
    }

    /// The confirmation was asked for and not given.
    pub fn not_confirmed() -> Self {
        Self::new(Code::ConfirmationRequired, "not confirmed: nothing was changed")
    }

    /// Several companies to choose from and no terminal to ask on.
    pub fn no_company(companies: &[Company]) -> Self {
        if companies.is_empty() {
            return Self::new(Code::NoCompany, "you belong to no company");
        }
        let error =
            Self::new(Code::NoCompany, format!("no company chosen; you belong to {}", listed(companies)))
                .hint(
                    CommandLine::new("company use ID")
                        .after("choose one with --company ID, or store the choice with: "),
                );
        if companies.len() > MOST_NAMED {
            return error.hint(CommandLine::new("company list").after("list all of them with: "));
        }
        error
    }

    /// A company name that several companies carry.
    pub fn ambiguous_company(name: &str, companies: &[Company]) -> Self {
        let ids: Vec<String> = companies.iter().map(|company| company.id.to_string()).collect();
        Self::new(
            Code::AmbiguousCompany,
            format!("{} companies have the name {name}: ids {}", companies.len(), ids.join(", ")),
        )
        .hint(format!("pass the id instead, for example --company {}", ids[0]))
    }

    /// Input that breaks rules, all of them at once.
    pub fn invalid_input(errors: Vec<Violation>) -> Self {
        let message = match errors.as_slice() {
            [one] => one.message.clone().into_owned(),
            _ => "the input breaks these rules".to_owned(),
        };
        let mut error = Self::new(Code::InvalidInput, message);
        error.0.errors = errors;
        error
    }

    /// The same error with every single reason.
    #[must_use]
    pub fn violating(mut self, errors: Vec<Violation>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Ctrl-C was pressed.
    pub fn interrupted() -> Self {
        Self::new(Code::Interrupted, "interrupted")
    }

    /// The same error in words that say more than the server's.
    #[must_use]
    pub fn worded(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// The same error with this server.
    #[must_use]
    pub fn at(self, server: &Origin) -> Self {
        let message = format!("{} at {server}", self.message());
        self.worded(message)
    }

    /// Adds a line that says what to do next; it names a command where there is one.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Adds a line that helps more than those that are there.
    #[must_use]
    pub fn hint_before(mut self, hint: impl Into<Hint>) -> Self {
        self.0.hints.insert(0, hint.into());
        self
    }

    /// Replaces the hints by better ones, if there are any.
    #[must_use]
    pub fn rather_hint(mut self, hints: impl IntoIterator<Item = impl Into<Hint>>) -> Self {
        let hints: Vec<Hint> = hints.into_iter().map(Into::into).collect();
        if !hints.is_empty() {
            self.0.hints = hints;
        }
        self
    }

    /// Adds the cause, whose own causes are shown too.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// For a write: when the outcome is not known, nothing answered (exit 8), the answer makes no sense or was not
    /// shown, or the server itself failed, says which command shows the state. Leaves every other error as it is.
    #[must_use]
    pub fn state_shown_by(self, command: CommandLine) -> Self {
        let failed_there = self.code() == Code::Internal && self.0.status.is_some();
        let is_unread = matches!(self.code(), Code::BadResponse | Code::Output);
        if exit_code(self.code()) == 8 || is_unread || failed_there {
            return self.hint(command.after("check the current state with: "));
        }
        self
    }

    /// Whether the change may have been carried out all the same.
    pub fn leaves_doubt(&self) -> bool {
        self.0.leaves_doubt
    }

    /// The stable name of the error.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The message for people, as it was received: not sanitised for a terminal.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The hints, in their order.
    pub fn hints(&self) -> &[Hint] {
        &self.0.hints
    }

    /// Every broken rule of the input.
    pub fn violations(&self) -> &[Violation] {
        &self.0.errors
    }

    /// Whether the program ends without a word and with success: the reader of the answer went away.
    pub fn is_quiet(&self) -> bool {
        self.0.quiet
    }

    /// The exit code of the program.
    pub fn exit_code(&self) -> u8 {
        if self.0.quiet { 0 } else { exit_code(self.0.code) }
    }

    /// The message with its cause chain, on one line: not made safe for a terminal.
    pub fn whole_message(&self) -> String {
        let mut text = self.0.message.clone();
        let mut next: Option<&dyn StdError> = self.0.source.as_deref().map(|source| source as &dyn StdError);
        while let Some(cause) = next {
            let cause_text = cause.to_string();
            if !text.contains(&cause_text) {
                let _ = write!(text, ": {cause_text}");
            }
            next = cause.source();
        }
        text
    }

    /// The same error for showing: its causes are part of its message, the commands in its hints act on `target`, and
    /// `word` is applied to each of its texts.
    #[must_use]
    pub fn told_with(&self, target: &Target, word: impl Fn(&str) -> String) -> Self {
        let mut told = Self::new(self.0.code, word(&self.whole_message()));
        told.0.hints = self.0.hints.iter().map(|hint| hint.settled(target, &word)).collect();
        told.0.status = self.0.status;
        told.0.request_id = self.0.request_id.as_deref().map(&word);
        told.0.errors.clone_from(&self.0.errors);
        for violation in &mut told.0.errors {
            violation.field = word(&violation.field).into();
            violation.code = word(&violation.code).into();
            violation.message = word(&violation.message).into();
        }
        told.0.quiet = self.0.quiet;
        told
    }

    /// The error as lines for a terminal of `room` columns, or without limit, every one safe to show.
    pub fn to_text(&self, room: Option<usize>) -> String {
        let mut text = String::new();
        let mut say = |label: &str, hint: &Hint| {
            let hint = hint.settled(&Target::default(), |text| sanitise(text).into_owned());
            let lines = hint.lines(&Target::default(), room.unwrap_or(usize::MAX), label.len() + 1);
            let _ = writeln!(text, "{label} {}", lines.join("\n"));
        };
        say("error:", &self.whole_message().into());
        let stated = |violation: &&Violation| {
            self.0.errors.len() > 1 || !self.0.message.starts_with(&*violation.message)
        };
        for violation in self.0.errors.iter().filter(stated) {
            say(" ", &format!("{}: {}", violation.field, violation.message).into());
        }
        self.0.hints.iter().for_each(|hint| say("hint:", hint));
        text
    }

    /// The error as the document that scripts read: one line of JSON, with a line end.
    pub fn to_document(&self) -> String {
        let document = ErrorView { error: self.failure() };
        let json = serde_json::to_string(&document).unwrap_or_else(|_| {
            format!(r#"{{"error":{{"code":"internal","exit_code":{}}}}}"#, self.exit_code())
        });
        format!("{}\n", json_visible(&json))
    }

    fn failure(&self) -> FailureView<'_> {
        FailureView {
            code: self.0.code.as_str(),
            message: self.whole_message(),
            hint: Hint::joined(self.0.hints.clone()).map(|hint| hint.on(&Target::default())),
            exit_code: self.exit_code(),
            status: self.0.status,
            request_id: self.0.request_id.as_deref(),
            errors: &self.0.errors,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl StdError for CliError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Errors of a write whose outcome may not be known.
pub trait WriteOutcome<T> {
    /// When the write ends in exit 8, names the `command` that shows the state.
    ///
    /// # Errors
    /// The same error, with that hint.
    fn state_shown_by(self, command: impl FnOnce() -> CommandLine) -> Result<T>;
}

impl<T, E: Into<CliError>> WriteOutcome<T> for std::result::Result<T, E> {
    fn state_shown_by(self, command: impl FnOnce() -> CommandLine) -> Result<T> {
        self.map_err(|error| error.into().state_shown_by(command()))
    }
}

/// Most companies that a message names.
const MOST_NAMED: usize = 8;

fn listed(companies: &[Company]) -> String {
    let named = companies.iter().take(MOST_NAMED);
    let each: Vec<String> = named.map(|company| format!("{} ({})", company.id, company.name)).collect();
    match companies.len().saturating_sub(MOST_NAMED) {
        0 => each.join(", "),
        more => format!("{} and {more} more", each.join(", ")),
    }
}

#[cfg(test)]
mod tests;
