//! Reads accounts.
//!
//! Responsible for lists and single accounts, as the company sees them. Refuses filters whose empty result would be
//! misleading.

use std::collections::HashMap;

use crate::api::account::AccountQuery;
use crate::api::{Account, AccountDetail, Page};
use crate::domain::{Company, Operation, Ownership};
use crate::platform::context::RequestContext;
use crate::platform::service::page::Paging;
use crate::platform::service::{assignment, view};
use crate::platform::store::account::{AccountRow, Filter};
use crate::platform::store::authors::Authors;
use crate::platform::store::named::Full;
use crate::platform::store::{self, Connection};
use crate::platform::{Error, authz};

/// Most accounts of a page whose rows contain the access in every company.
const EXPANDED_ACCOUNTS: u64 = 100;

/// Most accesses on such a page, unless the first account alone has more.
const EXPANDED_COMPANIES: u64 = 2000;

/// One page of the owned and external accounts of the company.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), `malformed`, or a failure of the database.
pub async fn list(context: &RequestContext, query: &AccountQuery) -> Result<Page<Account>, Error> {
    let (platform, company) = (&context.platform, context.company);
    let db = platform.store().reader();
    let member = authz::enter(context, Operation::List.permission()).await?;
    let filter = checked(db, &member.company, query).await?;
    let scope = ("accounts", company, query.ownership, &filter, query.expand);
    let mut paging = Paging::new(platform, &scope, query.cursor.as_deref(), query.page_size)?;
    if query.expand.is_some() {
        paging = paging.shortened(EXPANDED_ACCOUNTS);
    }
    let (mut rows, mut total) = (Vec::new(), 0);
    for ownership in wanted(query) {
        let after = paging.after.as_deref();
        let page = store::account::page(db, company, ownership, &filter, after, paging.limit()).await?;
        if paging.is_first() {
            let is_all = (page.len() as u64) < paging.limit();
            total += if is_all {
                page.len() as u64
            } else {
                store::account::count(db, company, ownership, &filter).await?
            };
        }
        rows.extend(page);
    }
    rows.sort_unstable_by(|left, right| left.name_key.cmp(&right.name_key));
    let room = if query.expand.is_some() { room_for_companies(&rows) } else { usize::MAX };
    let next = paging.cut_to(room, &mut rows, |seen| seen.name_key.clone());
    let data = if query.expand.is_some() {
        expanded(db, rows, &member.company).await?
    } else {
        rows.into_iter().map(|seen| view::account(seen, &member.company)).collect()
    };
    let total = paging.is_first().then_some(total);
    Ok(Page { success: true, data, next, total, company: Some(member.company) })
}

/// The filter of the list, if its parameters are valid together.
async fn checked(db: &impl Connection, company: &Company, query: &AccountQuery) -> Result<Filter, Error> {
    Paging::check_filter(query.search.as_deref())?;
    Paging::check_filter(query.role.as_deref())?;
    if query.unused_since.is_some() && query.ownership == Some(Ownership::External) {
        // An empty list would mean that every account was used.
        return Err(Error::malformed("unused_since is for owned accounts: use is told to the owner only"));
    }
    if let Some(role) = &query.role {
        require_role(db, company, role).await?;
    }
    Ok(Filter {
        search: query.search.clone(),
        role: query.role.clone(),
        unused_since: query.unused_since,
        password_changed_before: query.password_changed_before,
    })
}

/// The kinds of accounts to look for. The use of external accounts is private, so that a list by use has none.
fn wanted(query: &AccountQuery) -> Vec<Ownership> {
    match query.ownership {
        Some(one) => vec![one],
        None if query.unused_since.is_some() => vec![Ownership::Owned],
        None => vec![Ownership::Owned, Ownership::External],
    }
}

/// How many of `rows` one page has room for with the companies of each.
fn room_for_companies(rows: &[AccountRow]) -> usize {
    let mut companies = 0;
    let fitting = rows.iter().take_while(|seen| {
        companies += seen.company_count;
        companies <= EXPANDED_COMPANIES
    });
    fitting.count().max(1)
}

/// The accounts of a page, the owned ones with their access in every company.
async fn expanded(
    db: &impl Connection,
    rows: Vec<AccountRow>,
    company: &Company,
) -> Result<Vec<Account>, Error> {
    let is_owned = |seen: &AccountRow| seen.owner.id == company.id;
    let owned: Vec<_> = rows.iter().filter(|seen| is_owned(seen)).map(|seen| seen.id).collect();
    let mut companies: HashMap<_, Vec<_>> = owned.iter().map(|id| (*id, Vec::new())).collect();
    for (id, grant) in store::access::of_each(db, &owned).await? {
        companies.entry(id).or_default().push(view::access(grant));
    }
    let account = |seen: AccountRow| {
        let companies = companies.remove(&seen.id);
        Account { companies, ..view::account(seen, company) }
    };
    Ok(rows.into_iter().map(account).collect())
}

/// Refuses a role that the company does not have: an empty list would mean that no account has it.
async fn require_role(db: &impl Connection, company: &Company, role: &str) -> Result<(), Error> {
    if assignment::role_permissions(db, company.id, role).await?.is_some() {
        return Ok(());
    }
    Err(vec![assignment::unknown_role("", company, role)].into())
}

/// One account; for the owner company with its access in every company.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), or a failure of the database.
pub async fn show(context: &RequestContext, name: &str) -> Result<AccountDetail, Error> {
    let db = context.platform.store().reader();
    let member = authz::enter(context, Operation::Show.permission()).await?;
    let found = store::named::in_full(db, context.company, name).await?;
    let (found, owned) = found.map(|full| (full.account, full.owned)).unzip();
    let account = authz::decide(db, context, &member, Operation::Show, name, found).await?;
    Ok(detail(Full { account, owned: owned.flatten() }, &member.company))
}

/// The account with everything that the company may see.
pub(super) fn detail(full: Full, company: &Company) -> AccountDetail {
    let (authors, everywhere) = full.owned.unzip();
    let Authors { created: created_by, password: password_changed_by } = authors.unwrap_or_default();
    let companies = everywhere.map(|grants| grants.into_iter().map(view::access).collect());
    AccountDetail {
        account: view::account(full.account, company),
        companies,
        created_by,
        password_changed_by,
    }
}
