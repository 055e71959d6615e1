//! What can be known beforehand about a change of an account, in the order in which the server looks at it.

use super::Checks;
use crate::api::access::Access;
use crate::api::session::{Identity, Kind};
use crate::api::{AccountDetail, Code};
use crate::client::{self, Plan};
use crate::commands::shared::access_args::AccessSpec;
use crate::commands::shared::company_session::CompanySession;
use crate::commands::shared::hints::{ActionDescription, held_in, listed, place};
use crate::domain::decision::{self, Operation};
use crate::domain::{
    AccountName, CompanyId, DefaultRole, Ownership, Permission, PermissionSet, Refusal, Relation, Violation,
};
use crate::error::{CliError, Result};

/// Most companies in which an account is looked for that this company does not see.
const LOOKS: usize = 20;

impl CompanySession<'_> {
    /// Looks at everything that the server would look at.
    ///
    /// # Errors
    /// Those of reading; a refusal that can be foreseen is no error of this function.
    pub(in crate::commands) async fn check_account(
        &self,
        attempt: &ActionDescription<'_>,
        plan: &Plan,
        checks: &mut Checks,
    ) -> Result<()> {
        let me = self.session.me().await?;
        check_permission(&me, self.company, attempt.operation.permission(), checks);
        if checks.is_refused() {
            return Ok(());
        }
        let detail = match attempt.operation {
            Operation::Create => {
                self.check_name(attempt.name, checks).await?;
                None
            }
            _ => self.check_found(&me, attempt, checks).await?,
        };
        if checks.is_refused() {
            return Ok(());
        }
        match (attempt.operation, &detail) {
            (Operation::ResetPassword, Some(detail)) => {
                self.check_takeover(&me, detail, plan, checks);
                Ok(())
            }
            (Operation::AdjustAccess, Some(detail)) => {
                self.check_adjusted(&me, attempt, detail.account.access.as_ref(), checks).await
            }
            (Operation::Create | Operation::SetAccess, _) => {
                self.check_asked(&me, attempt, detail.as_ref(), checks).await
            }
            _ => Ok(()),
        }
    }

    /// Whether the name of a new account is free, as far as that can be seen.
    async fn check_name(&self, name: &str, checks: &mut Checks) -> Result<()> {
        match self.session.show_account(self.company, name).await {
            Ok(_) => checks.refused("name", Code::NameTaken, format!("the name {name} is taken")),
            Err(error) if is_unseen(&error) => checks.unknown(
                "name",
                "free as far as this company sees; account names are unique over all \
                    companies",
            ),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The account, and whether it may be changed in this way. `None` where it cannot be seen.
    async fn check_found(
        &self,
        me: &Identity,
        attempt: &ActionDescription<'_>,
        checks: &mut Checks,
    ) -> Result<Option<AccountDetail>> {
        let name = attempt.name;
        let detail = match self.session.show_account(self.company, name).await {
            Ok(detail) => detail,
            Err(error) if error.code == Code::MissingPermission => {
                checks.unknown("account", format!("you may not see {name} in {}", place(me, self.company)));
                return Ok(None);
            }
            Err(error) if error.code == Code::NotFound => {
                if let Some(owner) = self.seen_elsewhere(me, attempt).await? {
                    checks.passed("account", format!("{name} is owned by {owner}, where you see it"));
                } else {
                    let why = format!("no service account {name} in {}", place(me, self.company));
                    checks.refused("account", Code::NotFound, why);
                }
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let account = &detail.account;
        checks.passed("account", format!("{} is owned by {}", account.name, account.owner));
        let relation = if account.ownership == Ownership::Owned { Relation::Owner } else { Relation::Access };
        let is_self = is_self(me, &account.name);
        match decision::decide(attempt.operation, relation, is_self) {
            Ok(()) if attempt.operation.is_for_the_owner_only() => {
                checks.passed("owner", format!("{} owns it", account.owner));
            }
            Ok(()) => {}
            Err(Refusal::NotOwner) => {
                let why = format!("only the owner, {}, may do this", account.owner);
                checks.refused("owner", Code::NotOwner, why);
            }
            Err(_) => checks.refused("self", Code::SelfModification, "you cannot do this to yourself"),
        }
        Ok(Some(detail))
    }

    /// The owner of an account that this company does not see and the caller sees in the owner company: its access
    /// here may be given, adjusted and removed.
    async fn seen_elsewhere(&self, me: &Identity, attempt: &ActionDescription<'_>) -> Result<Option<String>> {
        if !attempt.operation.is_about_access() {
            return Ok(None);
        }
        let viewed = |access: &&Access| {
            access.company.id != self.company
                && PermissionSet::known(access.permissions.iter()).contains(Permission::SERVICE_ACCOUNTS_VIEW)
        };
        for access in me.companies.iter().filter(viewed).take(LOOKS) {
            match self.session.show_account(access.company.id, attempt.name).await {
                Ok(found) if found.account.ownership == Ownership::Owned => {
                    return Ok(Some(found.account.owner.to_string()));
                }
                Ok(_) => {}
                Err(error) if is_unseen(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Whether the caller may take the account over by knowing its password.
    fn check_takeover(&self, me: &Identity, detail: &AccountDetail, plan: &Plan, checks: &mut Checks) {
        let says_present = plan.body.as_ref().is_some_and(|body| body.has("current_password"));
        if is_self(me, &detail.account.name) && !says_present {
            let why = "an account that resets its own password must give its current password";
            let broken = Violation::new("current_password", "required", why);
            return checks.refused_with("current_password", invalid(vec![broken]));
        }
        let is_admin = me.companies.iter().any(|access| {
            access.company.id == self.company
                && access.role.as_deref() == Some(DefaultRole::CompanyAdmin.as_str())
        });
        let pairs = detail.companies.iter().flatten().map(|access| {
            let held = held_in(me, access.company.id).unwrap_or_default();
            (PermissionSet::known(access.permissions.iter()), held)
        });
        match decision::may_reset(is_admin, pairs) {
            Err(Refusal::Escalation(lacking)) => checks.refused(
                "rights",
                Code::Escalation,
                format!("the account has permissions that you do not have: {}", listed(lacking)),
            ),
            _ => checks.passed("rights", "you have every permission that the account has"),
        }
    }

    /// Whether the caller may give what is asked for, in every company.
    async fn check_asked(
        &self,
        me: &Identity,
        attempt: &ActionDescription<'_>,
        detail: Option<&AccountDetail>,
        checks: &mut Checks,
    ) -> Result<()> {
        let access = detail.and_then(|detail| detail.account.access.as_ref());
        let old =
            access.map_or(PermissionSet::EMPTY, |access| PermissionSet::known(access.permissions.iter()));
        for (company, rights) in &attempt.asked {
            if *company != self.company {
                check_permission(me, *company, Permission::SERVICE_ACCOUNTS_EDIT, checks);
            }
            if checks.is_refused() {
                return Ok(());
            }
            if let Some(new) = self.check_rights(me, *company, rights, checks).await? {
                check_given(me, *company, old, new, checks);
            }
        }
        Ok(())
    }

    /// What the rights come to in the company, if they exist.
    async fn check_rights(
        &self,
        me: &Identity,
        company: CompanyId,
        rights: &AccessSpec,
        checks: &mut Checks,
    ) -> Result<Option<PermissionSet>> {
        match rights {
            AccessSpec::Permissions(names) => {
                let known = self.check_known(names, "permissions", checks).await?;
                Ok(known.then(|| PermissionSet::known(names)))
            }
            AccessSpec::Role(name) => self.check_role(me, company, name, checks).await,
        }
    }

    async fn check_role(
        &self,
        me: &Identity,
        company: CompanyId,
        name: &str,
        checks: &mut Checks,
    ) -> Result<Option<PermissionSet>> {
        let permissions = if let Ok(role) = name.parse::<DefaultRole>() {
            role.permissions()
        } else {
            match self.session.show_role(company, name).await {
                Ok(role) => PermissionSet::known(role.permissions.iter()),
                Err(error) if error.code == Code::MissingPermission => {
                    checks.unknown("role", format!("you may not see the roles of {}", place(me, company)));
                    return Ok(None);
                }
                Err(error) if error.code == Code::NotFound => {
                    let why = format!("{} has no role {name}", place(me, company));
                    let broken = Violation::new("role", "unknown_role", why);
                    checks.refused_with("role", invalid(vec![broken]));
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            }
        };
        checks.passed("role", format!("{name} has {} permissions", permissions.len()));
        Ok(Some(permissions))
    }

    /// Whether the server's catalogue has all of `names`.
    pub(in crate::commands) async fn check_known(
        &self,
        names: &[String],
        field: &'static str,
        checks: &mut Checks,
    ) -> Result<bool> {
        let catalogue = self.session.list_permissions().await?;
        let is_known = |name: &&String| catalogue.iter().any(|entry| entry.name == **name);
        let unknown = names.iter().filter(|name| !is_known(name)).map(|name| {
            let why = format!("{name:?} is not in the permission catalogue");
            Violation::new(field, "unknown_permission", why)
        });
        let unknown: Vec<Violation> = unknown.collect();
        if unknown.is_empty() {
            checks.passed("permissions", "all permissions are in the catalogue");
            return Ok(true);
        }
        checks.refused_with("permissions", invalid(unknown));
        Ok(false)
    }

    /// Whether the adjusted list is one that the caller may give.
    async fn check_adjusted(
        &self,
        me: &Identity,
        attempt: &ActionDescription<'_>,
        access: Option<&Access>,
        checks: &mut Checks,
    ) -> Result<()> {
        if access.is_some_and(|access| access.role.is_some()) {
            let name = attempt.name;
            let why = format!(
                "{name} has a role in {}; --add-permission and --remove-permission work only on individual \
                 permissions",
                place(me, self.company)
            );
            checks.refused_with("access", invalid(vec![Violation::new("access", "not_individual", why)]));
            return Ok(());
        }
        let added = attempt.asked.iter().filter_map(|(_, rights)| match rights {
            AccessSpec::Permissions(names) => Some(names.as_slice()),
            AccessSpec::Role(_) => None,
        });
        let added = added.collect::<Vec<_>>().concat();
        let removed = &attempt.also_named;
        if !self.check_known(&[added.as_slice(), removed].concat(), "add", checks).await? {
            return Ok(());
        }
        let old =
            access.map_or(PermissionSet::EMPTY, |access| PermissionSet::known(access.permissions.iter()));
        match adjusted(old, &added, removed) {
            Ok(new) if new.is_empty() => {
                let why = "an account needs at least one permission; to have none, remove its access";
                checks.refused_with("access", invalid(vec![Violation::new("remove", "empty_access", why)]));
            }
            Ok(new) => check_given(me, self.company, old, new, checks),
            Err(broken) => checks.refused_with("permissions", invalid(vec![broken])),
        }
        Ok(())
    }
}

/// Whether the caller may do such a thing there at all.
pub(in crate::commands) fn check_permission(
    me: &Identity,
    company: CompanyId,
    permission: Permission,
    checks: &mut Checks,
) {
    let place = place(me, company);
    match decision::require(permission, held_in(me, company)) {
        Ok(_) => checks.passed("permission", format!("you have {permission} in {place}")),
        Err(Refusal::CompanyNotFound) => {
            checks.refused("permission", Code::NotFound, format!("you do not belong to {place}"));
        }
        Err(_) => {
            let why = format!("this needs {permission} in {place}");
            checks.refused("permission", Code::MissingPermission, why);
        }
    }
}

/// What an adjustment makes of a set.
pub(in crate::commands) fn adjusted(
    old: PermissionSet,
    add: &[String],
    remove: &[String],
) -> std::result::Result<PermissionSet, Violation> {
    let (add, remove) = (PermissionSet::known(add), PermissionSet::known(remove));
    let both = add & remove;
    if both.is_empty() {
        return Ok((old | add) - remove);
    }
    let why = format!("both added and removed: {}", both.names().join(", "));
    Err(Violation::new("add", "added_and_removed", why))
}

/// Whether the caller has the permissions that are granted.
pub(in crate::commands) fn check_given(
    me: &Identity,
    company: CompanyId,
    old: PermissionSet,
    new: PermissionSet,
    checks: &mut Checks,
) {
    let place = place(me, company);
    match decision::may_give(old, new, held_in(me, company).unwrap_or_default()) {
        Err(Refusal::Escalation(lacking)) => checks.refused(
            "rights",
            Code::Escalation,
            format!("in {place} you do not have {}", listed(lacking)),
        ),
        _ => checks.passed("rights", format!("you have every permission that would be granted in {place}")),
    }
}

/// The refusal of input that breaks rules.
pub(in crate::commands) fn invalid(broken: Vec<Violation>) -> client::Error {
    let told = CliError::invalid_input(broken.clone());
    let mut error = client::Error::new(Code::InvalidInput, told.message());
    error.errors = broken;
    error
}

fn is_unseen(error: &client::Error) -> bool {
    matches!(error.code, Code::NotFound | Code::MissingPermission)
}

fn is_self(me: &Identity, name: &str) -> bool {
    me.kind == Kind::ServiceAccount && AccountName::key_of(&me.name) == AccountName::key_of(name)
}
