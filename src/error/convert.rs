//! Converts errors of the lower modules to errors of a command.
//!
//! Responsible for keeping code, message, hint and cause. Refuses to reword them.

use super::CliError;
use crate::api::Code;
use crate::domain::origin::InvalidOrigin;
use crate::text::Hint;
use crate::{client, config};

impl From<client::Error> for CliError {
    fn from(error: client::Error) -> Self {
        let leaves_doubt = error.leaves_doubt();
        let mut cli = Self::new(error.code, error.message);
        cli.0.leaves_doubt = leaves_doubt;
        cli.0.hints.extend(error.hint.map(|hint| *hint));
        cli.0.status = error.status;
        cli.0.request_id = error.request_id;
        cli.0.errors = error.errors;
        cli.0.source = error.source;
        cli
    }
}

impl From<config::Error> for CliError {
    fn from(error: config::Error) -> Self {
        let code = match error.kind {
            config::ErrorKind::Config => Code::Config,
            config::ErrorKind::Usage => Code::Usage,
            config::ErrorKind::CredentialStore => Code::CredentialStore,
            config::ErrorKind::Io => Code::Io,
        };
        let mut cli = Self::new(code, error.message);
        cli.0.hints = error.hints;
        cli.0.source = error.source;
        cli
    }
}

impl From<InvalidOrigin> for CliError {
    fn from(error: InvalidOrigin) -> Self {
        Self::usage(error.to_string())
    }
}

impl CliError {
    /// The same error where the client expects one of its own.
    pub(crate) fn into_client(self) -> client::Error {
        let details = *self.0;
        let mut error = client::Error::new(details.code, details.message);
        error.hint = Hint::joined(details.hints).map(Box::new);
        error.status = details.status;
        error.request_id = details.request_id;
        error.errors = details.errors;
        error.source = details.source;
        error
    }
}
