//! A generated password that may be in force and was not shown.
//!
//! Responsible for keeping it in a private file, and for what to do next. Refuses to write it to any output: it was
//! not asked for there, and many may read the log of a CI job.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::secure_file::{self, Folder};
use crate::domain::Password;
use crate::text::{CommandLine, Hint};

/// The folder below that of the configuration.
const FOLDER: &str = "unshown";

/// The password of an attempt whose answer should have shown it.
#[derive(Clone, Debug)]
pub(super) struct UnshownPassword {
    pub(super) account: String,
    pub(super) password: Password,
    /// The key of the attempt, which names the file.
    pub(super) key: String,
    /// The folder of the configuration, if it is known.
    pub(super) folder: Option<PathBuf>,
    /// Whether the attempt was to create the account.
    pub(super) creates: bool,
}

impl UnshownPassword {
    /// Keeps the password, which is in force, and says where.
    pub(super) fn set(&self) -> Hint {
        let account = &self.account;
        reset(account).after(match self.keep() {
            Some(file) => format!(
                "the new password of {account} was set but not shown; it is in {}: move that file to its place, or \
                 set another password with: ",
                file.display()
            ),
            None => format!("the new password of {account} was set but not shown; set another one with: "),
        })
    }

    /// Keeps the password, which may be in force, and says where and what to check.
    pub(super) fn in_doubt(&self) -> Hint {
        let (account, file) = (&self.account, self.keep());
        let file = file.as_deref().map(Path::display);
        if !self.creates {
            return reset(account).after(match file {
                Some(file) => format!(
                    "the new password of {account} may already be set; it is in {file}: move that file to its place \
                     if {account} can sign in with it, or set another password with: "
                ),
                None => format!("the new password of {account} may already be set; set another one with: "),
            });
        }
        let check = CommandLine::new("show").operand(account);
        match file {
            Some(file) => check
                .after(format!("{account} may have been created, with the password in {file}: check with "))
                .then("; if it exists, move that file to its place or set another password with ")
                .run(reset(account))
                .then("; if not, remove the file and run the same command again"),
            None => check
                .after(format!("{account} may have been created: check with "))
                .then("; if it exists, set a password with ")
                .run(reset(account))
                .then("; if not, run the same command again"),
        }
    }

    /// Writes the password into a private file of its own; `None` if that fails.
    fn keep(&self) -> Option<PathBuf> {
        let folder = Folder::make_private(&self.folder.as_ref()?.join(FOLDER)).ok()?;
        let path = folder.path().join(format!("{}.password", self.key));
        // The key is of this attempt alone: a file that is there was written a moment ago.
        if path.symlink_metadata().is_err() {
            let line = Zeroizing::new(format!("{}\n", self.password.expose()));
            secure_file::create_private(&path, line.as_bytes()).ok()?;
        }
        Some(path)
    }
}

/// The command that sets another password.
pub(super) fn reset(account: &str) -> CommandLine {
    CommandLine::new("passwd").operand(account).switch("--generate")
}
