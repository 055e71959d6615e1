//! What `sactl doctor` found at one place.

use std::time::Duration;

use crate::api::Code;
use crate::error::CliError;
use crate::output::{CheckView, Status};

/// Longest look at anything over the network.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What was found: a line of the answer, and the kind of failure where it is one.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) view: CheckView,
    pub(super) code: Option<Code>,
}

impl Finding {
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        let view = CheckView { name, status: Status::Ok, message: message.into(), mend: None };
        Self { view, code: None }
    }

    pub(super) fn warning(name: &'static str, message: impl Into<String>, mend: impl Into<String>) -> Self {
        let (message, mend) = (message.into(), Some(mend.into()));
        Self { view: CheckView { name, status: Status::Warning, message, mend }, code: None }
    }

    pub(super) fn failed(name: &'static str, error: &CliError) -> Self {
        let mend = (!error.hints().is_empty()).then(|| error.hints().join("; "));
        let view = CheckView { name, status: Status::Failed, message: error.whole_message(), mend };
        Self { view, code: Some(error.code()) }
    }
}
