//! The hint for an adjustment of permissions that come from a role.
//!
//! Responsible for the commands that do what was wanted. Refuses to change anything.

use super::super::access_args::AccessSpec;
use super::super::company_session::CompanySession;
use super::{ActionDescription, reworded};
use crate::api::Access;
use crate::domain::{DefaultRole, PermissionSet};
use crate::error::CliError;
use crate::text::CommandLine;

impl CompanySession<'_> {
    /// Names the list that does what was asked for, and the change of the role where the role can be changed.
    pub(super) async fn not_individual(&self, error: CliError, attempt: &ActionDescription<'_>) -> CliError {
        let detail = self.client.show_account(self.company, attempt.name).await.ok();
        let Some(access) = detail.and_then(|detail| detail.account.access) else { return error };
        let Some(role) = access.role.clone() else { return error };
        let why = format!(
            "{} has the role {role} in {}; only individual permissions can be added or removed",
            attempt.name, access.company
        );
        let error = reworded(error, "not_individual", &why);
        let added = attempt.asked.iter().filter_map(|(_, rights)| match rights {
            AccessSpec::Permissions(names) => Some(names.as_slice()),
            AccessSpec::Role(_) => None,
        });
        let (added, removed) = (added.collect::<Vec<_>>().concat(), &attempt.also_named);
        let error = match self.individual(attempt.name, &access, &added, removed) {
            Some(grant) => error.hint(grant.after("replace the role with a list: ")),
            None => error,
        };
        if role.parse::<DefaultRole>().is_ok() {
            return error;
        }
        let edit = CommandLine::new("role edit").operand(&role).flag("--company", self.company);
        let edit = if added.is_empty() { edit } else { edit.flag("--add-permission", added.join(",")) };
        let edit =
            if removed.is_empty() { edit } else { edit.flag("--remove-permission", removed.join(",")) };
        error.hint(edit.after("or change the role for everyone who has it: "))
    }

    /// The command that gives the permissions of the role, adjusted; `None` where none would be left.
    fn individual(
        &self,
        name: &str,
        access: &Access,
        added: &[String],
        removed: &[String],
    ) -> Option<CommandLine> {
        let held = PermissionSet::known(access.permissions.iter());
        let wanted = (held | PermissionSet::known(added)) - PermissionSet::known(removed);
        let grant = CommandLine::new("grant").operand(name).flag("--company", self.company);
        (!wanted.is_empty()).then(|| grant.flag("--permission", wanted.names().join(",")))
    }
}
