//! Names that a command needs and that its line does not have.
//!
//! Responsible for the questions: on a terminal, a name is chosen from a list that can be searched. Refuses to ask
//! anywhere else: a missing name is a usage error there.

use super::company_session::CompanySession;
use super::hints::ActionDescription;
use super::prompts::{counted, held};
use crate::api::Account;
use crate::api::account::AccountQuery;
use crate::api::role::Role;
use crate::context::Context;
use crate::domain::{Operation, Ownership, page};
use crate::error::{CliError, Result};
use crate::text::CommandLine;
use crate::ui::{Choice, MOST_LINES, Ui};

/// The account that the command line names, else the one that is chosen now.
///
/// # Errors
/// `usage` where no question can be asked, and those of asking and of reading.
pub(in crate::commands) async fn account(
    context: &Context,
    name: Option<String>,
    operation: Operation,
) -> Result<String> {
    if let Some(name) = name {
        return Ok(name);
    }
    require(context.ui(), "the name of the service account", "list")?;
    CompanySession::open(context).await?.ask_account(operation).await
}

/// The role that the command line names, else the one that is chosen now; `is_own` leaves the default roles out, which
/// cannot be changed.
///
/// # Errors
/// As [`account`].
pub(in crate::commands) async fn role(
    context: &Context,
    name: Option<String>,
    is_own: bool,
) -> Result<String> {
    if let Some(name) = name {
        return Ok(name);
    }
    require(context.ui(), "the name of the role", "role list")?;
    CompanySession::open(context).await?.ask_role_name(is_own).await
}

/// Refuses a line without `what` where no question can be asked; `list` shows what it can be.
///
/// # Errors
/// `usage`.
pub(in crate::commands) fn require(ui: &Ui, what: &str, list: &str) -> Result<()> {
    if ui.asks_for_what_is_missing() {
        return Ok(());
    }
    Err(CliError::usage(format!("{what} is missing"))
        .hint(CommandLine::new(list).after("list the choices with: ")))
}

impl CompanySession<'_> {
    /// One of the accounts that `operation` can be done to, or, where others can be too, another one by its name.
    ///
    /// # Errors
    /// `not_found` where there is none, and those of asking and of reading.
    pub(in crate::commands) async fn ask_account(&self, operation: Operation) -> Result<String> {
        let is_owned = operation.is_for_the_owner_only();
        let query = AccountQuery {
            ownership: is_owned.then_some(Ownership::Owned),
            page_size: Some(page::MAX_SIZE),
            ..AccountQuery::default()
        };
        let first = match self.client.list_accounts(self.company, &query)?.next().await {
            Ok(page) => page,
            Err(error) => {
                return Err(self.explain(error, &ActionDescription::new(Operation::List, "")).await);
            }
        };
        let is_all = first.as_ref().is_none_or(|page| page.next.is_none());
        let mut accounts = first.map(|page| page.data).unwrap_or_default();
        if operation == Operation::RemoveAccess {
            accounts.retain(|account| account.access.is_some());
        }
        let is_short = accounts.len() <= MOST_LINES || !self.ui.has_plain_questions();
        if is_all && is_short && !accounts.is_empty() {
            return self.pick_account(&accounts, operation).await;
        }
        if is_owned && accounts.is_empty() {
            let company = self.named_company().await;
            return Err(CliError::not_found(format!("{company} owns no service account")));
        }
        self.ask_name("Name of the service account").await
    }

    async fn pick_account(&self, accounts: &[Account], operation: Operation) -> Result<String> {
        let mut choices: Vec<Choice> =
            accounts.iter().map(|account| Choice::new(&account.name, about(account))).collect();
        // Access can also be given to an account that this company does not see yet.
        if operation == Operation::SetAccess {
            choices.push(Choice::new("Another account", "type its name"));
        }
        let place = self.ui.choose("Which service account", choices, None).await?;
        match accounts.get(place) {
            Some(account) => Ok(account.name.clone()),
            None => self.ask_name("Name of the account").await,
        }
    }

    async fn ask_name(&self, question: &str) -> Result<String> {
        let name = self.ui.prompt(question).await?.trim().to_owned();
        if name.is_empty() {
            Err(CliError::usage(format!("nothing was typed for: {question}")))
        } else {
            Ok(name)
        }
    }

    async fn ask_role_name(&self, is_own: bool) -> Result<String> {
        let mut roles: Vec<Role> = self.client.list_roles(self.company)?.all().await?;
        roles.retain(|role| !is_own || !role.default);
        if roles.is_empty() {
            let company = self.named_company().await;
            let error = CliError::not_found(format!("{company} has no custom role"));
            return Err(error.hint(CommandLine::new("role create NAME").after("create one with: ")));
        }
        let about = |role: &Role| counted(role.permissions.len());
        let choices = roles.iter().map(|role| Choice::new(&role.name, about(role))).collect();
        let place = self.ui.choose("Which role", choices, None).await?;
        Ok(roles.swap_remove(place).name)
    }
}

/// What a person wants to know to choose among accounts.
fn about(account: &Account) -> String {
    let access = account.access.as_ref().map_or_else(|| "no access here".to_owned(), held);
    match account.ownership {
        Ownership::Owned => format!("owned; {access}"),
        Ownership::External => format!("external, owned by {}; {access}", account.owner),
    }
}
