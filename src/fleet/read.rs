//! What is there: read once for a plan.
//!
//! Responsible for the fewest lists that a comparison needs: one for each company that owns accounts, one for each
//! company that accounts of others may enter, and one for each company that has entries of roles. Refuses to read
//! anything for each account.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::api::account::{AccountExpansion, AccountQuery};
use crate::api::{Access, Account, Code, Permissions};
use crate::client::Session;
use crate::domain::{AccountName, Company, CompanyId, Ownership, page};
use crate::error::{CliError, Result};
use crate::output::{Op, Step};

use super::desired::{Desired, Found, FoundAccount, RoleKey};
use super::plan::Prune;

/// Lists that are read at a time.
const AT_A_TIME: usize = 8;

/// What is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Companies whose own accounts are read, with their access everywhere.
    pub owners: BTreeSet<CompanyId>,
    /// Companies in which accounts of others are read.
    pub external: BTreeSet<CompanyId>,
    /// Companies whose accounts are read, owned and external, each with its access there alone.
    pub here: BTreeSet<CompanyId>,
    /// Companies whose own roles are read.
    pub roles: BTreeSet<CompanyId>,
}

impl Scope {
    /// What a plan for `desired` needs; `companies` are those of the caller.
    ///
    /// Entries of accounts of others are compared with all that such an account has there, also in its owner company.
    /// Where all access goes that is not named, any company of the caller may have some.
    pub fn of(desired: &Desired, prune: Prune, companies: &[Company]) -> Self {
        let (mut owners, mut entered) = (BTreeSet::new(), BTreeSet::new());
        for account in desired.accounts.values() {
            match (&account.owner, &account.access) {
                (Some(owner), _) => {
                    owners.insert(owner.id);
                }
                (None, Some(access)) if prune.access || access.is_empty() => {
                    entered.extend(companies.iter().map(|company| company.id));
                }
                (None, access) => entered.extend(access.iter().flat_map(BTreeMap::keys)),
            }
        }
        let roles = desired.roles.keys().map(|(company, _)| *company).collect();
        Self { roles, ..Self::entered(owners, entered) }
    }

    /// The accounts of `owners` with their access everywhere, and what accounts have in the companies `entered`.
    pub(super) fn entered(owners: BTreeSet<CompanyId>, entered: BTreeSet<CompanyId>) -> Self {
        // What the owners own is read with its access everywhere.
        let (external, here) = entered.into_iter().partition(|id| owners.contains(id));
        Self { owners, external, here, roles: BTreeSet::new() }
    }
}

/// Reads what is in `scope`, if it is in `companies`, those of the caller.
///
/// # Errors
/// Those of reading.
pub async fn read(session: &Session, scope: &Scope, companies: &[Company]) -> Result<Found> {
    let known: BTreeMap<CompanyId, &Company> =
        companies.iter().map(|company| (company.id, company)).collect();
    let mut reader = Reader { found: Found::default(), shared: HashMap::new(), known: &known };
    let owners = scope.owners.iter().map(|id| accounts(session, *id, Some(Ownership::Owned)));
    let external = scope.external.iter().map(|id| accounts(session, *id, Some(Ownership::External)));
    let here = scope.here.iter().map(|id| accounts(session, *id, None));
    let mut lists = stream::iter(owners.chain(external).chain(here)).buffer_unordered(AT_A_TIME);
    while let Some(list) = lists.try_next().await? {
        reader.take(list);
    }
    let mut found = reader.found;
    let roles = scope.roles.iter().map(|id| async move {
        let roles = session.list_roles(*id)?.all().await?;
        Ok::<_, CliError>((*id, roles))
    });
    let mut lists = stream::iter(roles).buffer_unordered(AT_A_TIME);
    while let Some((company, roles)) = lists.try_next().await? {
        found.roles.extend(roles.into_iter().map(|role| ((company, role.name), role.permissions)));
    }
    Ok(found)
}

