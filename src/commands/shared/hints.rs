//! Refusals, explained: which rule, what is lacking where, and what one can do instead.
//!
//! Only after a refusal, and only as far as the signed-in identity may look: what cannot be found out leaves
//! the server's own words as they are.

mod escalation;
mod of_role;

use super::access_args::AccessSpec;
use super::company_session::CompanySession;
use crate::api::account::AccountQuery;
use crate::api::session::Kind;
use crate::api::{self, Code};
use crate::client;
use crate::domain::decision::{self, Operation};
use crate::domain::{Company, CompanyId, DefaultRole, Permission, PermissionSet, Refusal, Violation, page};
use crate::error::{CliError, Result};
use crate::text::suggest::nearest;
use crate::text::{CommandLine, Hint};

/// What was tried and refused.
#[derive(Clone, Debug)]
pub(in crate::commands) struct ActionDescription<'a> {
    /// What.
    pub(in crate::commands) operation: Operation,
    /// On which account.
    pub(in crate::commands) name: &'a str,
    /// The access that was asked for, where, as it would be afterwards.
    pub(in crate::commands) asked: Vec<(CompanyId, AccessSpec)>,
    /// Permissions that were named besides those.
    pub(in crate::commands) also_named: Vec<String>,
}

impl<'a> ActionDescription<'a> {
    /// An attempt that asks for no access.
    pub(in crate::commands) const fn new(operation: Operation, name: &'a str) -> Self {
        Self { operation, name, asked: Vec::new(), also_named: Vec::new() }
    }

    /// The same, asking for `rights` in `company`.
    pub(in crate::commands) fn asking(mut self, company: CompanyId, rights: AccessSpec) -> Self {
        self.asked.push((company, rights));
        self
    }
}

