//! The result of one check of `sactl doctor`.
//!
//! Responsible for its status, its message and its fix. Refuses to check anything.

use std::time::Duration;

use crate::api::Code;
use crate::error::CliError;
use crate::output::{CheckView, Status};
use crate::text::{Hint, Target};

/// Time limit of a check over the network.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The result of a check: a line of the answer, and the kind of failure if it failed.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) view: CheckView,
    pub(super) fix: Option<Hint>,
    pub(super) code: Option<Code>,
}

impl Finding {
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        let view = CheckView { name, status: Status::Ok, message: message.into(), fix: None };
        Self { view, fix: None, code: None }
    }

    pub(super) fn warning(name: &'static str, message: impl Into<String>, fix: impl Into<Hint>) -> Self {
        let view = CheckView { name, status: Status::Warning, message: message.into(), fix: None };
        Self { view, fix: Some(fix.into()), code: None }
    }

    pub(super) fn failed(name: &'static str, error: &CliError) -> Self {
        Self { code: Some(error.code()), ..Self::of_error(name, Status::Failed, error) }
    }

    pub(super) fn of_error(name: &'static str, status: Status, error: &CliError) -> Self {
        let view = CheckView { name, status, message: error.whole_message(), fix: None };
        Self { view, fix: Hint::joined(error.hints().iter().cloned()), code: None }
    }

    /// The line of the answer, with commands that act on `target`.
    pub(super) fn into_view(self, target: &Target) -> CheckView {
        CheckView { fix: self.fix.map(|fix| fix.on(target)), ..self.view }
    }
}
