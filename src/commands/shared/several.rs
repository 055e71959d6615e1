//! Several accounts in several companies, as a command line names them.
//!
//! Responsible for finding them by names, patterns and selectors. Refuses a word that matches nothing.

use std::collections::BTreeSet;

use crate::api::account::AccountQuery;
use crate::context::Context;
use crate::domain::pattern::is_pattern;
use crate::domain::{AccountName, Age, Company, CompanyId, Ownership, page};
use crate::error::{CliError, Result};
use crate::fleet::bulk;
use crate::fleet::desired::Found;
use crate::fleet::read;
use crate::fleet::selectors::{self, CompaniesArgs};
use crate::text::CommandLine;

/// Every account that the active company owns, or those of them that the words mean.
///
/// # Errors
/// `not_found` for a word that means none of them; those of reading.
pub(in crate::commands) async fn owned(context: &Context, words: &[String]) -> Result<Scope> {
    let owner = context.named_company().await?;
    let session = context.session().await?;
    let known = selectors::my_companies(session).await?;
    let scope = read::Scope { owners: BTreeSet::from([owner.id]), ..read::Scope::default() };
    let found = read::read(session, &scope, &known).await?;
    let names = if words.is_empty() {
        found.accounts.values().map(|account| account.name.clone()).collect()
    } else {
        let names = bulk::named(words, &found).and_then(|names| {
            let is_missing = |name: &&String| !found.accounts.contains_key(&AccountName::key_of(name));
            let missing: Vec<String> = names.iter().filter(is_missing).cloned().collect();
            if missing.is_empty() { Ok(names) } else { Err(missing) }
        });
        names.map_err(|missing| {
            CliError::not_found(format!("{owner} owns no account that matches {}", missing.join(", ")))
                .hint(CommandLine::new("list").switch("--owned").after("list its accounts with: "))
        })?
    };
    Ok(Scope { found, names, companies: Vec::new(), owner })
}

/// The companies that the flags name, or the active one, and what their accounts have there.
///
/// # Errors
/// Those of reading.
pub(in crate::commands) async fn seen(
    context: &Context,
    companies: &CompaniesArgs,
) -> Result<(Vec<Company>, Found)> {
    let known = selectors::my_companies(context.session().await?).await?;
    let companies = chosen(context, companies, &known).await?;
    let found = here(context, companies.iter().map(|company| company.id).collect(), &known).await?;
    Ok((companies, found))
}

/// The companies that the flags name, else the active one.
///
/// # Errors
/// Those of reading.
pub(in crate::commands) async fn chosen(
    context: &Context,
    companies: &CompaniesArgs,
    known: &[Company],
) -> Result<Vec<Company>> {
    match companies.resolve(context, known)? {
        Some(companies) => Ok(companies),
        None => Ok(vec![context.named_company().await?]),
    }
}

/// What the accounts of these companies, which are among those `known`, have there.
async fn here(context: &Context, here: BTreeSet<CompanyId>, known: &[Company]) -> Result<Found> {
    read::read(context.session().await?, &read::Scope { here, ..read::Scope::default() }, known).await
}

/// What the accounts of these companies have there.
///
/// # Errors
/// Those of reading.
pub(in crate::commands) async fn seen_in(
    context: &Context,
    companies: &BTreeSet<CompanyId>,
) -> Result<Found> {
    let known = selectors::my_companies(context.session().await?).await?;
    if let Some(id) = companies.iter().find(|id| known.iter().all(|company| company.id != **id)) {
        return Err(CliError::not_found(format!("you do not belong to company {id}"))
            .hint(CommandLine::new("company list").after("list your companies with: ")));
    }
    here(context, companies.clone(), &known).await
}

/// The names of the accounts of the active company whose password is older than `age`.
///
/// # Errors
/// Those of reading.
pub(in crate::commands) async fn with_older_password(
    context: &Context,
    scope: &Scope,
    age: Age,
) -> Result<BTreeSet<String>> {
    let query = AccountQuery {
        ownership: Some(Ownership::Owned),
        password_changed_before: Some(age.before(jiff::Timestamp::now())),
        page_size: Some(page::MAX_SIZE),
        ..AccountQuery::default()
    };
    let accounts = context.session().await?.list_accounts(scope.owner.id, &query)?.all().await?;
    Ok(accounts.into_iter().map(|account| account.name).collect())
}

