//! Responsible for the file that receives a generated password, and for the private file beside it that says which
//! attempt it belongs to, so that the same command can finish that attempt. Refuses to touch any other file.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::api::Code;
use crate::config::identity::{PASSWORD_FILE_LIMIT, password_of};
use crate::config::locked_file::LockedFile;
use crate::config::secure_file;
use crate::domain::{CompanyId, Password, password};
use crate::error::{CliError, Result};

/// Most bytes of the file beside the password: a request holds names, roles and permissions.
const ATTEMPT_LIMIT: usize = 256 * 1024;

/// A change that sets a password, without the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::commands) struct Order {
    /// `create` or `passwd`.
    pub(in crate::commands) command: String,
    /// The server.
    pub(in crate::commands) server: String,
    /// The company that owns the account.
    pub(in crate::commands) company: CompanyId,
    /// The account.
    pub(in crate::commands) account: String,
    /// What else is asked for.
    pub(in crate::commands) request: Value,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, server, company, account, .. } = self;
        write!(f, "sactl {command} {account} in company {company} at {server}")
    }
}

/// An order that is sent, perhaps several times, and carried out at most once.
#[derive(Debug, Serialize, Deserialize)]
struct ActionDescription {
    key: String,
    #[serde(flatten)]
    order: Order,
}

/// An attempt whose outcome is not known, with its password.
#[derive(Debug)]
pub(in crate::commands) struct Unfinished {
    pub(in crate::commands) password: Password,
    attempt: ActionDescription,
}

/// The files of an attempt that is sent. No other command uses them until this is dropped.
#[derive(Debug)]
pub(in crate::commands) struct PasswordFile {
    path: PathBuf,
    /// Makes repeating safe: the server knows the attempt by it.
    pub(in crate::commands) key: String,
    /// Whether an earlier run of the command may have been carried out.
    pub(in crate::commands) was_sent_before: bool,
    _lock: LockedFile,
}

impl Unfinished {
    /// The unfinished attempt whose password is in the file at `path`; `None` where there is no file.
    ///
    /// # Errors
    /// `io` for any other file; `usage` for `-`.
    pub(in crate::commands) fn at(path: &Path) -> Result<Option<Self>> {
        if path == Path::new("-") {
            return Err(CliError::usage("--password-out writes a file, not standard output")
                .hint("remove it to print the password, or write ./- for a file named -"));
        }
        if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Ok(None);
        }
        let attempt = secure_file::read_private(&beside(path), ATTEMPT_LIMIT).ok().flatten();
        let password = secure_file::read_private(path, PASSWORD_FILE_LIMIT).ok().flatten();
        let read = |attempt: &[u8], password: &[u8]| {
            let password = password_of(password).ok().filter(|password| password::check(password).is_ok())?;
            Some(Self { password, attempt: serde_json::from_slice(attempt).ok()? })
        };
        attempt
            .zip(password)
            .and_then(|(attempt, password)| read(&attempt, &password))
            .map(Some)
            .ok_or_else(|| exists(path))
    }

    /// Whether it is one of this command on the account of this name.
    pub(in crate::commands) fn is_of(&self, command: &str, account: &str) -> bool {
        self.attempt.order.command == command && self.attempt.order.account == account
    }
}

impl PasswordFile {
    /// Writes `password` into a new file at `path` and what its attempt is beside it, so that neither a full disk nor
    /// a crash loses a password that is in force; or takes the files of the `unfinished` attempt.
    ///
    /// # Errors
    /// `io`; `usage` where the unfinished attempt is another one, or another command uses the files.
    pub(in crate::commands) fn begin(
        path: PathBuf,
        unfinished: Option<Unfinished>,
        password: &Password,
        order: Order,
    ) -> Result<Self> {
        if let Some(Unfinished { attempt: ActionDescription { order: sent, .. }, .. }) = &unfinished
            && *sent != order
        {
            return Err(belongs_elsewhere(&path, sent, &order));
        }
        let busy = || {
            CliError::usage(format!("another sactl is using {}", path.display()))
                .hint("wait until it ends, or use another file")
        };
        let lock = LockedFile::open(&beside(&path))?.ok_or_else(busy)?;
        // Another command may have ended between the first look and the lock.
        match (unfinished, Unfinished::at(&path)) {
            (None, Ok(None)) => Self::new(path, lock, password, order),
            (Some(Unfinished { attempt: ActionDescription { key, .. }, .. }), Ok(Some(now)))
                if now.attempt.key == key =>
            {
                Ok(Self { path, key, was_sent_before: true, _lock: lock })
            }
            (_, found) => {
                if lock.is_new() {
                    lock.discard();
                }
                Err(found.err().unwrap_or_else(busy))
            }
        }
    }

