//! The errors of settings and stored credentials.
//!
//! Responsible for the kind, the message and the hint. Refuses to choose an exit code: [`crate::error`] does.

use std::error::Error as StdError;
use std::io;
use std::path::Path;

use crate::text::Hint;

/// The kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Invalid configuration file or variable.
    Config,
    /// Invalid flags or arguments.
    Usage,
    /// The place where credentials are kept.
    CredentialStore,
    /// A file or stream of this machine.
    Io,
}

/// Settings or credentials that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The kind of error.
    pub kind: ErrorKind,
    /// For people; may hold text of a file, so it is not safe to show as it is.
    pub message: String,
    /// What to do next.
    pub hints: Vec<Hint>,
    /// The cause.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The result of this module.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), source: None }
    }

    /// A file or variable that says something impossible.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Flags that cannot be meant.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Credentials cannot be kept or found.
    pub fn store(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::CredentialStore, message)
    }

    /// A failure of a file; `what` is the operation.
    pub fn io(what: &str, path: &Path, source: io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("cannot {what} {}", path.display())).caused_by(source)
    }

    /// Adds a line that says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same error with another code.
    #[must_use]
    pub fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }
}