/// Names on standard input.
const STDIN: &str = "-";

/// Which accounts and companies, and what was found of them.
pub(in crate::commands) struct Scope {
    pub(in crate::commands) found: Found,
    /// The names as the platform spells them.
    pub(in crate::commands) names: Vec<String>,
    pub(in crate::commands) companies: Vec<Company>,
    /// The active company.
    pub(in crate::commands) owner: Company,
}

/// Whether the words mean more than one account, or may do so.
pub(in crate::commands) fn is_several(words: &[String]) -> bool {
    words.len() > 1 || words.iter().any(|word| word == STDIN || is_pattern(word))
}

/// The words, with those of standard input, one a line, in place of `-`.
///
/// # Errors
/// `io`; `usage` where words were given and no name is left of them: that must never mean every account.
pub(in crate::commands) fn with_input(words: Vec<String>) -> Result<Vec<String>> {
    let is_named = !words.is_empty();
    let mut all = Vec::new();
    for word in words {
        if word == STDIN {
            let text = selectors::standard_input()?;
            all.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
        } else {
            all.push(word);
        }
    }
    if is_named && all.is_empty() {
        return Err(CliError::usage("no account is named: standard input is empty")
            .hint("write one name a line to standard input"));
    }
    Ok(all)
}

/// The accounts that the words mean, as the active company sees them. Without a pattern, nothing is read.
///
/// # Errors
/// `usage` without a name; `not_found` for a pattern that matches no account; those of reading.
pub(in crate::commands) async fn names(context: &Context, words: Vec<String>) -> Result<Vec<String>> {
    let words = with_input(words)?;
    let found = if words.iter().any(|word| is_pattern(word)) {
        let active = context.named_company().await?;
        here(context, BTreeSet::from([active.id]), &[active]).await?
    } else {
        Found::default()
    };
    bulk::named(&words, &found).map_err(|missing| {
        CliError::not_found(format!("no account matches {}", missing.join(", ")))
            .hint(CommandLine::new("list").after("list the accounts with: "))
    })
}

/// Reads the accounts that the words mean, in the companies that the flags name, or in the active one. `also` is one
/// more company whose accounts are read.
///
/// # Errors
/// `usage` without a name; `not_found` for a pattern that matches no account; those of reading.
pub(in crate::commands) async fn read(
    context: &Context,
    words: Vec<String>,
    companies: &CompaniesArgs,
    also: Option<CompanyId>,
) -> Result<Scope> {
    let words = with_input(words)?;
    if words.is_empty() {
        return Err(
            CliError::usage("no account is named").hint("name accounts, or a pattern such as 'fleet-*'")
        );
    }
    let active = context.named_company().await?;
    let session = context.session().await?;
    let known = selectors::my_companies(session).await?;
    let companies = chosen(context, companies, &known).await?;
    let mut scope = read::Scope { owners: BTreeSet::from([active.id]), ..read::Scope::default() };
    let mut found = read::read(session, &scope, &known).await?;
    let is_owned = |word: &String| found.accounts.contains_key(&AccountName::key_of(word));
    if !words.iter().all(is_owned) {
        scope.owners.clear();
        scope.here = companies.iter().map(|company| company.id).chain(also).collect();
        let others = read::read(session, &scope, &known).await?;
        for (key, account) in others.accounts {
            found.accounts.entry(key).or_insert(account);
        }
        found.roles.extend(others.roles);
    }
    let names = bulk::named(&words, &found).map_err(|missing| {
        CliError::not_found(format!(
            "no account of {active} or in these companies matches {}",
            missing.join(", ")
        ))
        .hint(CommandLine::new("list").flag("--company", active.id).after("list the accounts with: "))
    })?;
    Ok(Scope { found, names, companies, owner: active })
}

/// Warns that the account keeps access in so many companies, to which the caller does not belong.
pub(in crate::commands) fn warn_of_access_elsewhere(context: &Context, account: &str, count: usize) {
    let companies = if count == 1 { "1 company".to_owned() } else { format!("{count} companies") };
    context.ui().warning(format!(
        "{account} also has access in {companies} where you do not belong: this plan cannot remove it"
    ));
}
