//! Where a new password comes from: a prompt, a stream, a file, or chance. Never from the command line.

use std::cell::Cell;
use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::company_session::Acting;
use super::dry_run::require_absent;
use crate::api::Code;
use crate::config::identity::{PASSWORD_FILE_LIMIT, password_of, read_password_file};
use crate::config::secure_file;
use crate::context::Context;
use crate::domain::{Password, password};
use crate::error::{CliError, Result, exit_code};
use crate::output::{Answer, Format, Selection};
use crate::text::{CommandLine, Hint};
use crate::ui::Ui;

// Not a doc comment: it would become the help of the commands that take these.
// How a new password is given.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::commands) struct PasswordArgs {
    /// Read the password from standard input
    #[arg(long, group = "password source")]
    pub password_stdin: bool,
    /// Read the password from a file
    #[arg(long, group = "password source", value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Generate a password of 24 random characters, shown once
    #[arg(long, group = "password source")]
    pub generate: bool,
    /// Write the generated password to a new file that only you can read, and do not show it
    #[arg(long, requires = "generate", value_name = "FILE")]
    pub password_out: Option<PathBuf>,
}

/// A password that keeps the policy.
#[derive(Debug)]
pub struct NewPassword {
    /// The password.
    pub password: Password,
    /// It was generated and stands nowhere yet: the answer must show it.
    pub show: bool,
    /// The file that holds it.
    file: Option<PasswordFile>,
}

/// The file of a generated password. It is taken back when the command ends before the request goes out.
#[derive(Debug)]
struct PasswordFile {
    path: PathBuf,
    fate: Cell<Fate>,
    ui: Ui,
}

/// What is known about the password in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is the password of nothing yet.
    Unsent,
    /// It may be in force.
    Sent,
    /// The command has said what it is.
    Settled,
}

impl Drop for PasswordFile {
    fn drop(&mut self) {
        let path = self.path.display();
        match self.fate.get() {
            Fate::Unsent if std::fs::remove_file(&self.path).is_err() => {
                self.ui.warning(format!("remove {path}: the password in it is of no use"));
            }
            Fate::Sent => self.ui.warning(format!("if it was done, the password is in {path}")),
            Fate::Unsent | Fate::Settled => {}
        }
    }
}

impl NewPassword {
    /// The password is in force: says which file holds it.
    pub fn tell_where(&self, ui: &Ui) {
        if let Some(file) = &self.file {
            file.fate.set(Fate::Settled);
            ui.status(format!("The password is in {}", file.path.display()));
        }
    }

    /// Writes the answer of the command, made of the password where it must be shown.
    ///
    /// # Errors
    /// `output`, also where the answer was to show a generated password and does not: the password is lost.
    pub(in crate::commands) fn show<A: Answer>(
        self,
        acting: &Acting<'_>,
        name: &str,
        answer: impl Fn(Option<Password>) -> A,
    ) -> Result<()> {
        if !self.show {
            return acting.show(&answer(None));
        }
        acting.ui.leave_way_out(way_out(name));
        let view = answer(Some(self.password));
        let leaves_it_out = match acting.ui.selection() {
            Selection::Jq(expression) => {
                expression.is_blind_to(&view, &answer(Some(password::generate(&mut rand::rng()))))
            }
            Selection::Whole | Selection::Columns(_) => false,
        };
        let shown = if leaves_it_out { Err(left_out()) } else { acting.show(&view) };
        shown.map_err(|error| Self::unshown(name, error))
    }

    /// From now on the password may be in force: what holds it stays, also when somebody interrupts.
    pub fn goes_out(&self) {
        if let Some(file) = &self.file {
            file.fate.set(Fate::Sent);
        }
    }

    /// The answer was to show a generated password and could not be written: an error even where only the reader went
    /// away.
    fn unshown(name: &str, error: CliError) -> CliError {
        error.told().hint_before(way_out(name))
    }

    /// The request failed: takes back the file, which would hold a password of nothing, unless the request
    /// may have been carried out all the same.
    pub fn settle(&self, error: CliError) -> CliError {
        let Some(PasswordFile { path, fate, .. }) = &self.file else { return error };
        let was_sent = fate.replace(Fate::Settled) == Fate::Sent;
        if was_sent && matches!(exit_code(error.code()), 1 | 8 | 130) {
            return error.hint(format!("if it was done, the password is in {}", path.display()));
        }
        match std::fs::remove_file(path) {
            Ok(()) => error,
            Err(_) => error.hint(format!("remove {}: the password in it is of no use", path.display())),
        }
    }
}

impl PasswordArgs {
    /// Whether the password comes from a stream or a file, so that reading it asks nobody and makes nothing.
    pub(in crate::commands) fn is_given(&self) -> bool {
        self.password_stdin || self.password_file.is_some()
    }

    /// Refuses, before a question, a password from a terminal, and an output that would lose a generated password.
    ///
    /// # Errors
    /// `usage`.
    pub(in crate::commands) fn refuse_to_lose(&self, context: &Context) -> Result<()> {
        if self.password_stdin {
            refuse_a_terminal(context.ui())?;
        }
        if self.generate && self.password_out.is_none() && context.format() == Format::Name {
            return Err(CliError::usage("a list of names does not show the generated password")
                .hint("add --password-out FILE, or choose another --output"));
        }
        if self.generate && self.password_out.is_none() && context.ui().selection().leaves_out("password") {
            return Err(CliError::usage("the chosen columns do not show the generated password")
                .hint("add the column password, or --password-out FILE"));
        }
        Ok(())
    }