impl CompanySession<'_> {
    /// The refusal of an attempt on an account, with what helps.
    pub(in crate::commands) async fn explain(
        &self,
        error: client::Error,
        attempt: &ActionDescription<'_>,
    ) -> CliError {
        let name = attempt.name;
        let error: CliError = error.into();
        match error.code() {
            Code::MissingPermission => self.lacking_permission(error, attempt).await,
            Code::NotOwner => self.not_owner(error, name).await,
            Code::Escalation => self.escalation(error, attempt).await,
            Code::SelfModification => self.oneself(error, attempt).await,
            Code::NotFound => self.not_found(error, attempt).await,
            Code::NameTaken => error.at(self.session.origin()).hint(
                "account names are unique over all companies, and case does not matter: choose \
                    another name",
            ),
            Code::InvalidInput => self.invalid(error, attempt).await,
            _ if attempt.operation == Operation::List => error,
            _ => error.state_shown_by(self.shown_by(name)),
        }
    }

    /// Says whether the caller cannot see the company or the account.
    async fn not_found(&self, error: CliError, attempt: &ActionDescription<'_>) -> CliError {
        let me = self.session.me().await.ok();
        let origin = self.session.origin();
        match me.as_ref().map(|me| held_in(me, self.company)) {
            Some(None) => error
                .worded(format!("you do not belong to company {} at {origin}", self.company))
                .hint(CommandLine::new("company list").after("list your companies with: ")),
            _ if attempt.operation == Operation::Create => {
                error.hint(CommandLine::new("company list").after("list your companies with: "))
            }
            _ if attempt.operation == Operation::List => error,
            _ => {
                let list = CommandLine::new("list").flag("--company", self.company);
                // Without a look at the caller, the server's own words stay.
                let error = match me {
                    Some(me) => error.worded(format!(
                        "no service account {} in {} at {origin}",
                        attempt.name,
                        place(&me, self.company)
                    )),
                    None => error,
                };
                let error = error.hint(list.after("list the accounts with: "));
                let error = match self.meant(attempt.name).await {
                    Some(meant) => error.hint_before(meant),
                    None => error,
                };
                if !matches!(attempt.operation, Operation::SetAccess | Operation::AdjustAccess) {
                    return error;
                }
                error
                    .hint("to add another company's account, you must also be able to see it in that company")
            }
        }
    }

    /// Says which account of the company `name` means, among the first thousand: the one that is spelled like it, or
    /// the one whose id it is.
    async fn meant(&self, name: &str) -> Option<String> {
        let query = AccountQuery { page_size: Some(page::MAX_SIZE), ..AccountQuery::default() };
        let mut pages = self.session.list_accounts(self.company, &query).ok()?;
        let known = pages.next().await.ok().flatten().map(|page| page.data).unwrap_or_default();
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            let called = known.iter().find(|account| account.id.to_string() == name);
            return Some(match called {
                Some(account) => format!("pass the name, not the id; {name} is the id of {}", account.name),
                None => "pass the name of the account, not its id".to_owned(),
            });
        }
        let names = known.into_iter().map(|account| account.name).filter(|known| known != name);
        nearest(name, names).map(|near| format!("did you mean {near}?"))
    }

    /// Says which permission is lacking, and where.
    async fn lacking_permission(&self, error: CliError, attempt: &ActionDescription<'_>) -> CliError {
        let Ok(me) = self.session.me().await else { return error };
        let elsewhere = attempt.asked.iter().map(|(company, _)| *company).filter(|one| *one != self.company);
        let needed = std::iter::once((self.company, attempt.operation.permission()))
            .chain(elsewhere.map(|company| (company, Permission::SERVICE_ACCOUNTS_EDIT)));
        let needed: Vec<_> = needed.collect();
        let first = needed.iter().find(|(company, permission)| {
            matches!(
                decision::require(*permission, held_in(&me, *company)),
                Err(Refusal::MissingPermission(_))
            )
        });
        let error = match first {
            Some((company, permission)) => {
                error.worded(format!("this needs the permission {permission} in {}", place(&me, *company)))
            }
            None => error,
        };
        let lacking = needed.into_iter().filter_map(|(company, permission)| {
            let held = held_in(&me, company);
            let place = place(&me, company);
            let refusal = decision::require(permission, held).err()?;
            Some(match refusal {
                Refusal::CompanyNotFound => format!("you do not belong to {place}").into(),
                _ => who_gives(permission, &me, place, company),
            })
        });
        let error = error.rather_hint(lacking);
        error.hint(shows_what_one_holds(self.company))
    }

    /// Says who else can do what the caller cannot do to themselves.
    async fn oneself(&self, error: CliError, attempt: &ActionDescription<'_>) -> CliError {
        let here = self.named_company().await;
        let needed = attempt.operation.permission();
        error
            .hint(format!("another user with {needed} in {here} can do this"))
            .hint(CommandLine::new("whoami").after("see who you are with: "))
    }

    /// Says which company owns the account, and what other companies can do.
    async fn not_owner(&self, error: CliError, name: &str) -> CliError {
        let error = match self.session.show_account(self.company, name).await {
            Ok(detail) => {
                let owner = detail.account.owner;
                error.worded(format!("only {owner}, which owns {name}, may do this")).rather_hint([format!(
                    "only the owner can change its description, reset its password or delete it; if you \
                     belong to the owner, use --company {}",
                    owner.id
                )])
            }
            Err(_) => error,
        };
        let here = self.company;
        let named = |command| CommandLine::new(command).operand(name).flag("--company", here);
        error.hint(
            named("grant")
                .flag("--role", "ROLE")
                .after("in your own company, change its access with: ")
                .then(", or remove its access with: ")
                .run(named("revoke")),
        )
    }

    /// The command that shows an account as this company sees it.
    fn shown_by(&self, name: &str) -> CommandLine {
        CommandLine::new("show").operand(name).flag("--company", self.company)
    }

    /// Says what was probably meant, and what would be the way.
    async fn invalid(&self, error: CliError, attempt: &ActionDescription<'_>) -> CliError {
        let name = attempt.name;
        let says = |error: &CliError, code| error.violations().iter().any(|one| one.code == code);
        let mut error = error;
        let mut mentioned = attempt.also_named.clone();
        for (index, (company, rights)) in attempt.asked.iter().enumerate() {
            match rights {
                AccessSpec::Role(role) if says(&error, "unknown_role") => {
                    let field = match attempt.operation {
                        Operation::Create => format!("access[{index}].role"),
                        _ => "role".to_owned(),
                    };
                    error = self.unknown_role(error, *company, role, &field).await;
                }
                AccessSpec::Permissions(names) => mentioned.extend_from_slice(names),
                AccessSpec::Role(_) => {}
            }
        }
        if says(&error, "unknown_permission") {
            error = unknown_permissions(error, &mentioned);
        }
        if says(&error, "not_individual") {
            error = self.not_individual(error, attempt).await;
        }
        if says(&error, "empty_access") {
            error = error.hint(
                CommandLine::new("revoke")
                    .operand(name)
                    .flag("--company", self.company)
                    .after("to remove all access use: "),
            );
        }
        error
    }

    /// Refuses `role` where the company has no role of that name: an empty list would say that no account holds it. A
    /// caller who may not see the roles is not refused here.
    ///
    /// # Errors
    /// `invalid_input` with `unknown_role`.
    pub(in crate::commands) async fn require_role(&self, role: &str) -> Result<()> {
        let Ok(pages) = self.session.list_roles(self.company) else { return Ok(()) };
        let Ok(roles) = pages.all().await else { return Ok(()) };
        if roles.iter().any(|known| known.name == role) {
            return Ok(());
        }
        let message = format!("{} has no role {role}", self.named_company().await);
        let error = CliError::invalid_input(vec![Violation::new("role", "unknown_role", message)]);
        let names = roles.into_iter().map(|role| role.name).collect();
        Err(meant_role(error, self.company, role, names))
    }

    async fn unknown_role(&self, error: CliError, company: CompanyId, role: &str, field: &str) -> CliError {
        let mut names: Vec<String> = match self.session.list_roles(company) {
            Ok(pages) => pages.all().await.unwrap_or_default().into_iter().map(|role| role.name).collect(),
            Err(_) => Vec::new(),
        };
        if names.is_empty() {
            names.extend(DefaultRole::ALL.map(|role| role.as_str().to_owned()));
        }
        if names.iter().any(|known| known == role) {
            return error;
        }
        let here = match self.session.me().await {
            Ok(me) => place(&me, company),
            Err(_) => format!("company {company}"),
        };
        let error = error.violation_worded(field, "unknown_role", format!("{here} has no role {role}"));
        meant_role(error, company, role, names)
    }
}

