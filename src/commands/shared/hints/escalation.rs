//! Refusals because the caller lacks permissions: which permissions, where, and who could do it.

use super::super::access_args::AccessSpec;
use super::super::company_session::CompanySession;
use super::{ActionDescription, held_in, listed, place, shows_what_one_holds};
use crate::api::session::Identity;
use crate::domain::decision::{self, Operation};
use crate::domain::{CompanyId, DefaultRole, PermissionSet, Refusal};
use crate::error::CliError;

impl CompanySession<'_> {
    /// Says what the caller lacks, and where.
    pub(in crate::commands) async fn escalation(
        &self,
        error: CliError,
        attempt: &ActionDescription<'_>,
    ) -> CliError {
        let Ok(me) = self.session.me().await else { return error };
        if attempt.operation == Operation::ResetPassword {
            return self.taking_over(error, attempt.name, &me).await;
        }
        let mut lacking_somewhere = Vec::new();
        for (company, rights) in &attempt.asked {
            let held = held_in(&me, *company).unwrap_or_default();
            let old = self.present_access(*company, attempt).await;
            let Some(new) = self.permissions_of(*company, rights).await else { continue };
            if let Err(Refusal::Escalation(lacking)) = decision::may_give(old, new, held) {
                lacking_somewhere.push((*company, lacking));
            }
        }
        // Where it is known what is lacking where, the sentence need not list it as well.
        let error = if lacking_somewhere.is_empty() {
            error
        } else {
            error.worded("you cannot grant permissions that you do not have")
        };
        let lacking = lacking_somewhere.iter();
        let error = lacking.fold(error, |error, (company, lacking)| {
            error.hint(format!("in {} you do not have {}", place(&me, *company), listed(*lacking)))
        });
        let company = lacking_somewhere.first().map_or(self.company, |(company, _)| *company);
        error
            .hint(format!("grant only permissions that you have, or ask an admin of {}", place(&me, company)))
            .hint(shows_what_one_holds(company))
    }

    /// A caller who sets the password can act as the account: says which permissions only the account has.
    async fn taking_over(&self, error: CliError, name: &str, me: &Identity) -> CliError {
        let Ok(detail) = self.session.show_account(self.company, name).await else { return error };
        let owner = detail.account.owner;
        let companies = detail.companies.unwrap_or_default();
        let more = companies.iter().filter_map(|access| {
            let held = held_in(me, access.company.id).unwrap_or_default();
            let pair = (PermissionSet::known(access.permissions.iter()), held);
            match decision::may_reset(false, [pair]) {
                Err(Refusal::Escalation(lacking)) => Some(format!(
                    "in {} it has permissions that you do not have: {}",
                    access.company,
                    listed(lacking)
                )),
                _ => None,
            }
        });
        let error = error.worded(format!(
            "you cannot reset the password of {name}: it has permissions that you do not have"
        ));
        more.fold(error, CliError::hint)
            .hint(format!(
                "a user with all its permissions in every company, or a {} of {owner}, can do this",
                DefaultRole::CompanyAdmin.as_str()
            ))
            .hint(self.shown_by(name).after("show its access with: "))
    }

    /// What the account holds now: an attempt may keep it.
    async fn present_access(&self, company: CompanyId, attempt: &ActionDescription<'_>) -> PermissionSet {
        if attempt.operation == Operation::Create {
            return PermissionSet::EMPTY;
        }
        let detail = self.session.show_account(company, attempt.name).await.ok();
        let access = detail.and_then(|detail| detail.account.access);
        access.map_or(PermissionSet::EMPTY, |access| PermissionSet::known(access.permissions.iter()))
    }

    async fn permissions_of(&self, company: CompanyId, rights: &AccessSpec) -> Option<PermissionSet> {
        match rights {
            AccessSpec::Permissions(names) => Some(PermissionSet::known(names)),
            AccessSpec::Role(name) => {
                if let Ok(role) = name.parse::<DefaultRole>() {
                    return Some(role.permissions());
                }
                let role = self.session.show_role(company, name).await.ok()?;
                Some(PermissionSet::known(role.permissions.iter()))
            }
        }
    }
}