    /// The new password of the account `name`, checked before anything is sent. One that is easily guessed
    /// gets a warning.
    ///
    /// # Errors
    /// `invalid_input` with every broken rule; `usage` when nobody gives one; `io`.
    pub(in crate::commands) async fn read(&self, context: &Context, name: &str) -> Result<NewPassword> {
        if self.generate {
            return self.generated(context.ui());
        }
        let password = self.given(context.ui(), name).await?;
        password::check(&password).map_err(|broken| {
            CliError::invalid_input(broken.into_iter().map(password::Rule::violation).collect())
        })?;
        if let Some(weakness) = password::weakness(&password, &[name]) {
            let why = weakness.trim_end_matches('.');
            context.ui().warning(format!("this password keeps the policy and is weak all the same: {why}"));
        }
        Ok(NewPassword { password, show: false, file: None })
    }

    /// The same for a rehearsal: a generated password is shown to nobody and written nowhere.
    ///
    /// # Errors
    /// As [`Self::read`]; `io` for a file that stands there already.
    pub(in crate::commands) async fn rehearse(&self, context: &Context, name: &str) -> Result<NewPassword> {
        if !self.generate {
            return self.read(context, name).await;
        }
        if let Some(path) = &self.password_out {
            require_absent(path)?;
        }
        Ok(NewPassword { password: password::generate(&mut rand::rng()), show: false, file: None })
    }

    async fn given(&self, ui: &Ui, name: &str) -> Result<Password> {
        if self.password_stdin {
            return password_from_stdin(ui);
        }
        if let Some(path) = &self.password_file {
            return Ok(read_password_file(path)?);
        }
        if !ui.is_interactive() {
            return Err(CliError::usage("no password is given, and nobody can be asked")
                .hint("use --password-stdin, --password-file FILE or --generate"));
        }
        let first = ui.prompt_secret(&format!("New password of {name}")).await?;
        let second = ui.prompt_secret("The same again").await?;
        if *first != *second {
            return Err(CliError::usage("the two passwords differ: nothing was changed"));
        }
        Ok(Password::new(first.as_str()))
    }

    fn generated(&self, ui: &Ui) -> Result<NewPassword> {
        let password = password::generate(&mut rand::rng());
        let Some(path) = &self.password_out else {
            return Ok(NewPassword { password, show: true, file: None });
        };
        write(path, &password)?;
        let file = PasswordFile { path: path.clone(), fate: Cell::new(Fate::Unsent), ui: ui.clone() };
        Ok(NewPassword { password, show: false, file: Some(file) })
    }

    /// Whether nothing says where the password comes from, so that it is asked for.
    pub(in crate::commands) fn is_missing(&self) -> bool {
        !self.generate && !self.is_given()
    }
}

fn way_out(name: &str) -> Hint {
    CommandLine::new("passwd")
        .operand(name)
        .switch("--generate")
        .after(format!("the new password of {name} is in force and was not shown; set another with: "))
}

/// An expression that shows nothing of a generated password.
fn left_out() -> CliError {
    CliError::new(Code::Output, "the expression of --jq does not show the generated password")
}

/// Before the request, so that no account has a password that nobody knows because a disk was full.
fn write(path: &Path, password: &Password) -> Result<()> {
    let line = Zeroizing::new(format!("{}\n", password.expose()));
    Ok(secure_file::create_private(path, line.as_bytes())?)
}

/// Refuses `--password-stdin` on a terminal, where typing would be seen.
///
/// # Errors
/// `usage`.
pub(in crate::commands) fn refuse_a_terminal(ui: &Ui) -> Result<()> {
    if !ui.stdin_is_terminal() {
        return Ok(());
    }
    Err(CliError::usage("--password-stdin reads a pipe or a file, not a terminal")
        .hint("leave it out to be asked"))
}

/// Reads a password from standard input; one line end at the end is not part of it.
///
/// # Errors
/// `usage` when standard input is a terminal, where typing would be seen, or holds what can be no password; `io`.
pub fn password_from_stdin(ui: &Ui) -> Result<Password> {
    refuse_a_terminal(ui)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(PASSWORD_FILE_LIMIT + 1));
    let most = PASSWORD_FILE_LIMIT as u64 + 1;
    let read = std::io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|error| CliError::io("cannot read standard input", error))?;
    if bytes.len() > PASSWORD_FILE_LIMIT {
        return Err(CliError::usage(format!("standard input holds more than {PASSWORD_FILE_LIMIT} bytes")));
    }
    password_of(&bytes).map_err(CliError::usage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Target;

    #[test]
    fn a_generated_password_that_nobody_saw_is_an_error_with_the_way_out() {
        let closed = || CliError::answer(std::io::ErrorKind::BrokenPipe.into());
        let lost = NewPassword::unshown("ci", closed());
        assert_eq!((lost.exit_code(), lost.is_quiet()), (1, false));
        assert!(
            lost.hints()[0].on(&Target::default()).ends_with("sactl passwd ci --generate"),
            "{:?}",
            lost.hints()
        );
    }
}
