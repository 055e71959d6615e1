//! The refusal of an adjustment that would leave no permission.
//!
//! Responsible for saying whether there was any access. Refuses to change anything.

use super::super::company_session::CompanySession;
use super::{ActionDescription, reworded};
use crate::domain::Operation;
use crate::error::CliError;
use crate::text::CommandLine;

impl CompanySession<'_> {
    /// Names the account and the company, and the command that does what was probably wanted.
    pub(super) async fn empty_access(&self, error: CliError, attempt: &ActionDescription<'_>) -> CliError {
        let name = attempt.name;
        let command = |verb| CommandLine::new(verb).operand(name).flag("--company", self.company);
        let revoke = command("revoke").after("to remove all access use: ");
        if attempt.operation != Operation::AdjustAccess {
            return error.hint(revoke);
        }
        let Ok(detail) = self.client.show_account(self.company, name).await else {
            return error.hint(revoke);
        };
        let (name, company) = (&detail.account.name, self.named_company().await);
        if detail.account.access.is_some() {
            let why = format!("{name} would have no permission left in {company}; access needs at least one");
            return reworded(error, "empty_access", &why).hint(revoke);
        }
        let why = format!("{name} has no access in {company}: there is no permission to remove");
        let grant = command("grant").flag("--permission", "PERMISSION,…");
        reworded(error, "empty_access", &why).hint(grant.after("give it access with: "))
    }
}
