//! The source of a new password: a prompt, standard input, a file, or the generator.
//!
//! Responsible for reading and checking it. Refuses a password as an argument.

use std::io::Read;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::new_password::NewPassword;
use super::password_file::Unfinished;
use super::prompts::QUESTIONS;
use crate::config::PolicyPlace;
use crate::config::identity::{PASSWORD_FILE_LIMIT, password_of, read_password_file};
use crate::context::Context;
use crate::domain::{Password, password};
use crate::error::{CliError, Result};
use crate::output::Format;
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
    /// Where the new password is checked [default: local, or that of the profile]
    #[arg(long, value_name = "WHERE")]
    pub policy: Option<PolicyPlace>,
    /// Generate a password of 24 random characters; it is shown once
    #[arg(long, group = "password source")]
    pub generate: bool,
    /// Write the generated password to a new file that only you can read; do not show it
    ///
    /// If the outcome is unknown (exit 8), the file stays, with FILE.attempt next to it. Run the same command
    /// again to finish that attempt with the password in FILE. If nothing was changed, no file is left.
    #[arg(long, requires = "generate", conflicts_with_all = ["password_stdin", "password_file"], value_name = "FILE")]
    pub password_out: Option<PathBuf>,
}

impl PasswordArgs {
    /// Whether the password comes from a stream or a file, so that reading it needs no prompt and creates
    /// nothing.
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
            return Err(CliError::usage("-o name does not show the generated password")
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
    /// `invalid_input` with every broken rule; `usage` when none is given; `io`, also for a file of `--password-out`
    /// that exists and belongs to no unfinished attempt.
    pub(in crate::commands) async fn read(&self, context: &Context, name: &str) -> Result<NewPassword> {
        if self.generate {
            return match &self.password_out {
                Some(path) => NewPassword::in_file(path.clone()),
                None => Ok(NewPassword::generated()),
            };
        }
        let policy = match self.policy {
            Some(policy) => policy,
            None => context.settings()?.policy,
        };
        let check = match policy {
            PolicyPlace::Local => checked,
            PolicyPlace::Server => Ok,
        };
        let password = match self.given(context.ui())? {
            Some(password) => check(password)?,
            None => typed(context.ui(), name, check).await?,
        };
        if policy == PolicyPlace::Local
            && let Some(weakness) = password::weakness(&password, &[name])
        {
            let why = weakness.trim_end_matches('.');
            context.ui().warning(format!("this password follows the policy but is weak: {why}"));
        }
        Ok(NewPassword::given(password))
    }

    /// The password of the stream or the file; `None` where it is asked for.
    fn given(&self, ui: &Ui) -> Result<Option<Password>> {
        if self.password_stdin {
            return not_empty(password_from_stdin(ui)?, "standard input").map(Some);
        }
        if let Some(path) = &self.password_file {
            return not_empty(read_password_file(path)?, &path.display().to_string()).map(Some);
        }
        if ui.is_interactive() {
            return Ok(None);
        }
        Err(CliError::usage("no password given, and no terminal to ask on")
            .hint("use --password-stdin, --password-file FILE or --generate"))
    }

    /// Whether the file of `--password-out` belongs to an unfinished attempt of this command on this account.
    pub(in crate::commands) fn resumes(&self, command: &str, account: &str) -> bool {
        let unfinished = self.password_out.as_deref().and_then(|path| Unfinished::at(path).ok().flatten());
        unfinished.is_some_and(|unfinished| unfinished.is_of(command, account))
    }

    /// Whether nothing says where the password comes from, so that it is asked for.
    pub(in crate::commands) fn is_missing(&self) -> bool {
        !self.generate && !self.is_given()
    }
}

/// Refuses nothing in place of a password: it has nothing to do with the rules.
fn not_empty(password: Password, place: &str) -> Result<Password> {
    if password.expose().is_empty() {
        Err(CliError::usage(format!("no password in {place}: it is empty")))
    } else {
        Ok(password)
    }
}

/// A password that keeps the policy.
///
/// # Errors
/// `invalid_input` with every broken rule.
pub(in crate::commands) fn checked(password: Password) -> Result<Password> {
    match password::check(&password) {
        Ok(()) => Ok(password),
        Err(broken) => {
            Err(CliError::invalid_input(broken.into_iter().map(password::Rule::violation).collect()))
        }
    }
}

/// A new password of `name`, typed twice; again where the two differ or a rule is broken.
///
/// # Errors
/// Those of asking; the last refusal.
pub(in crate::commands) async fn typed(
    ui: &Ui,
    name: &str,
    check: fn(Password) -> Result<Password>,
) -> Result<Password> {
    let mut asked = 1;
    loop {
        let first = ui.prompt_secret(&format!("New password of {name}")).await?;
        let refusal = match check(Password::new(first.as_str())) {
            Ok(password) if *ui.prompt_secret("Repeat the password").await? == *first => return Ok(password),
            Ok(_) => CliError::usage("the two passwords differ: nothing was changed"),
            Err(refusal) => refusal,
        };
        if asked == QUESTIONS {
            return Err(refusal);
        }
        match refusal.violations() {
            [] => ui.ask_about(refusal.message()),
            broken => broken.iter().for_each(|rule| ui.ask_about(&*rule.message)),
        }
        asked += 1;
    }
}

/// Refuses `--password-stdin` on a terminal, where typing would be seen.
///
/// # Errors
/// `usage`.
pub(in crate::commands) fn refuse_a_terminal(ui: &Ui) -> Result<()> {
    if !ui.stdin_is_terminal() {
        return Ok(());
    }
    Err(CliError::usage("--password-stdin needs a pipe or a file, not a terminal")
        .hint("remove it to type the password"))
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
        return Err(CliError::usage(format!("standard input has more than {PASSWORD_FILE_LIMIT} bytes")));
    }
    password_of(&bytes).map_err(CliError::usage)
}