/// Says which of the roles called `names` was probably meant.
fn meant_role(error: CliError, company: CompanyId, role: &str, names: Vec<String>) -> CliError {
    match nearest(role, names) {
        Some(near) => error.hint(format!("did you mean the role {near}?")),
        None => error,
    }
    .hint(list_roles(company))
}

/// Says what unknown permissions probably mean.
pub(in crate::commands) fn unknown_permissions(error: CliError, names: &[String]) -> CliError {
    let known: Vec<String> = Permission::all().map(|permission| permission.to_string()).collect();
    let unknown = names.iter().filter(|name| !known.contains(name));
    let near = unknown
        .filter_map(|name| Some(format!("did you mean {} instead of {name}?", nearest(name, &known)?)));
    near.fold(error, CliError::hint)
        .hint(CommandLine::new("permission list").after("list the permissions with: "))
}

/// The command that lists the roles of a company.
pub(in crate::commands) fn list_roles(company: CompanyId) -> Hint {
    CommandLine::new("role list").flag("--company", company).after("list the roles with: ")
}

/// Who can help `me`, who lacks `permission` in the company at `place`.
pub(in crate::commands) fn who_gives(
    permission: Permission,
    me: &api::session::Identity,
    place: impl std::fmt::Display,
    company: CompanyId,
) -> Hint {
    match me.kind {
        Kind::User => format!("a user admin of {place} can give you {permission}").into(),
        Kind::ServiceAccount => CommandLine::new("grant")
            .operand(&me.name)
            .flag("--company", company)
            .flag("--role", "ROLE")
            .after(format!(
                "an account with {permission} and {} in {place} can give you {permission} with: ",
                Permission::SERVICE_ACCOUNTS_EDIT
            ))
            .then(", or --permission with the whole list"),
    }
}

/// The command that shows the caller's permissions in the company.
pub(in crate::commands) fn shows_what_one_holds(company: CompanyId) -> Hint {
    CommandLine::new("whoami").flag("--company", company).after("show your permissions there with: ")
}

pub(in crate::commands) fn held_in(me: &api::session::Identity, company: CompanyId) -> Option<PermissionSet> {
    let access = me.companies.iter().find(|access| access.company.id == company)?;
    Some(PermissionSet::known(access.permissions.iter()))
}

/// The company with its name, where one belongs to it.
pub(in crate::commands) fn place(me: &api::session::Identity, company: CompanyId) -> String {
    let known = me.companies.iter().map(|access| &access.company).find(|known| known.id == company);
    known.map_or_else(|| format!("company {company}"), Company::to_string)
}

/// The first few by name: refusals of the platform list them all.
pub(in crate::commands) fn listed(permissions: PermissionSet) -> String {
    const SHOWN: usize = 4;
    let names = permissions.names();
    let first = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
