//! Explains refusals: which rule, what is missing where, and what to do instead.
//!
//! Responsible for the words: the server says in data what it decided about. Refuses to decide again. Names that were
//! probably meant are looked up, as far as the signed-in identity may see them.

mod empty_access;
mod escalation;
mod of_role;

use super::access_args::AccessSpec;
use super::company_session::CompanySession;
use crate::api::account::AccountQuery;
use crate::api::{self, Account, Code, Subject};
use crate::client;
use crate::domain::permission::quoted;
use crate::domain::{Company, CompanyId, DefaultRole, Operation, Permission, PermissionSet, Violation, page};
use crate::error::{CliError, Result};
use crate::text::suggest::nearest;
use crate::text::{CommandLine, Hint};

/// What was tried and refused.
#[derive(Clone, Debug)]
pub(in crate::commands) struct ActionDescription<'a> {
    /// The operation.
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
        let subject = error.subject.clone();
        let error: CliError = error.into();
        match error.code() {
            Code::MissingPermission => self.lacking_permission(error, &subject, attempt),
            Code::NotOwner => self.not_owner(error, &subject, name),
            Code::Escalation => self.escalation(error, &subject, attempt),
            Code::SelfModification => self.oneself(error, &subject, attempt),
            Code::NotFound => self.not_found(error, &subject, attempt).await,
            Code::NameTaken => error.at(self.client.origin()).hint(
                "account names are unique over all companies, and case does not matter: choose \
                    another name",
            ),
            Code::InvalidInput => self.invalid(error, attempt).await,
            _ if attempt.operation == Operation::List => error,
            _ => error.state_shown_by(self.shown_by(name)),
        }
    }

    /// Says whether the company or the account does not exist for this caller.
    async fn not_found(
        &self,
        error: CliError,
        subject: &Subject,
        attempt: &ActionDescription<'_>,
    ) -> CliError {
        let error = error.at(self.client.origin());
        let companies = CommandLine::new("company list");
        if is_about_the_company(subject) {
            return error.hint(companies.after("list your companies with: "));
        }
        match attempt.operation {
            Operation::List => return error,
            Operation::Create => {
                return error.hint(companies.after("list the companies that you can name with: "));
            }
            _ => {}
        }
        let list = CommandLine::new("list").flag("--company", self.company);
        let error = error.hint(list.after("list the accounts with: "));
        let error = match meant(attempt.name, &self.known().await) {
            Some(meant) => error.hint_before(meant),
            None => error,
        };
        if !matches!(attempt.operation, Operation::SetAccess | Operation::AdjustAccess) {
            return error;
        }
        error.hint("to add another company's account, you must also be able to see it in that company")
    }

    /// The first thousand accounts that the company sees, as far as the caller may list them.
    pub(in crate::commands) async fn known(&self) -> Vec<Account> {
        let query = AccountQuery { page_size: Some(page::MAX_SIZE), ..AccountQuery::default() };
        let Ok(mut pages) = self.client.list_accounts(self.company, &query) else { return Vec::new() };
        pages.next().await.ok().flatten().map(|page| page.data).unwrap_or_default()
    }

    /// Says which permission is missing, and where.
    fn lacking_permission(
        &self,
        error: CliError,
        subject: &Subject,
        attempt: &ActionDescription<'_>,
    ) -> CliError {
        let needed = attempt.operation.permission().to_string();
        lacking_permission(error, subject, &needed, self.company)
    }

    /// Says who else can do what an account cannot do to itself.
    fn oneself(&self, error: CliError, subject: &Subject, attempt: &ActionDescription<'_>) -> CliError {
        let (needed, here) = (attempt.operation.permission(), place(subject, self.company));
        let name = attempt.name;
        let error = match attempt.operation {
            Operation::SetAccess | Operation::AdjustAccess | Operation::RemoveAccess => error
                .worded(format!("you are signed in as {name}, which cannot change its own access in {here}")),
            Operation::Delete => {
                error.worded(format!("you are signed in as {name}, which cannot delete itself"))
            }
            _ => error,
        };
        error
            .hint(format!("another user with {needed} in {here} can do this"))
            .hint(CommandLine::new("whoami").after("see who you are with: "))
    }

    /// Says who owns the account, and what every other company can do.
    fn not_owner(&self, error: CliError, subject: &Subject, name: &str) -> CliError {
        let at_the_owner = subject.owner.as_ref().map(|owner| {
            format!(
                "only the owner can change its description, reset its password or delete it; if you belong to the owner, \
                 use --company {}",
                owner.id
            )
        });
        let here = self.company;
        let named = |command| CommandLine::new(command).operand(name).flag("--company", here);
        error.rather_hint(at_the_owner).hint(
            named("grant")
                .flag("--role", "ROLE")
                .after("in your own company, change its access with: ")
                .then(", or remove its access with: ")
                .run(named("revoke")),
        )
    }

    /// The command that shows an account as this company sees it.
    pub(in crate::commands) fn shown_by(&self, name: &str) -> CommandLine {
        CommandLine::new("show").operand(name).flag("--company", self.company)
    }

    /// Says what was probably meant, and how to do it.
    async fn invalid(&self, error: CliError, attempt: &ActionDescription<'_>) -> CliError {
        let says = |error: &CliError, code| error.violations().iter().any(|one| one.code == code);
        let mut error = error;
        let mut mentioned = attempt.also_named.clone();
        for (company, rights) in &attempt.asked {
            match rights {
                AccessSpec::Role(role) if says(&error, "unknown_role") => {
                    error = self.unknown_role(error, *company, role).await;
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
            error = self.empty_access(error, attempt).await;
        }
        error
    }

    /// Refuses `role` where the company has no role of that name: an empty list would mean that no account has it. A
    /// caller who may not see the roles is not refused here.
    ///
    /// # Errors
    /// `invalid_input` with `unknown_role`.
    pub(in crate::commands) async fn require_role(&self, role: &str) -> Result<()> {
        let Ok(pages) = self.client.list_roles(self.company) else { return Ok(()) };
        let Ok(roles) = pages.all().await else { return Ok(()) };
        if roles.iter().any(|known| known.name == role) {
            return Ok(());
        }
        let message = format!("{} has no role {role}", self.named_company().await);
        let error = CliError::invalid_input(vec![Violation::new("role", "unknown_role", message)]);
        let names = roles.into_iter().map(|role| role.name).collect();
        Err(meant_role(error, self.company, role, names))
    }

    /// Refuses permissions that the server does not know: an empty list would say that no account has them.
    ///
    /// # Errors
    /// `invalid_input` with `unknown_permission`.
    pub(in crate::commands) async fn require_permissions(&self, named: &[String]) -> Result<()> {
        if named.is_empty() {
            return Ok(());
        }
        let Ok(known) = self.client.list_permissions().await else { return Ok(()) };
        let is_unknown = |name: &&String| !known.iter().any(|entry| entry.name == **name);
        let broken = |name: &String| {
            let message = format!("{} is not in the permission catalogue", quoted(name));
            Violation::new("permissions", "unknown_permission", message)
        };
        let unknown: Vec<_> = named.iter().filter(is_unknown).map(broken).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        Err(unknown_permissions(CliError::invalid_input(unknown), named))
    }

    async fn unknown_role(&self, error: CliError, company: CompanyId, role: &str) -> CliError {
        let mut names: Vec<String> = match self.client.list_roles(company) {
            Ok(pages) => pages.all().await.unwrap_or_default().into_iter().map(|role| role.name).collect(),
            Err(_) => Vec::new(),
        };
        if names.is_empty() {
            names.extend(DefaultRole::ALL.map(|role| role.as_str().to_owned()));
        }
        if names.iter().any(|known| known == role) { error } else { meant_role(error, company, role, names) }
    }
}

/// The refusal with more in its words than the server's, also where the rule `code` is told.
pub(in crate::commands) fn reworded(error: CliError, code: &str, message: &str) -> CliError {
    let mut broken = error.violations().to_vec();
    for violation in broken.iter_mut().filter(|violation| violation.code == code) {
        violation.message = message.to_owned().into();
    }
    let error = if broken.len() == 1 { error.worded(message) } else { error };
    error.violating(broken)
}

/// Says which of the accounts `known` was probably meant by `name`: one with a similar name, or with this id.
pub(in crate::commands) fn meant(name: &str, known: &[Account]) -> Option<String> {
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        let called = known.iter().find(|account| account.id.to_string() == name);
        return Some(match called {
            Some(account) => format!("pass the name, not the id; {name} is the id of {}", account.name),
            None => "pass the name of the account, not its id".to_owned(),
        });
    }
    let names = known.iter().map(|account| account.name.as_str()).filter(|known| *known != name);
    nearest(name, names).map(|near| format!("did you mean {near}?"))
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

/// Says who can grant the missing permission: the one that the server names, or else the one that is `needed`.
pub(in crate::commands) fn lacking_permission(
    error: CliError,
    subject: &Subject,
    needed: &str,
    company: CompanyId,
) -> CliError {
    let lacking = subject.missing.first().map_or(needed, String::as_str);
    let place = place(subject, company);
    let company = subject.company.as_ref().map_or(company, |company| company.id);
    error.rather_hint([
        format!("a company admin of {place} can give you {lacking}").into(),
        shows_what_one_holds(company),
    ])
}

/// Whether a refusal as not found is about the company: a server that says what it decided about names the company
/// where it is about something in it.
pub(in crate::commands) fn is_about_the_company(subject: &Subject) -> bool {
    subject.operation.is_some() && subject.company.is_none()
}

/// The command that shows the caller's permissions in the company.
pub(in crate::commands) fn shows_what_one_holds(company: CompanyId) -> Hint {
    CommandLine::new("whoami").flag("--company", company).after("show your permissions there with: ")
}

pub(in crate::commands) fn held_in(me: &api::session::Identity, company: CompanyId) -> Option<PermissionSet> {
    let access = me.companies.iter().find(|access| access.company.id == company)?;
    Some(PermissionSet::known(access.permissions.iter()))
}

/// The company that a refusal is about, with its name where the server says it.
pub(in crate::commands) fn place(subject: &Subject, company: CompanyId) -> String {
    subject.company.as_ref().map_or_else(|| format!("company {company}"), Company::to_string)
}

/// The first few by name: refusals of the platform list them all.
pub(in crate::commands) fn listed(permissions: &[String]) -> String {
    const SHOWN: usize = 4;
    let first = permissions.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match permissions.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
