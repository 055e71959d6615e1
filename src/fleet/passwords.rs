//! Where new passwords of a run go.
//!
//! Responsible for a file that contains each new password before it is valid, and for the old one until the new one is
//! known to work. Refuses to lose either: whatever fails, the valid password is in a file that a message can name.
//! Refuses a folder that another run is using.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::journal::Handover;
use crate::config::identity::{PASSWORD_FILE_LIMIT, password_of};
use crate::config::secure_file::{self, Folder};
use crate::domain::{Password, password};
use crate::error::{CliError, Result};

/// The folder of the passwords of one run.
#[derive(Debug)]
pub(super) struct Passwords {
    folder: PathBuf,
    /// The open folder. It is locked: two runs would overwrite each other's passwords.
    locked: File,
    /// The command that takes them over.
    command: Option<String>,
}

impl Passwords {
    /// The folder that `handover` names; for a command, a private one beside the journal of the run `id`.
    ///
    /// # Errors
    /// `io`, `credential_store`; `usage` while another run uses the folder.
    pub(super) fn open(handover: &Handover, journals: &Path, id: &str) -> Result<Self> {
        let (folder, command) = match handover {
            Handover::Folder(folder) => (Folder::make(folder)?, None),
            Handover::Command(command) => {
                (Folder::make_private(&journals.join(format!("{id}.passwords")))?, Some(command.clone()))
            }
        };
        let folder = folder.path().to_owned();
        let failed = |error| CliError::io(format!("cannot lock {}", folder.display()), error);
        let locked = File::open(&folder).map_err(failed)?;
        match locked.try_lock() {
            Ok(()) => Ok(Self { folder, locked, command }),
            Err(TryLockError::WouldBlock) => {
                Err(CliError::usage(format!("another run writes passwords to {}", folder.display()))
                    .hint("wait until it has ended, or use another folder"))
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The file of the password of `account`.
    pub(super) fn current(&self, account: &str) -> PathBuf {
        self.folder.join(format!("{account}.password"))
    }

    /// The file of the password that `account` had before, until the new one is known to work.
    pub(super) fn previous(&self, account: &str) -> PathBuf {
        self.folder.join(format!("{account}.password.previous"))
    }

    fn next(&self, account: &str) -> PathBuf {
        self.folder.join(format!("{account}.password.next"))
    }

    /// The password in the file of `account`; `None` where there is none.
    ///
    /// # Errors
    /// `io`, `config`.
    pub(super) fn read(&self, account: &str) -> Result<Option<Password>> {
        let bytes = secure_file::read_private(&self.current(account), PASSWORD_FILE_LIMIT)?;
        bytes.map(|bytes| parsed(&bytes, &self.current(account))).transpose()
    }

    /// Writes a new password for a new account, or finds the one that an earlier attempt wrote. The second value says
    /// whether an earlier attempt may have sent the password.
    ///
    /// # Errors
    /// `io`.
    pub(super) fn prepare_new(&self, account: &str, was_begun: bool) -> Result<(Password, bool)> {
        if was_begun && let Some(password) = self.read(account)? {
            return Ok((password, true));
        }
        let password = password::generate(&mut rand::rng());
        secure_file::create_private(&self.current(account), &line(&password))?;
        Ok((password, false))
    }

    /// The passwords that an earlier attempt left in doubt, the newer one first: either may be valid.
    ///
    /// # Errors
    /// `io`, `config`.
    pub(super) fn in_doubt(&self, account: &str) -> Result<Option<(Password, Password)>> {
        let previous = self.previous(account);
        let Some(bytes) = secure_file::read_private(&previous, PASSWORD_FILE_LIMIT)? else { return Ok(None) };
        let older = parsed(&bytes, &previous)?;
        Ok(self.read(account)?.map(|newer| (newer, older)))
    }

    /// Writes a new password into the file of `account`; the old one is kept beside it. After a crash in between, the
    /// same call finishes what it began.
    ///
    /// # Errors
    /// `io`.
    pub(super) fn prepare_next(&self, account: &str) -> Result<Password> {
        let (current, previous, next) = (self.current(account), self.previous(account), self.next(account));
        let failed = |error| CliError::io(format!("cannot write {}", current.display()), error);
        let left = secure_file::read_private(&next, PASSWORD_FILE_LIMIT)?;
        let password = if let Some(bytes) = left {
            parsed(&bytes, &next)?
        } else {
            let password = password::generate(&mut rand::rng());
            secure_file::create_private(&next, &line(&password))?;
            password
        };
        if current.exists() && !previous.exists() {
            std::fs::rename(&current, &previous).map_err(failed)?;
        }
        std::fs::rename(&next, &current).map_err(failed)?;
        self.sync()?;
        Ok(password)
    }

    /// Restores the old password, because the new one was certainly not set.
    ///
    /// # Errors
    /// `io`.
    pub(super) fn restore(&self, account: &str) -> Result<()> {
        let (current, previous) = (self.current(account), self.previous(account));
        let outcome = if previous.exists() {
            std::fs::rename(&previous, &current)
        } else {
            std::fs::remove_file(&current)
        };
        outcome.map_err(|error| CliError::io(format!("cannot restore {}", current.display()), error))?;
        self.sync()
    }

    /// Removes the old password: the new one is known to work.
    ///
    /// # Errors
    /// `io`.
    pub(super) fn settle(&self, account: &str) -> Result<()> {
        match std::fs::remove_file(self.previous(account)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(CliError::io(format!("cannot remove {}", self.previous(account).display()), error))
            }
            _ => self.sync(),
        }
    }

    fn sync(&self) -> Result<()> {
        self.locked
            .sync_all()
            .map_err(|error| CliError::io(format!("cannot write {}", self.folder.display()), error))
    }

    /// Gives the password to the command, if there is one, and removes the file once it has taken it.
    ///
    /// # Errors
    /// `io` with the name of the file that still holds the password.
    pub(super) async fn hand_over(&self, account: &str, password: &Password) -> Result<()> {
        let Some(command) = self.command.clone() else { return Ok(()) };
        let file = self.current(account);
        let (name, secret) = (account.to_owned(), password.clone());
        let ended = tokio::task::spawn_blocking(move || run(&command, &name, &secret)).await;
        let ended = ended.map_err(|error| CliError::internal("handing over failed").caused_by(error))?;
        let failed = |why: String| {
            CliError::new(
                crate::api::Code::Io,
                format!("{why}; the password of {account} is in force and in {}", file.display()),
            )
        };
        match ended {
            Ok(status) if status.success() => std::fs::remove_file(&file)
                .map_err(|error| CliError::io(format!("cannot remove {}", file.display()), error)),
            Ok(status) => Err(failed(format!("the command of --exec ended with {status}"))),
            Err(error) => Err(failed(format!("the command of --exec failed: {error}"))),
        }
    }
}

/// Runs the command with the password as one line on its standard input.
fn run(command: &str, account: &str, password: &Password) -> std::io::Result<std::process::ExitStatus> {
    let mut child = Command::new("/bin/sh")
        .args(["-c", command])
        .env("SACTL_ACCOUNT", account)
        .env_remove("SACTL_PASSWORD")
        .env_remove("SACTL_TOKEN")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        match input.write_all(&line(password)) {
            // It may not want it.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    child.wait()
}

fn parsed(bytes: &[u8], path: &Path) -> Result<Password> {
    password_of(bytes).map_err(|why| CliError::config(format!("{}: {why}", path.display())))
}

fn line(password: &Password) -> zeroize::Zeroizing<Vec<u8>> {
    zeroize::Zeroizing::new(format!("{}\n", password.expose()).into_bytes())
}
