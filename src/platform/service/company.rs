//! The companies that a caller belongs to.
//!
//! Responsible for listing and showing them. Refuses to tell whether another company exists.

use super::page::{Paging, foreign_cursor};
use crate::api::Page;
use crate::api::company::CompanyQuery;
use crate::domain::{Company, CompanyId};
use crate::platform::context::{CallerContext, RequestContext};
use crate::platform::{Error, authz, store};

/// One page of the companies that the caller is a member of.
///
/// # Errors
/// `malformed`, or a failure of the database.
pub async fn list(context: &CallerContext, query: &CompanyQuery) -> Result<Page<Company>, Error> {
    let CallerContext { platform, caller, .. } = context;
    let name = query.name.as_deref();
    Paging::check_filter(name)?;
    let scope = ("companies", caller.id, name);
    let paging = Paging::new(platform, &scope, query.cursor.as_deref(), query.page_size)?;
    let after = paging.after.as_deref().map(parse_key).transpose()?;
    let db = platform.store().reader();
    let mut rows = store::company::page_of_member(db, caller.id, name, after, paging.limit()).await?;
    let total = if paging.is_first() {
        Some(store::company::count_of_member(db, caller.id, name).await?)
    } else {
        None
    };
    let next = paging.cut(&mut rows, |(company, key)| format!("{} {key}", company.id));
    let data = rows.into_iter().map(|(company, _)| company).collect();
    Ok(Page { success: true, data, next, total, company: None })
}

/// Names repeat, so the key of a row is its name key and its id; the seal of the cursor vouches for the form.
fn parse_key(after: &str) -> Result<(String, CompanyId), Error> {
    let key = after.split_once(' ').and_then(|(id, key)| Some((key.to_owned(), CompanyId(id.parse().ok()?))));
    key.ok_or_else(foreign_cursor)
}

/// One of them.
///
/// # Errors
/// `not_found` when the caller is no member, or a failure of the database.
pub async fn show(context: &RequestContext) -> Result<Company, Error> {
    Ok(authz::enter_as_member(context).await?.company)
}
