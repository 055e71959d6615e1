//! Responsible for the life of a new password: prepared, sent, and settled by the answer. Refuses to lose one that may
//! be in force: its file stays, or it is shown, or it is kept in a private file.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::company_session::{CompanySession, maybe_made};
pub(in crate::commands) use super::password_file::new_key;
use super::password_file::{Order, PasswordFile, Unfinished};
use super::unshown_password::{UnshownPassword, reset};
use crate::api::Code;
use crate::domain::{Password, password};
use crate::error::{CliError, Result};
use crate::output::{Answer, Selection};
use crate::text::Hint;
use crate::ui::{Ui, WayOut, drops_the_answer};

/// A password that keeps the policy and was not sent yet.
#[derive(Debug)]
pub(in crate::commands) struct NewPassword {
    password: Password,
    place: Place<PathBuf>,
}

/// Who holds the password besides the server.
#[derive(Debug)]
enum Place<File> {
    /// The user, who gave it.
    User,
    /// The answer of the command.
    Answer,
    /// A file, with the attempt that left it there.
    File(File, Option<Unfinished>),
}

/// A password that may be in force.
#[derive(Debug)]
pub(in crate::commands) struct SentPassword<'a> {
    ui: &'a Ui,
    /// Where it is kept if the answer cannot show it.
    folder: Option<&'a Path>,
    order: Order,
    password: Password,
    key: String,
    place: Place<PasswordFile>,
}

impl NewPassword {
    /// A password that the user gave.
    pub(in crate::commands) const fn given(password: Password) -> Self {
        Self { password, place: Place::User }
    }

    /// A generated password, which the answer shows.
    pub(in crate::commands) fn generated() -> Self {
        Self { password: password::generate(&mut rand::rng()), place: Place::Answer }
    }

    /// A generated password for the file at `path`: a new one, or that of an unfinished attempt.
    ///
    /// # Errors
    /// As [`Unfinished::at`].
    pub(in crate::commands) fn in_file(path: PathBuf) -> Result<Self> {
        let unfinished = Unfinished::at(&path)?;
        let password = match &unfinished {
            Some(unfinished) => unfinished.password.clone(),
            None => password::generate(&mut rand::rng()),
        };
        Ok(Self { password, place: Place::File(path, unfinished) })
    }

    /// The password, for the request.
    pub(in crate::commands) fn password(&self) -> &Password {
        &self.password
    }

    /// A password for a dry run: the one that the user gave, or else one that is made for it and kept nowhere.
    pub(in crate::commands) fn for_dry_run(&self) -> Password {
        match self.place {
            Place::User => self.password.clone(),
            Place::Answer | Place::File(..) => password::generate(&mut rand::rng()),
        }
    }

    /// The moment before the request: the file is written, and an interrupt does not lose the password any more.
    ///
    /// # Errors
    /// Those of [`PasswordFile::begin`]; `usage` where the answer is to show the password and cannot.
    pub(in crate::commands) fn send<'a>(
        self,
        session: &CompanySession<'a>,
        command: &str,
        account: &str,
        request: Value,
    ) -> Result<SentPassword<'a>> {
        let order = Order {
            command: command.to_owned(),
            server: session.client.origin().to_string(),
            company: session.company,
            account: account.to_owned(),
            request,
        };
        let (place, key) = match self.place {
            Place::User => (Place::User, new_key()),
            Place::Answer if drops_the_answer() => return Err(nowhere_to_show(account)),
            Place::Answer => (Place::Answer, new_key()),
            Place::File(path, unfinished) => {
                let file = PasswordFile::begin(path, unfinished, &self.password, order.clone())?;
                let key = file.key.clone();
                (Place::File(file, None), key)
            }
        };
        let (ui, folder) = (session.ui, session.folder());
        let sent = SentPassword { ui, folder, order, password: self.password, key, place };
        let way_out = match &sent.place {
            Place::User => WayOut::saying(maybe_made(session.shown_by(account))),
            Place::File(file, _) => WayOut::saying(file_in_doubt(file, account)),
            Place::Answer => {
                let unshown = sent.unshown();
                WayOut::saving(move || unshown.in_doubt())
            }
        };
        sent.ui.leave_way_out(Some(way_out));
        Ok(sent)
    }
}

