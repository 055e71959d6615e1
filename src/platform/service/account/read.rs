//! Looking at accounts.

use crate::api::account::AccountQuery;
use crate::api::{Account, AccountDetail, Page};
use crate::domain::{Company, CompanyId, Operation, Ownership};
use crate::platform::authn::Caller;
use crate::platform::service::page::Paging;
use crate::platform::service::{assignment, view};
use crate::platform::store::account::{AccountRow, Filter};
use crate::platform::store::{self, Connection};
use crate::platform::{Error, Platform, authz};

/// One page of the accounts that the company owns or has let in.
///
/// # Errors
/// A refusal in the order of the module, `malformed`, or a failure of the database.
pub async fn list(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    query: &AccountQuery,
) -> Result<Page<Account>, Error> {
    let db = platform.store().reader();
    let member = authz::admit(db, caller, company, Operation::List).await?;
    Paging::check_filter(query.search.as_deref())?;
    Paging::check_filter(query.role.as_deref())?;
    if let Some(role) = &query.role {
        require_role(db, &member.company, role).await?;
    }
    let filter = Filter { search: query.search.clone(), role: query.role.clone() };
    let scope = ("accounts", company, query.ownership, &filter);
    let paging = Paging::new(platform, &scope, query.cursor.as_deref(), query.page_size)?;
    let wanted = query.ownership.map_or(vec![Ownership::Owned, Ownership::External], |one| vec![one]);
    let (mut rows, mut total) = (Vec::new(), 0);
    for ownership in wanted {
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
    let next = paging.cut(&mut rows, |seen| seen.name_key.clone());
    let data = rows.into_iter().map(|seen| view::account(seen, &member.company)).collect();
    let total = paging.is_first().then_some(total);
    Ok(Page { success: true, data, next, total, company: Some(member.company) })
}

/// Refuses a role that the company does not have: an empty list would say that no account holds it.
async fn require_role(db: &impl Connection, company: &Company, role: &str) -> Result<(), Error> {
    if assignment::role_permissions(db, company.id, role).await?.is_some() {
        return Ok(());
    }
    Err(vec![assignment::unknown_role("", company, role)].into())
}

/// One account; its owner also learns where else it has access.
///
/// # Errors
/// A refusal in the order of the module, or a failure of the database.
pub async fn show(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    name: &str,
) -> Result<AccountDetail, Error> {
    let db = platform.store().reader();
    let member = authz::admit(db, caller, company, Operation::Show).await?;
    let found = store::account::by_name(db, company, name).await?;
    let account = authz::decide(db, caller, &member.company, Operation::Show, name, found).await?;
    detail(db, account, &member.company).await
}

/// The account with all that the company may know of it.
pub(super) async fn detail(
    db: &impl Connection,
    seen: AccountRow,
    company: &Company,
) -> Result<AccountDetail, Error> {
    let companies = if seen.owner.id == company.id {
        let everywhere = store::access::everywhere(db, seen.id).await?;
        Some(everywhere.into_iter().map(view::access).collect())
    } else {
        None
    };
    Ok(AccountDetail { account: view::account(seen, company), companies })
}
