//! The companies of an answer about several that the server refused.
//!
//! Responsible for naming each with its reason, after what the others answered. Refuses to go on after a failure that
//! is not about one company.

use crate::api::Code;
use crate::client;
use crate::domain::{Company, Violation};
use crate::error::{CliError, Result};

/// The refusals so far.
#[derive(Debug, Default)]
pub(in crate::commands) struct RefusedCompanies(Vec<(Company, CliError)>);

impl RefusedCompanies {
    /// Notes why `company` is missing from the answer.
    ///
    /// # Errors
    /// The same error where it is not about this company alone: no answer, or no identity.
    pub(in crate::commands) fn add(&mut self, company: Company, error: client::Error) -> Result<()> {
        let is_about_it = error.status.is_some() && error.code != Code::Unauthenticated;
        let message = format!("{company}: {}", error.message);
        let error = CliError::from(error).worded(message);
        if !is_about_it {
            return Err(error);
        }
        self.0.push((company, error));
        Ok(())
    }

    /// Whether none of the companies that were `asked` for has answered.
    pub(in crate::commands) fn is_everything(&self, asked: usize) -> bool {
        !self.0.is_empty() && self.0.len() == asked
    }

    /// The error about them; `Ok` where there is none.
    ///
    /// # Errors
    /// `partial`; the code of the first refusal where every company was refused.
    pub(in crate::commands) fn verdict(mut self, asked: usize) -> Result<()> {
        let count = self.0.len();
        let code = match self.0.as_slice() {
            [] => return Ok(()),
            [(_, first), ..] if count == asked => first.code(),
            _ => Code::Partial,
        };
        if asked == 1 {
            return self.0.pop().map_or(Ok(()), |(_, error)| Err(error));
        }
        let reasons = self
            .0
            .iter()
            .map(|(_, error)| Violation::new("company", error.code().as_str(), error.whole_message()));
        Err(CliError::new(code, format!("{count} of {asked} companies could not be read"))
            .violating(reasons.collect()))
    }
}