/// Learns the permissions of roles that are known by name alone; one that does not exist stays unknown.
///
/// # Errors
/// Those of reading.
pub async fn learn(session: &Session, found: &mut Found, roles: BTreeSet<RoleKey>) -> Result<()> {
    let asked = roles.into_iter().map(|(company, name)| async move {
        match session.show_role(company, &name).await {
            Ok(role) => Ok(Some(((company, name), role.permissions))),
            Err(error) if matches!(error.code, Code::NotFound | Code::MissingPermission) => Ok(None),
            Err(error) => Err(CliError::from(error)),
        }
    });
    let mut answers = stream::iter(asked).buffer_unordered(AT_A_TIME);
    while let Some(role) = answers.try_next().await? {
        found.roles.extend(role);
    }
    Ok(())
}

/// Learns which accounts have the roles that these steps change: what a role loses, each of them loses.
///
/// # Errors
/// Those of reading.
pub async fn learn_holders(session: &Session, found: &mut Found, steps: &[Step]) -> Result<()> {
    let changed = steps.iter().filter(|step| matches!(step.op, Op::RoleEdit | Op::RoleDelete));
    let roles = changed.filter_map(Step::role).map(|(company, role)| (company, role.to_owned()));
    let unread: BTreeSet<RoleKey> = roles.filter(|key| !found.holders.contains_key(key)).collect();
    let asked = unread.into_iter().map(|(company, role)| async move {
        let query = AccountQuery {
            role: Some(role.clone()),
            page_size: Some(page::MAX_SIZE),
            ..AccountQuery::default()
        };
        let accounts = session.list_accounts(company, &query)?.all().await?;
        let names = accounts.into_iter().map(|account| account.name).collect();
        Ok::<_, CliError>(((company, role), names))
    });
    let mut answers = stream::iter(asked).buffer_unordered(AT_A_TIME);
    while let Some((role, names)) = answers.try_next().await? {
        found.holders.insert(role, names);
    }
    Ok(())
}

/// A whole list of one company.
struct List {
    company: CompanyId,
    accounts: Vec<Account>,
}

async fn accounts(session: &Session, company: CompanyId, ownership: Option<Ownership>) -> Result<List> {
    let query = AccountQuery {
        ownership,
        page_size: Some(page::MAX_SIZE),
        expand: (ownership == Some(Ownership::Owned)).then_some(AccountExpansion::Companies),
        ..AccountQuery::default()
    };
    let mut pages = session.list_accounts(company, &query)?;
    let mut list = List { company, accounts: Vec::new() };
    let mut shared: HashMap<String, Permissions> = HashMap::new();
    while let Some(page) = pages.next().await? {
        list.accounts.extend(page.data.into_iter().map(|mut account| {
            for access in account.companies.iter_mut().flatten().chain(&mut account.access) {
                share(&mut shared, &mut access.permissions);
            }
            account
        }));
    }
    Ok(list)
}

/// Lists of permissions repeat: each is kept once.
fn share(shared: &mut HashMap<String, Permissions>, permissions: &mut Permissions) {
    if let Some(same) = shared.get(permissions.joined()) {
        *permissions = same.clone();
    } else {
        shared.insert(permissions.joined().to_owned(), permissions.clone());
    }
}

struct Reader<'a> {
    found: Found,
    shared: HashMap<String, Permissions>,
    known: &'a BTreeMap<CompanyId, &'a Company>,
}

impl Reader<'_> {
    fn take(&mut self, list: List) {
        for account in list.accounts {
            let key = AccountName::key_of(&account.name);
            let accesses: Vec<Access> =
                account.companies.unwrap_or_else(|| account.access.into_iter().collect());
            let entry = self.found.accounts.entry(key).or_insert_with(|| FoundAccount {
                name: account.name,
                owner: account.owner,
                description: account.description,
                access: BTreeMap::new(),
                elsewhere: 0,
            });
            let mut elsewhere = 0;
            for mut access in accesses {
                // Where the caller does not belong, nothing can be changed.
                if !self.known.contains_key(&access.company.id) && access.company.id != list.company {
                    elsewhere += 1;
                    continue;
                }
                share(&mut self.shared, &mut access.permissions);
                if let Some(role) = &access.role {
                    let key = (access.company.id, role.clone());
                    self.found.roles.entry(key).or_insert_with(|| access.permissions.clone());
                }
                entry.access.insert(access.company.id, access);
            }
            entry.elsewhere = entry.elsewhere.max(elsewhere);
        }
    }
}
