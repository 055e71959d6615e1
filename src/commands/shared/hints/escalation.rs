//! The hint for permissions that the caller does not have.
//!
//! Responsible for saying which permissions are missing, where, and who could help. Refuses to decide again.

use super::super::company_session::CompanySession;
use super::{ActionDescription, listed, place, shows_what_one_holds};
use crate::api::Subject;
use crate::domain::{DefaultRole, Operation};
use crate::error::CliError;

impl CompanySession<'_> {
    /// Says which permissions the caller does not have, and where.
    pub(super) fn escalation(
        &self,
        error: CliError,
        subject: &Subject,
        attempt: &ActionDescription<'_>,
    ) -> CliError {
        if attempt.operation == Operation::ResetPassword {
            return self.taking_over(error, subject, attempt.name);
        }
        let place = place(subject, self.company);
        let error = if subject.missing.is_empty() {
            error
        } else {
            error
                .worded(format!("you cannot grant permissions that you do not have in {place}"))
                .hint(format!("in {place} you do not have {}", listed(&subject.missing)))
        };
        let company = subject.company.as_ref().map_or(self.company, |company| company.id);
        error
            .hint(format!("grant only permissions that you have, or ask an admin of {place}"))
            .hint(shows_what_one_holds(company))
    }

    /// A caller who sets a password can act as the account: says which permissions it has and the caller does not.
    fn taking_over(&self, error: CliError, subject: &Subject, name: &str) -> CliError {
        let error = if subject.missing.is_empty() {
            error
        } else {
            let more = listed(&subject.missing);
            let place = subject.company.as_ref().map(|company| format!(" in {company}")).unwrap_or_default();
            error
                .worded(format!(
                    "you cannot reset the password of {name}: it has permissions that you do not have{place}"
                ))
                .hint(format!("you do not have {more}{place}"))
        };
        error
            .hint(format!(
                "a user with all its permissions in every company, or a {} of its owner, can do this",
                DefaultRole::CompanyAdmin.as_str()
            ))
            .hint(self.shown_by(name).after("show its access with: "))
    }
}