impl SentPassword<'_> {
    /// The idempotency key of the attempt.
    pub(in crate::commands) fn key(&self) -> &str {
        &self.key
    }

    /// The password is in force: says where it is, or shows it in the answer.
    ///
    /// # Errors
    /// `output`, also where the answer was to show a generated password and does not: the password is in a file then.
    pub(in crate::commands) fn done<A: Answer>(
        self,
        session: &CompanySession<'_>,
        answer: impl Fn(Option<Password>) -> A,
    ) -> Result<()> {
        self.ui.leave_way_out(None);
        match &self.place {
            Place::User => session.show(&answer(None)),
            Place::File(file, _) => {
                file.keep();
                self.ui.status(format!("The password is in {}", file.path()));
                session.show(&answer(None))
            }
            Place::Answer => {
                let unshown = self.unshown();
                let rescued = unshown.clone();
                self.ui.leave_way_out(Some(WayOut::saving(move || rescued.set())));
                let view = answer(Some(self.password.clone()));
                let leaves_it_out = match session.ui.selection() {
                    Selection::Jq(expression) => {
                        expression.is_blind_to(&view, &answer(Some(password::generate(&mut rand::rng()))))
                    }
                    Selection::Whole | Selection::Columns(_) => false,
                };
                let shown = if leaves_it_out { Err(left_out()) } else { session.show(&view) };
                shown.map_err(|error| not_shown(error, unshown.set()))
            }
        }
    }

    /// The request failed. A password that may be in force stays in its file or is shown; a file with any other one is
    /// removed.
    pub(in crate::commands) fn failed(self, error: CliError) -> CliError {
        self.ui.leave_way_out(None);
        // The server confirmed the change, and only its result could not be read.
        if error.code() == Code::Output {
            return self.confirmed(error);
        }
        let resumed = matches!(&self.place, Place::File(file, _) if file.was_sent_before);
        if let Place::File(file, _) = &self.place
            && resumed
            && error.violations().iter().any(|broken| broken.code == "idempotency_key")
        {
            let files = format!("{} and {}", file.path(), file.beside().display());
            let hint = format!(
                "the account was created by this attempt, and its password was changed since: remove \
                 {files}, or set a new password with "
            );
            return error.hint(reset(&self.order.account).after(hint));
        }
        if error.leaves_doubt() || resumed {
            return match &self.place {
                Place::User => error,
                Place::File(file, _) => error.hint_before(file_in_doubt(file, &self.order.account)),
                Place::Answer => error.hint_before(self.unshown().in_doubt()),
            };
        }
        match &self.place {
            Place::File(file, _) if file.take_back().is_err() => {
                error.hint(format!("remove {}: its password belongs to no account", file.path()))
            }
            _ => error,
        }
    }

    /// The password as one that the answer does not show.
    fn unshown(&self) -> UnshownPassword {
        UnshownPassword {
            account: self.order.account.clone(),
            password: self.password.clone(),
            key: self.key.clone(),
            folder: self.folder.map(Path::to_owned),
            creates: self.order.command == "create",
        }
    }

    /// The password is in force, and the answer is an error: says where the password is.
    fn confirmed(&self, error: CliError) -> CliError {
        match &self.place {
            Place::User => error,
            Place::File(file, _) => {
                file.keep();
                let (account, file) = (&self.order.account, file.path());
                error.hint_before(format!("the password of {account} is set, and it is in {file}"))
            }
            Place::Answer => error.hint_before(self.unshown().set()),
        }
    }
}

/// What to do when the password in a file may be in force.
fn file_in_doubt(file: &PasswordFile, account: &str) -> Hint {
    Hint::from(format!(
        "the password in {0} may already be the password of {account}: run the same command again to finish this \
         attempt; or if {account} can sign in with it, remove {1}",
        file.path(),
        file.beside().display()
    ))
}

/// Standard output takes nothing, so that a generated password would be lost.
fn nowhere_to_show(account: &str) -> CliError {
    CliError::usage(format!(
        "standard output is closed or discarded, and the generated password of {account} would be lost; nothing \
         was changed"
    ))
    .hint("add --password-out FILE, or connect standard output")
}

/// An expression that shows nothing of a generated password.
fn left_out() -> CliError {
    CliError::new(Code::Output, "the --jq expression does not show the generated password")
}

/// The answer was to show a generated password and could not be written: an error even where only the reader went
/// away.
fn not_shown(error: CliError, way_out: Hint) -> CliError {
    error.told().hint_before(way_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Target;

    #[test]
    fn generated_password_that_was_not_shown_is_an_error_with_the_way_out() {
        let closed = CliError::answer(std::io::ErrorKind::BrokenPipe.into());
        let lost = not_shown(closed, reset("ci").after("set another with: "));
        assert_eq!((lost.exit_code(), lost.is_quiet()), (1, false));
        let hint = lost.hints()[0].on(&Target::default());
        assert_eq!(hint, "set another with: sactl passwd ci --generate");
    }
}