    fn new(path: PathBuf, mut lock: LockedFile, password: &Password, order: Order) -> Result<Self> {
        let attempt = ActionDescription { key: new_key(), order };
        let written = serde_json::to_vec(&attempt)
            .map_err(|error| CliError::internal("cannot write the attempt").caused_by(error))?;
        let line = Zeroizing::new(format!("{}\n", password.expose()));
        // What a crash left may be overwritten, but no file of something else.
        let found = lock.read(ATTEMPT_LIMIT)?;
        if !found.is_empty() && serde_json::from_slice::<ActionDescription>(&found).is_err() {
            return Err(exists(&beside(&path)));
        }
        let made = lock.write(&written).and_then(|()| secure_file::create_private(&path, line.as_bytes()));
        if let Err(error) = made {
            lock.discard();
            return Err(error.into());
        }
        Ok(Self { path, key: attempt.key, was_sent_before: false, _lock: lock })
    }

    /// The password is in force: the file stays, and nothing is left to finish.
    pub(in crate::commands) fn keep(&self) {
        let _ = std::fs::remove_file(beside(&self.path));
    }

    /// Nothing was done, so the password is that of no account: removes the files.
    ///
    /// # Errors
    /// Those of removing the file.
    pub(in crate::commands) fn take_back(&self) -> std::io::Result<()> {
        std::fs::remove_file(&self.path)?;
        let _ = std::fs::remove_file(beside(&self.path));
        Ok(())
    }

    /// The file, as it was named.
    pub(in crate::commands) fn path(&self) -> std::path::Display<'_> {
        self.path.display()
    }

    /// The file that says which attempt it is.
    pub(in crate::commands) fn beside(&self) -> PathBuf {
        beside(&self.path)
    }
}

/// A key that no other attempt has.
pub(in crate::commands) fn new_key() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// `FILE.attempt`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".attempt");
    path.with_file_name(name)
}

fn exists(path: &Path) -> CliError {
    let path = path.display();
    CliError::new(Code::Io, format!("{path} exists, and sactl does not overwrite files"))
        .hint(format!("use another file; {path} may have a password that is in use"))
}

fn belongs_elsewhere(path: &Path, sent: &Order, order: &Order) -> CliError {
    let (file, beside) = (path.display(), beside(path));
    let is_alike = sent.to_string() == order.to_string();
    let arguments = if is_alike { ", with other arguments" } else { "" };
    CliError::usage(format!("{file} has the password of an unfinished {sent}{arguments}"))
        .hint("run that command again to finish it, or use another file")
        .hint(format!("to abandon that attempt, remove {file} and {}", beside.display()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn order(role: &str) -> Order {
        let (command, server, account) = ("create".into(), "https://x.example".into(), "ci".into());
        Order { command, server, company: CompanyId(1), account, request: json!({ "role": role }) }
    }

    #[test]
    fn attempt_with_its_password_is_found_again_and_no_other_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        assert!(Unfinished::at(&path).unwrap().is_none());
        let password = Password::new("Secret-1234");
        let begun = PasswordFile::begin(path.clone(), None, &password, order("viewer")).unwrap();
        let found = || Unfinished::at(&path).unwrap();
        assert_eq!(found().unwrap().password.expose(), "Secret-1234");
        let key = begun.key.clone();
        drop(begun);
        let again = PasswordFile::begin(path.clone(), found(), &password, order("viewer")).unwrap();
        assert_eq!((again.key.as_str(), again.was_sent_before), (key.as_str(), true));
        let busy = PasswordFile::begin(path.clone(), found(), &password, order("viewer")).unwrap_err();
        assert!(busy.message().contains("another sactl"), "{busy}");
        drop(again);
        let other = PasswordFile::begin(path.clone(), found(), &password, order("operator")).unwrap_err();
        assert!(other.message().contains("unfinished sactl create ci in company 1"), "{other}");
        PasswordFile::begin(path.clone(), found(), &password, order("viewer")).unwrap().keep();
        assert_eq!(Unfinished::at(&path).unwrap_err().exit_code(), 1);
        std::fs::remove_file(&path).unwrap();
        assert!(Unfinished::at(&path).unwrap().is_none());
    }

    #[test]
    fn files_that_another_user_may_have_written_are_not_taken() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let begun =
            PasswordFile::begin(path.clone(), None, &Password::new("Secret-1234"), order("viewer")).unwrap();
        for file in [path.clone(), begun.beside()] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
            assert_eq!(Unfinished::at(&path).unwrap_err().exit_code(), 1);
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        begun.take_back().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
